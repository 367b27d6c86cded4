package dev.finetune4j.offlinecloud.azure.ml;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.azure.Workspace;
import dev.finetune4j.offlinecloud.azure.rest.AzureCall;
import dev.finetune4j.offlinecloud.azure.rest.AzureErrors;
import dev.finetune4j.offlinecloud.azure.rest.AzureProtocol;
import dev.finetune4j.offlinecloud.azure.rest.Operation;
import dev.finetune4j.offlinecloud.wire.Answer;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The environments of the public registry {@code azureml}. */
final class Curated {
    private static final int OK = 200;
    private static final String REGISTRY = "azureml";
    private static final Pattern ID =
            Pattern.compile("azureml://registries/([^/]+)/environments/([^/]+)/(versions|labels)/([^/]+)");

    /** Versions by name, the newest first. */
    private static final Map<String, List<String>> VERSIONS = new TreeMap<>(Map.of(
            "acft-hf-nlp-gpu", List.of("122", "121", "59"),
            "acft-transformers-gpu", List.of("52"),
            "acpt-pytorch-2.8-cuda12.6", List.of("3", "2")));

    private Curated() {}

    /** Whether an id of a job's environment is one of these; {@code labels/latest} stands for the newest. */
    static boolean has(String id) {
        Matcher parts = ID.matcher(id);
        if (!parts.matches() || !parts.group(1).equals(REGISTRY)) {
            return false;
        }
        List<String> versions = VERSIONS.getOrDefault(parts.group(2), List.of());
        return parts.group(3).equals("labels")
                ? parts.group(4).equals("latest") && !versions.isEmpty()
                : versions.contains(parts.group(4));
    }

    /** What can be asked for. */
    static List<Operation> operations() {
        String path = Workspace.GROUP_PATH + "/registries/{registryName}/environments/{name}/versions";
        return List.of(
                Operation.management("RegistryEnvironmentVersions_List", "GET", path, Curated::list),
                Operation.management("RegistryEnvironmentVersions_Get", "GET", path + "/{version}", Curated::get));
    }

    private static Answer list(AzureCall call) throws ServiceError {
        ObjectNode answer = Json.records().createObjectNode();
        ArrayNode all = answer.putArray("value");
        for (String version : versions(call)) {
            all.add(environment(call, version));
        }
        return AzureProtocol.json(OK, answer);
    }

    private static Answer get(AzureCall call) throws ServiceError {
        if (!versions(call).contains(call.label("version"))) {
            throw AzureErrors.notFound("Could not find asset with ID: azureml://registries/"
                    + call.label("registryName") + "/environments/" + call.label("name") + "/versions/"
                    + call.label("version"));
        }
        return AzureProtocol.json(OK, environment(call, call.label("version")));
    }

    private static List<String> versions(AzureCall call) throws ServiceError {
        if (!call.label("registryName").equals(REGISTRY)) {
            throw AzureErrors.notFound("Registry " + call.label("registryName") + " not found.");
        }
        List<String> versions = VERSIONS.get(call.label("name"));
        if (versions == null) {
            throw AzureErrors.notFound("Could not find asset with ID: azureml://registries/" + REGISTRY
                    + "/environments/" + call.label("name"));
        }
        return versions;
    }

    private static ObjectNode environment(AzureCall call, String version) {
        String name = call.label("name");
        ObjectNode environment = Json.records()
                .createObjectNode()
                .put("id", "azureml://registries/" + REGISTRY + "/environments/" + name + "/versions/" + version)
                .put("name", version)
                .put("type", "Microsoft.MachineLearningServices/registries/environments/versions");
        environment
                .putObject("properties")
                .put("environmentType", "Curated")
                .put("image", "mcr.microsoft.com/azureml/curated/" + name + ":" + version)
                .put("osType", "Linux")
                .put("isArchived", false)
                .put("provisioningState", "Succeeded");
        return environment;
    }
}
