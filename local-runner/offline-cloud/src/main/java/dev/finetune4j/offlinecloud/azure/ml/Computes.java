package dev.finetune4j.offlinecloud.azure.ml;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.azure.AzurePace;
import dev.finetune4j.offlinecloud.azure.Workspace;
import dev.finetune4j.offlinecloud.azure.rest.AzureCall;
import dev.finetune4j.offlinecloud.azure.rest.AzureErrors;
import dev.finetune4j.offlinecloud.azure.rest.AzureProtocol;
import dev.finetune4j.offlinecloud.azure.rest.BodySchema;
import dev.finetune4j.offlinecloud.azure.rest.Operation;
import dev.finetune4j.offlinecloud.wire.Answer;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The clusters of a workspace. Making one succeeds also where it can never have a machine; then it tells so among its errors. Guarded by
 * the service that owns it.
 */
final class Computes {
    private static final int OK = 200;
    private static final int CREATED = 201;
    private static final int ACCEPTED = 202;
    private static final String NAME = "[a-zA-Z][a-zA-Z0-9-]{1,15}";
    private static final String TYPE = "Microsoft.MachineLearningServices/workspaces/computes";

    private final Workspace workspace;
    private final Clock clock;
    private final AzurePace pace;
    private final Function<Machines, Optional<JobError>> lack;
    private final Function<String, List<String>> nodes;
    private final Map<String, Cluster> clusters = new LinkedHashMap<>();

    private record Cluster(String name, ObjectNode body, Instant createdAt) {
        JsonNode settings() {
            return body.path("properties").path("properties");
        }
    }

    /**
     * None at first.
     *
     * @param pace how long it takes until a cluster is there
     * @param lack why machines cannot be had now, if they cannot
     * @param nodes the runs that have machines of a cluster now
     */
    Computes(
            Workspace workspace,
            Clock clock,
            AzurePace pace,
            Function<Machines, Optional<JobError>> lack,
            Function<String, List<String>> nodes) {
        this.workspace = workspace;
        this.clock = clock;
        this.pace = pace;
        this.lack = lack;
        this.nodes = nodes;
    }

    /** What can be asked for. */
    List<Operation> operations() {
        String all = Workspace.PATH + "/computes";
        String one = all + "/{computeName}";
        return List.of(
                Operation.management("Compute_List", "GET", all, call -> list()),
                Operation.management("Compute_CreateOrUpdate", "PUT", one, this::put),
                Operation.management("Compute_Get", "GET", one, this::get),
                Operation.management("Compute_Delete", "DELETE", one, this::delete),
                Operation.management("Compute_ListNodes", "POST", one + "/listNodes", this::listNodes),
                Operation.management(
                        "ComputeOperationStatus_Get",
                        "GET",
                        Workspace.LOCATION_PATH + "/computeOperationsStatus/{operationId}",
                        this::operationStatus));
    }

    /**
     * The machines of a cluster that a job asks for.
     *
     * @throws ServiceError if there is no such cluster
     */
    Machines machines(String name, int count) throws ServiceError {
        Cluster cluster = clusters.get(name);
        if (cluster == null) {
            throw AzureErrors.user("/properties/computeId", "Unknown compute target '" + name + "'.");
        }
        return machines(cluster, count);
    }

    private Machines machines(Cluster cluster, int count) throws ServiceError {
        String size = cluster.settings().path("vmSize").asText();
        return new Machines(
                VmSize.named(size)
                        .orElseThrow(() -> AzureErrors.user(
                                "/properties/properties/vmSize",
                                "The specified Azure ML Compute VM size " + size + " is not supported in region "
                                        + workspace.region() + ".")),
                count,
                cluster.settings().path("vmPriority").asText().equals("LowPriority"),
                cluster.name());
    }

    private Answer put(AzureCall call) throws ServiceError {
        String name = call.label("computeName");
        ObjectNode body = call.json();
        BodySchema.check(call.query("api-version"), "computes", body);
        if (!name.matches(NAME)) {
            throw AzureErrors.user(
                    "The compute name '" + name + "' is invalid: it must be 2 to 16 letters, digits or '-'.");
        }
        if (!body.at("/properties/computeType").asText().equals("AmlCompute")) {
            throw AzureErrors.user(
                    "/properties/computeType", "The offline cloud has computes of type AmlCompute only.");
        }
        Cluster existing = clusters.get(name);
        Cluster wanted = new Cluster(name, body, existing == null ? clock.instant() : existing.createdAt());
        machines(wanted, 1);
        if (existing != null && !fixed(existing).equals(fixed(wanted))) {
            throw AzureErrors.user(
                    "The compute '" + name + "' exists already, and nothing but its scaleSettings can be changed.");
        }
        clusters.put(name, wanted);
        Answer answer = AzureProtocol.json(existing == null ? CREATED : OK, described(wanted));
        return answer.with("Azure-AsyncOperation", statusUri(call, name));
    }

    private static JsonNode fixed(Cluster cluster) {
        ObjectNode settings = cluster.settings().deepCopy();
        settings.remove("scaleSettings");
        return settings;
    }

    private String statusUri(AzureCall call, String name) {
        return call.base()
                + Workspace.LOCATION_PATH
                        .replace("{subscriptionId}", workspace.subscription())
                        .replace("{location}", workspace.region())
                + "/computeOperationsStatus/cc:" + workspace.name() + ":" + name + "?api-version="
                + call.query("api-version");
    }

    private Answer operationStatus(AzureCall call) {
        Cluster cluster = clusters.get(call.label("operationId").replaceFirst("^.*:", ""));
        String status = cluster == null ? "Succeeded" : state(cluster);
        return AzureProtocol.json(
                OK, Json.records().createObjectNode().put("status", status.equals("Creating") ? "InProgress" : status));
    }

    private String state(Cluster cluster) {
        return cluster.createdAt().plus(pace.start()).isAfter(clock.instant()) ? "Creating" : "Succeeded";
    }

    private Answer get(AzureCall call) throws ServiceError {
        return AzureProtocol.json(OK, described(existing(call)));
    }

    private Cluster existing(AzureCall call) throws ServiceError {
        Cluster cluster = clusters.get(call.label("computeName"));
        if (cluster == null) {
            throw AzureErrors.notFound(
                    "ResourceNotFound", "The compute '" + call.label("computeName") + "' was not found.");
        }
        return cluster;
    }

    private Answer list() throws ServiceError {
        ObjectNode answer = Json.records().createObjectNode();
        ArrayNode all = answer.putArray("value");
        for (Cluster cluster : clusters.values()) {
            all.add(described(cluster));
        }
        return AzureProtocol.json(OK, answer);
    }

    private Answer delete(AzureCall call) throws ServiceError {
        String how = call.query("underlyingResourceAction");
        if (!how.equals("Delete") && !how.equals("Detach")) {
            throw AzureErrors.user("underlyingResourceAction must be Delete or Detach, was '" + how + "'.");
        }
        Cluster cluster = existing(call);
        clusters.remove(cluster.name());
        return Answer.empty(ACCEPTED, Map.of("Azure-AsyncOperation", statusUri(call, cluster.name())));
    }

    private Answer listNodes(AzureCall call) throws ServiceError {
        ObjectNode answer = Json.records().createObjectNode();
        ArrayNode all = answer.putArray("nodes");
        for (String run : nodes.apply(existing(call).name())) {
            all.addObject()
                    .put("nodeId", "tvmps_" + Integer.toHexString(run.hashCode()) + "_d")
                    .put("privateIpAddress", "10.0.0.4")
                    .put("port", 50000)
                    .put("nodeState", "running")
                    .put("runId", run);
        }
        return AzureProtocol.json(OK, answer);
    }

    private ObjectNode described(Cluster cluster) throws ServiceError {
        ObjectNode answer = cluster.body().deepCopy();
        answer.put("id", workspace.id() + "/computes/" + cluster.name())
                .put("name", cluster.name())
                .put("type", TYPE)
                .put("location", workspace.region());
        ObjectNode properties = (ObjectNode) answer.path("properties");
        properties
                .put("provisioningState", state(cluster))
                .put("createdOn", cluster.createdAt().toString())
                .put("computeLocation", workspace.region())
                .put("isAttachedCompute", false);
        int running = nodes.apply(cluster.name()).size();
        ObjectNode settings = (ObjectNode) properties.path("properties");
        settings.put("allocationState", "Steady")
                .put("currentNodeCount", running)
                .put("targetNodeCount", running);
        settings.putObject("nodeStateCounts")
                .put("idleNodeCount", 0)
                .put("runningNodeCount", running)
                .put("preparingNodeCount", 0)
                .put("unusableNodeCount", 0)
                .put("leavingNodeCount", 0)
                .put("preemptedNodeCount", 0);
        ArrayNode errors = settings.putArray("errors");
        lack.apply(machines(cluster, 1))
                .ifPresent(why -> errors.addObject()
                        .putObject("error")
                        .put("code", why.inner())
                        .put("message", why.message()));
        return answer;
    }
}
