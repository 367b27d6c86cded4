package dev.finetune4j.offlinecloud.azure.ml;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.azure.Workspace;
import dev.finetune4j.offlinecloud.azure.blob.Azurite;
import dev.finetune4j.offlinecloud.azure.blob.BlobStore;
import dev.finetune4j.offlinecloud.azure.rest.AzureCall;
import dev.finetune4j.offlinecloud.azure.rest.AzureErrors;
import dev.finetune4j.offlinecloud.azure.rest.AzureProtocol;
import dev.finetune4j.offlinecloud.azure.rest.BodySchema;
import dev.finetune4j.offlinecloud.azure.rest.Operation;
import dev.finetune4j.offlinecloud.wire.Answer;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** The stores of a workspace, those of its first day and those that were added, and the names by which jobs call what lies in them. */
public final class Datastores {
    /** Container of what users store. */
    public static final String JOBS = "jobs";

    /** Container of what runs leave. */
    static final String ARTIFACTS = "azureml";

    private static final String REGISTRIES = "azureml://registries/";
    private static final int OK = 200;
    private static final int CREATED = 201;
    private static final int FORBIDDEN = 403;
    private static final Duration SECRET = Duration.ofHours(12);
    private static final String NAME = "[a-zA-Z0-9_]{1,255}";

    /** Containers of the first stores by their names. */
    private static final Map<String, String> CONTAINERS =
            Map.of("workspaceblobstore", JOBS, "workspaceartifactstore", ARTIFACTS);

    private final Workspace workspace;
    private final BlobStore store;
    private volatile boolean hasKeys = true;

    /** Properties of all by their names. */
    private final Map<String, ObjectNode> all = new TreeMap<>();

    /**
     * The stores.
     *
     * @param workspace which has them
     * @param store where the first ones are
     */
    Datastores(Workspace workspace, BlobStore store) {
        this.workspace = workspace;
        this.store = store;
        CONTAINERS.forEach((name, container) -> {
            ObjectNode properties = Json.records()
                    .createObjectNode()
                    .put("datastoreType", "AzureBlob")
                    .put("accountName", store.name())
                    .put("containerName", container)
                    .put("endpoint", endpoint(store))
                    .put("protocol", "https")
                    .put("serviceDataAccessAuthIdentity", "None");
            properties.putObject("credentials").put("credentialsType", "AccountKey");
            all.put(name, properties);
        });
    }

    /** From now on the account takes tokens only. */
    void refuseKeys() {
        hasKeys = false;
    }

    /**
     * Where something lies.
     *
     * @param store the account whose container it is
     * @param container of the account
     * @param name of the blob, or what the names of several begin with
     */
    public record Place(BlobStore store, String container, String name) {}

    /** The containers that a workspace needs. */
    public static List<String> containers() {
        return List.of(JOBS, ARTIFACTS);
    }

    /** What the names of all begin with that a run leaves. */
    static String runFolder(String job) {
        return run(job) + "/";
    }

    /** How a job calls the folder of what its run leaves. */
    static String artifacts(String job) {
        return "azureml://datastores/workspaceartifactstore/paths/" + runFolder(job);
    }

    /** What the service calls the place of all that a run leaves. */
    static String run(String job) {
        return "ExperimentRun/dcid." + job;
    }

    /** Where the containers are of all that are blob storage, by their names. */
    ObjectNode addresses() {
        ObjectNode addresses = Json.records().createObjectNode();
        all.forEach((name, properties) -> addresses.put(
                name,
                store.of(properties.path("accountName").asText()).account() + "/"
                        + properties.path("containerName").asText()));
        return addresses;
    }

    /**
     * Where an input or output of a job lies.
     *
     * @param job as its container gets it, which has the {@link #addresses} of its workspace, and of a registry's data
     * @param uri {@code azureml://datastores/NAME/paths/PATH}, the same with the workspace before it, {@code
     *     azureml://registries/NAME/data/NAME/versions/VERSION}, or an address of an account
     * @param any account at the place where all are
     * @throws IllegalArgumentException if it is none of these, or there is no such store
     */
    public static Place place(ObjectNode job, String uri, BlobStore any) {
        String root = any.account().resolve("/").toString();
        if (uri.startsWith(REGISTRIES)) {
            return place(root, uri, job.path("registryData").path(uri).asText(), any);
        }
        String[] parts = uri.replaceFirst("^azureml://(.*/)?datastores/", "").split("/paths/", 2);
        String address = job.path("datastores").path(parts[0]).asText();
        String whole =
                uri.startsWith("azureml://") && parts.length > 1 && !address.isEmpty() ? address + "/" + parts[1] : uri;
        return place(root, uri, whole, any);
    }

    private static Place place(String root, String uri, String whole, BlobStore any) {
        String[] found = whole.startsWith(root) ? whole.substring(root.length()).split("/", 3) : new String[0];
        if (found.length < 2) {
            throw new IllegalArgumentException("there is no "
                    + (uri.startsWith(REGISTRIES)
                            ? "data that the workspace can read"
                            : "datastore or blob of the workspace")
                    + " at " + uri);
        }
        return new Place(any.of(found[0]), found[1], found.length > 2 ? found[2] : "");
    }

    /** What can be asked for. */
    List<Operation> operations() {
        String path = Workspace.PATH + "/datastores";
        return List.of(
                Operation.management("Datastores_CreateOrUpdate", "PUT", path + "/{name}", this::put),
                Operation.management("Datastores_List", "GET", path, this::list),
                Operation.management("Datastores_Get", "GET", path + "/{name}", this::get),
                Operation.management("Datastores_ListSecrets", "POST", path + "/{name}/listSecrets", this::secrets));
    }

    private Answer list(AzureCall call) {
        ObjectNode answer = Json.records().createObjectNode();
        ArrayNode listed = answer.putArray("value");
        all.keySet().stream()
                .filter(name -> !call.query("isDefault").equals("true") || isDefault(name))
                .forEach(name -> listed.add(datastore(name)));
        return AzureProtocol.json(OK, answer);
    }

    private Answer put(AzureCall call) throws ServiceError {
        ObjectNode body = call.json();
        BodySchema.check(call.query("api-version"), "datastores", body);
        String name = call.label("name");
        if (!name.matches(NAME)) {
            throw AzureErrors.user("The datastore name '" + name + "' is invalid: it must be letters, digits or '_'.");
        }
        ObjectNode properties = (ObjectNode) body.path("properties");
        if (!properties.path("datastoreType").asText().equals("AzureBlob")) {
            throw AzureErrors.user(
                    "/properties/datastoreType", "The offline cloud has datastores of type AzureBlob only.");
        }
        ObjectNode before = all.put(name, properties);
        return AzureProtocol.json(before == null ? CREATED : OK, datastore(name));
    }

    private Answer get(AzureCall call) throws ServiceError {
        return AzureProtocol.json(OK, datastore(existing(call)));
    }

    private String existing(AzureCall call) throws ServiceError {
        String name = call.label("name");
        if (!all.containsKey(name)) {
            throw AzureErrors.notFound("Could not find datastore: " + name);
        }
        return name;
    }

    private static boolean isDefault(String name) {
        return name.equals("workspaceblobstore");
    }

    /** What follows {@code ACCOUNT.blob.} in addresses by which Python's packages find the account. */
    public static String endpoint(BlobStore store) {
        return "core.localhost:" + store.account().getPort();
    }

    private ObjectNode datastore(String name) {
        ObjectNode datastore = Json.records()
                .createObjectNode()
                .put("id", workspace.id() + "/datastores/" + name)
                .put("name", name)
                .put("type", "Microsoft.MachineLearningServices/workspaces/datastores");
        ObjectNode properties = Objects.requireNonNull(all.get(name))
                .deepCopy()
                .put("subscriptionId", workspace.subscription())
                .put("resourceGroup", workspace.resourceGroup())
                .put("isDefault", isDefault(name));
        for (String map : List.of("properties", "tags")) {
            if (!properties.has(map)) {
                properties.putObject(map);
            }
        }
        if (!hasKeys) {
            properties.putObject("credentials").put("credentialsType", "None");
        }
        datastore.set("properties", properties);
        return datastore;
    }

    /**
     * A secret that ends, if one is wanted; the key does not. For what runs left it is always the key: Microsoft's Python client signs links to
     * logs with whatever it is given here.
     */
    private Answer secrets(AzureCall call) throws ServiceError {
        JsonNode properties = Objects.requireNonNull(all.get(existing(call)));
        if (!hasKeys) {
            throw new ServiceError(
                    FORBIDDEN,
                    "KeyBasedAuthenticationNotPermitted",
                    "Key based authentication is not permitted on this storage account.");
        }
        if (properties.at("/credentials/credentialsType").asText().equals("None")) {
            throw AzureErrors.user("The datastore " + call.label("name") + " has no secrets.");
        }
        String container = properties.path("containerName").asText();
        boolean ends = container.equals(JOBS)
                && !call.content().isEmpty()
                && call.json().path("expirableSecret").asBoolean();
        ObjectNode secrets = Json.records().createObjectNode();
        if (ends) {
            secrets.put("secretsType", "Sas")
                    .put("sasToken", store.writable(container))
                    .put("expiresAt", Instant.now().plus(SECRET).toString());
        } else {
            secrets.put("secretsType", "AccountKey").put("key", Azurite.KEY);
        }
        return AzureProtocol.json(OK, secrets);
    }
}
