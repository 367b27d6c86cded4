package dev.finetune4j.offlinecloud.azure.ml;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.azure.Workspace;
import dev.finetune4j.offlinecloud.azure.blob.Azurite;
import dev.finetune4j.offlinecloud.azure.blob.BlobStore;
import dev.finetune4j.offlinecloud.azure.rest.AzureCall;
import dev.finetune4j.offlinecloud.azure.rest.AzureErrors;
import dev.finetune4j.offlinecloud.azure.rest.AzureProtocol;
import dev.finetune4j.offlinecloud.azure.rest.Operation;
import dev.finetune4j.offlinecloud.wire.Answer;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** The stores that a workspace has from its first day, and the names by which jobs call what lies in them. */
public final class Datastores {
    /** Container of what users store. */
    public static final String JOBS = "jobs";

    /** Container of what runs leave. */
    static final String ARTIFACTS = "azureml";

    private static final int OK = 200;
    private static final int FORBIDDEN = 403;
    private static final Duration SECRET = Duration.ofHours(12);

    /** Containers of the stores by their names. */
    private static final Map<String, String> CONTAINERS =
            Map.of("workspaceblobstore", JOBS, "workspaceartifactstore", ARTIFACTS);

    private final Workspace workspace;
    private final BlobStore store;
    private volatile boolean hasKeys = true;

    /**
     * The stores.
     *
     * @param workspace which has them
     * @param store where they are
     */
    public Datastores(Workspace workspace, BlobStore store) {
        this.workspace = workspace;
        this.store = store;
    }

    /** From now on the account takes tokens only. */
    void refuseKeys() {
        hasKeys = false;
    }

    /**
     * Where something lies.
     *
     * @param container of the account
     * @param name of the blob, or what the names of several begin with
     */
    record Place(String container, String name) {}

    /** The containers that a workspace needs. */
    public static List<String> containers() {
        return List.of(JOBS, ARTIFACTS);
    }

    /** What the names of all begin with that a run leaves. */
    static String runFolder(String job) {
        return run(job) + "/";
    }

    /** What the service calls the place of all that a run leaves. */
    static String run(String job) {
        return "ExperimentRun/dcid." + job;
    }

    /**
     * Where a job's input or output lies.
     *
     * @param uri {@code azureml://datastores/NAME/paths/PATH}, the same with the workspace before it, or an address of the account
     * @throws IllegalArgumentException if it is none of these, or there is no such store
     */
    static Place place(String uri, String account) {
        if (uri.startsWith(account + "/")) {
            String[] parts = uri.substring(account.length() + 1).split("/", 2);
            return new Place(parts[0], parts.length > 1 ? parts[1] : "");
        }
        String[] parts = uri.replaceFirst("^azureml://(.*/)?datastores/", "").split("/paths/", 2);
        String container = CONTAINERS.get(parts[0]);
        if (!uri.startsWith("azureml://") || parts.length < 2 || container == null) {
            throw new IllegalArgumentException("there is no datastore or blob of the workspace at " + uri);
        }
        return new Place(container, parts[1]);
    }

    /** What can be asked for. */
    public List<Operation> operations() {
        String path = Workspace.PATH + "/datastores";
        return List.of(
                Operation.management("Datastores_List", "GET", path, this::list),
                Operation.management("Datastores_Get", "GET", path + "/{name}", this::get),
                Operation.management("Datastores_ListSecrets", "POST", path + "/{name}/listSecrets", this::secrets));
    }

    private Answer list(AzureCall call) {
        ObjectNode answer = Json.records().createObjectNode();
        ArrayNode all = answer.putArray("value");
        CONTAINERS.keySet().stream()
                .sorted()
                .filter(name -> !call.query("isDefault").equals("true") || isDefault(name))
                .forEach(name -> all.add(datastore(name)));
        return AzureProtocol.json(OK, answer);
    }

    private Answer get(AzureCall call) throws ServiceError {
        return AzureProtocol.json(OK, datastore(existing(call)));
    }

    private static String existing(AzureCall call) throws ServiceError {
        String name = call.label("name");
        if (!CONTAINERS.containsKey(name)) {
            throw AzureErrors.notFound("Could not find datastore: " + name);
        }
        return name;
    }

    private static boolean isDefault(String name) {
        return String.valueOf(CONTAINERS.get(name)).equals(JOBS);
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
        ObjectNode properties = datastore
                .putObject("properties")
                .put("datastoreType", "AzureBlob")
                .put("accountName", Azurite.ACCOUNT)
                .put("containerName", CONTAINERS.get(name))
                .put("endpoint", endpoint(store))
                .put("protocol", "https")
                .put("serviceDataAccessAuthIdentity", "None")
                .put("subscriptionId", workspace.subscription())
                .put("resourceGroup", workspace.resourceGroup())
                .put("isDefault", isDefault(name));
        properties.putObject("credentials").put("credentialsType", hasKeys ? "AccountKey" : "None");
        properties.putObject("properties");
        properties.putObject("tags");
        return datastore;
    }

    /**
     * A secret that ends, if one is wanted; the key does not. For what runs left it is always the key: Microsoft's Python client signs links to
     * logs with whatever it is given here.
     */
    private Answer secrets(AzureCall call) throws ServiceError {
        String container = String.valueOf(CONTAINERS.get(existing(call)));
        if (!hasKeys) {
            throw new ServiceError(
                    FORBIDDEN,
                    "KeyBasedAuthenticationNotPermitted",
                    "Key based authentication is not permitted on this storage account.");
        }
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
