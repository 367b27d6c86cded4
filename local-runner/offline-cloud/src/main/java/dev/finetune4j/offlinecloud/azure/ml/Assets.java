package dev.finetune4j.offlinecloud.azure.ml;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.azure.Workspace;
import dev.finetune4j.offlinecloud.azure.blob.BlobStore;
import dev.finetune4j.offlinecloud.azure.rest.AzureCall;
import dev.finetune4j.offlinecloud.azure.rest.AzureErrors;
import dev.finetune4j.offlinecloud.azure.rest.AzureProtocol;
import dev.finetune4j.offlinecloud.azure.rest.BodySchema;
import dev.finetune4j.offlinecloud.azure.rest.Operation;
import dev.finetune4j.offlinecloud.wire.Answer;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Versions of one kind of asset, such as code: what a version holds is never changed. Guarded by the service that owns it. */
final class Assets {
    private static final int OK = 200;
    private static final int CREATED = 201;

    private final Workspace workspace;
    private final String type;
    private final String operation;
    private final List<String> content;
    private final PendingUploads uploads;
    private final Clock clock;
    private final Map<String, Map<String, ObjectNode>> versions = new LinkedHashMap<>();

    /**
     * None at first.
     *
     * @param type below the workspace, such as {@code codes}
     * @param operation what the names of operations begin with, such as {@code Code}
     * @param content the properties that are never changed
     */
    Assets(Workspace workspace, String type, String operation, List<String> content, BlobStore store, Clock clock) {
        this.workspace = workspace;
        this.type = type;
        this.operation = operation;
        this.content = List.copyOf(content);
        uploads = new PendingUploads(workspace, store);
        this.clock = clock;
    }

    /** What can be asked for; nothing is uploaded where the content has no address. */
    List<Operation> operations() {
        String path = Workspace.PATH + "/" + type + "/{name}";
        String version = path + "/versions/{version}";
        List<Operation> all = new ArrayList<>(List.of(
                Operation.management(operation + "Containers_Get", "GET", path, this::container),
                Operation.management(operation + "Versions_List", "GET", path + "/versions", this::list),
                Operation.management(operation + "Versions_Get", "GET", version, this::get),
                Operation.management(operation + "Versions_CreateOrUpdate", "PUT", version, this::put)));
        if (content.stream().anyMatch(name -> name.endsWith("Uri"))) {
            all.add(Operation.management(
                    operation + "Versions_CreateOrGetStartPendingUpload",
                    "POST",
                    version + "/startPendingUpload",
                    this::startUpload));
        }
        return all;
    }

    /** The properties of a version, by its id in the resource manager. */
    Optional<ObjectNode> properties(String id) {
        String begin = workspace.id() + "/" + type + "/";
        if (!id.regionMatches(true, 0, begin, 0, begin.length())) {
            return Optional.empty();
        }
        String[] parts = id.substring(begin.length()).split("/", -1);
        return parts.length == 3 && parts[1].equals("versions")
                ? Optional.ofNullable(of(parts[0]).get(parts[2])).map(asset -> (ObjectNode) asset.path("properties"))
                : Optional.empty();
    }

    private Map<String, ObjectNode> of(String name) {
        return versions.getOrDefault(name, Map.of());
    }

    private Answer put(AzureCall call) throws ServiceError {
        ObjectNode body = call.json();
        BodySchema.check(call.query("api-version"), type + "/versions", body);
        String name = call.label("name");
        String version = call.label("version");
        ObjectNode properties = (ObjectNode) body.path("properties");
        ObjectNode existing = of(name).get(version);
        if (existing != null) {
            for (String fixed : content) {
                if (!existing.path("properties").path(fixed).equals(properties.path(fixed))) {
                    throw AzureErrors.conflict("A " + type + " asset version " + name + ":" + version
                            + " exists already, and its " + fixed + " cannot be changed.");
                }
            }
            return AzureProtocol.json(OK, existing);
        }
        ObjectNode asset = Json.records()
                .createObjectNode()
                .put("id", workspace.id() + "/" + type + "/" + name + "/versions/" + version)
                .put("name", version)
                .put("type", "Microsoft.MachineLearningServices/workspaces/" + type + "/versions");
        asset.set("properties", properties.deepCopy());
        ((ObjectNode) asset.path("properties")).put("provisioningState", "Succeeded");
        asset.set("systemData", SystemData.of(clock.instant()));
        versions.computeIfAbsent(name, key -> new LinkedHashMap<>()).put(version, asset);
        return AzureProtocol.json(CREATED, asset);
    }

    private Answer get(AzureCall call) throws ServiceError {
        ObjectNode asset = of(call.label("name")).get(call.label("version"));
        if (asset == null) {
            throw notFound(call.label("name") + ":" + call.label("version"));
        }
        return AzureProtocol.json(OK, asset);
    }

    private ServiceError notFound(String what) {
        return AzureErrors.notFound("Could not find asset with ID: " + type + " " + what);
    }

    /** The newest first. Code that is looked for by what it holds may have any name. */
    private Answer list(AzureCall call) {
        String hash = call.query("hash");
        List<ObjectNode> found = new ArrayList<>(of(call.label("name")).values());
        if (!hash.isEmpty()) {
            found.clear();
            versions.values().forEach(all -> found.addAll(all.values()));
            found.removeIf(asset ->
                    !asset.at("/properties/properties/hash_sha256").asText().equals(hash));
        }
        Collections.reverse(found);
        ObjectNode answer = Json.records().createObjectNode();
        answer.putArray("value").addAll(found);
        return AzureProtocol.json(OK, answer);
    }

    private Answer container(AzureCall call) throws ServiceError {
        String name = call.label("name");
        List<String> all = List.copyOf(of(name).keySet());
        if (all.isEmpty()) {
            throw notFound(name);
        }
        ObjectNode answer = Json.records()
                .createObjectNode()
                .put("id", workspace.id() + "/" + type + "/" + name)
                .put("name", name)
                .put("type", "Microsoft.MachineLearningServices/workspaces/" + type);
        answer.putObject("properties").put("latestVersion", all.get(all.size() - 1));
        return AzureProtocol.json(OK, answer);
    }

    private Answer startUpload(AzureCall call) throws ServiceError, IOException {
        return uploads.start(call, type + "/" + call.label("name") + "/versions/" + call.label("version"));
    }
}
