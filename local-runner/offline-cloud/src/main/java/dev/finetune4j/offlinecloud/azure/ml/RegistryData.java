package dev.finetune4j.offlinecloud.azure.ml;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
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
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A registry beside the workspaces, and its versions of data, which jobs of all of them read. What a version holds lies in an upload of its own and is
 * never changed. Guarded by the service that owns it.
 */
final class RegistryData {
    /** The registry. */
    static final String NAME = "my-registry";

    /** How the ids of its assets begin. */
    private static final String ID = "azureml://registries/" + NAME + "/data/";

    private static final int OK = 200;
    private static final int CREATED = 201;
    private static final String TYPE = "Microsoft.MachineLearningServices/registries";
    private static final String PATH = Workspace.GROUP_PATH + "/registries/{registryName}";
    private static final String STATUS = Workspace.LOCATION_PATH + "/mfeOperationsStatus/{operationId}";

    /** Until a version is in all regions, by the real clock: clients wait for it within a call. */
    private static final Duration COPYING = Duration.ofMillis(150);

    /** What can be changed of a version that is there. */
    private static final List<String> CHANGEABLE = List.of("description", "tags", "properties", "isArchived");

    private final Workspace workspace;
    private final PendingUploads uploads;
    private final Clock clock;

    /** As whoever asks for them is told, by their ids. */
    private final Map<String, ObjectNode> versions = new LinkedHashMap<>();

    /** When each is in all regions. */
    private final Map<String, Instant> copied = new LinkedHashMap<>();

    /**
     * Without data.
     *
     * @param workspace whose group and region it is in
     * @param store where its data is
     */
    RegistryData(Workspace workspace, BlobStore store, Clock clock) {
        this.workspace = workspace;
        this.clock = clock;
        uploads = new PendingUploads(workspace, store);
    }

    /** What can be asked for. */
    List<Operation> operations() {
        String version = PATH + "/data/{name}/versions/{version}";
        return List.of(
                Operation.management("Registries_Get", "GET", PATH, this::registry),
                Operation.management("RegistryDataVersions_List", "GET", PATH + "/data/{name}/versions", this::list),
                Operation.management("RegistryDataVersions_Get", "GET", version, this::get),
                Operation.management("RegistryDataVersions_CreateOrUpdate", "PUT", version, this::put),
                Operation.management(
                        "RegistryDataVersions_CreateOrGetStartPendingUpload",
                        "POST",
                        version + "/startPendingUpload",
                        this::startUpload),
                Operation.management("MfeOperationsStatus_Get", "GET", STATUS, this::status));
    }

    /** Where each version lies in blob storage, by its id. */
    ObjectNode addresses() {
        ObjectNode addresses = Json.records().createObjectNode();
        versions.forEach((id, version) -> addresses.set(id, version.at("/properties/dataUri")));
        return addresses;
    }

    private void refuseOther(AzureCall call) throws ServiceError {
        String name = call.label("registryName");
        if (!name.equalsIgnoreCase(NAME)) {
            throw AzureErrors.noResource(TYPE, name, workspace.resourceGroup());
        }
    }

    private Answer registry(AzureCall call) throws ServiceError {
        refuseOther(call);
        ObjectNode answer = Json.records()
                .createObjectNode()
                .put(
                        "id",
                        PATH.replace("{subscriptionId}", workspace.subscription())
                                .replace("{resourceGroupName}", workspace.resourceGroup())
                                .replace("{registryName}", NAME))
                .put("name", NAME)
                .put("type", TYPE)
                .put("location", workspace.region());
        answer.putObject("properties")
                .put("publicNetworkAccess", "Enabled")
                .putArray("regionDetails")
                .addObject()
                .put("location", workspace.region());
        return AzureProtocol.json(OK, answer);
    }

    private static String id(AzureCall call) {
        return ID + call.label("name") + "/versions/" + call.label("version");
    }

    private ObjectNode described(String id) {
        ObjectNode version = Objects.requireNonNull(versions.get(id));
        ((ObjectNode) version.path("properties")).put("provisioningState", isCopied(id) ? "Succeeded" : "Creating");
        return version;
    }

    private boolean isCopied(String id) {
        return !copied.getOrDefault(id, Instant.MIN).isAfter(Instant.now());
    }

    private Answer get(AzureCall call) throws ServiceError {
        refuseOther(call);
        String id = id(call);
        if (!versions.containsKey(id)) {
            throw AzureErrors.notFound("Could not find asset with ID: " + id);
        }
        return AzureProtocol.json(OK, described(id));
    }

    private Answer list(AzureCall call) throws ServiceError {
        refuseOther(call);
        ObjectNode answer = Json.records().createObjectNode();
        ArrayNode all = answer.putArray("value");
        versions.keySet().stream()
                .filter(id -> id.startsWith(ID + call.label("name") + "/"))
                .forEach(id -> all.add(described(id)));
        return AzureProtocol.json(OK, answer);
    }

    private Answer startUpload(AzureCall call) throws ServiceError, IOException {
        refuseOther(call);
        if (versions.containsKey(id(call))) {
            throw AzureErrors.conflict("Asset already exists: " + id(call));
        }
        return uploads.start(call, id(call));
    }

    private Answer put(AzureCall call) throws ServiceError, IOException {
        refuseOther(call);
        ObjectNode body = call.json();
        BodySchema.check(call.query("api-version"), "data/versions", body);
        String id = id(call);
        ObjectNode properties = (ObjectNode) body.path("properties");
        ObjectNode existing = versions.get(id);
        if (existing != null) {
            change(id, (ObjectNode) existing.path("properties"), properties);
            return AzureProtocol.json(OK, described(id));
        }
        if (!uploads.has(id, properties.path("dataUri").asText())) {
            throw AzureErrors.user(
                    "/properties/dataUri",
                    "Nothing was uploaded for " + id + " to "
                            + properties.path("dataUri").asText() + ".");
        }
        ObjectNode version = Json.records()
                .createObjectNode()
                .put("id", id)
                .put("name", call.label("version"))
                .put("type", TYPE + "/data/versions");
        version.set("properties", properties.deepCopy());
        version.set("systemData", SystemData.of(clock.instant()));
        versions.put(id, version);
        copied.put(id, Instant.now().plus(COPYING));
        String operation = call.base()
                + STATUS.replace("{subscriptionId}", workspace.subscription())
                        .replace("{location}", workspace.region())
                        .replace("{operationId}", "rd:" + call.label("name") + ":" + call.label("version"));
        return AzureProtocol.json(CREATED, described(id))
                .with("Azure-AsyncOperation", operation + "?api-version=" + call.query("api-version"));
    }

    private static void change(String id, ObjectNode existing, ObjectNode wanted) throws ServiceError {
        for (String fixed : List.of("dataUri", "dataType")) {
            if (!existing.path(fixed).equals(wanted.path(fixed))) {
                throw AzureErrors.conflict("Asset already exists: " + id + ". Its " + fixed + " cannot be changed.");
            }
        }
        for (String name : CHANGEABLE) {
            JsonNode value = wanted.path(name);
            if (!value.isMissingNode()) {
                existing.set(name, value);
            }
        }
    }

    private Answer status(AzureCall call) throws ServiceError {
        String[] operation = call.label("operationId").split(":", -1);
        String id = operation.length == 3 ? ID + operation[1] + "/versions/" + operation[2] : "";
        if (!versions.containsKey(id)) {
            throw AzureErrors.notFound("Not found: operation " + call.label("operationId"));
        }
        return AzureProtocol.json(
                OK, Json.records().createObjectNode().put("status", isCopied(id) ? "Succeeded" : "InProgress"));
    }
}
