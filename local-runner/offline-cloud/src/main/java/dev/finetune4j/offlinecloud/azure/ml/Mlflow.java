package dev.finetune4j.offlinecloud.azure.ml;

import com.fasterxml.jackson.databind.JsonNode;
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
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What of MLflow's tracking a workspace has: the metrics, parameters and tags of its jobs. Whoever writes too often is told to wait. Guarded by
 * the service that owns it.
 */
final class Mlflow {
    private static final int OK = 200;

    /** How often all jobs together may write within a window. */
    private static final int WRITES = 50;

    private static final int WINDOW_SECONDS = 10;

    private static final int MOST_METRICS = 1000;

    private final Jobs jobs;
    private final Clock clock;
    private final Map<String, ObjectNode> logged = new LinkedHashMap<>();
    private long window;
    private int writes;

    /**
     * Nothing is logged at first.
     *
     * @param clock by which writes are counted, which goes by itself
     */
    Mlflow(Jobs jobs, Clock clock) {
        this.jobs = jobs;
        this.clock = clock;
    }

    /** What can be asked for. */
    List<Operation> operations() {
        String path = "/mlflow/{version}" + Workspace.PATH + "/api/2.0/mlflow";
        return List.of(
                Operation.workspace("Mlflow_GetRun", "GET", path + "/runs/get", this::run),
                Operation.workspace("Mlflow_GetMetricHistory", "GET", path + "/metrics/get-history", this::history),
                Operation.workspace("Mlflow_LogMetric", "POST", path + "/runs/log-metric", this::logMetric),
                Operation.workspace("Mlflow_LogParam", "POST", path + "/runs/log-parameter", this::logParameter),
                Operation.workspace("Mlflow_SetTag", "POST", path + "/runs/set-tag", this::setTag),
                Operation.workspace("Mlflow_LogBatch", "POST", path + "/runs/log-batch", this::logBatch));
    }

    private CommandJob job(String id) throws ServiceError {
        return jobs.find(id)
                .orElseThrow(
                        () -> AzureErrors.notFound("RESOURCE_DOES_NOT_EXIST", "Run with id " + id + " was not found"));
    }

    private static String id(JsonNode body) {
        return body.path(body.has("run_id") ? "run_id" : "run_uuid").asText();
    }

    private ObjectNode logged(String job) {
        return logged.computeIfAbsent(job, key -> {
            ObjectNode none = Json.records().createObjectNode();
            none.putArray("metrics");
            none.putArray("params");
            none.putArray("tags");
            return none;
        });
    }

    private ArrayNode part(String job, String name) {
        return (ArrayNode) logged(job).path(name);
    }

    private Answer run(AzureCall call) throws ServiceError {
        String asked = call.query("run_id");
        CommandJob job = job(asked.isEmpty() ? call.query("run_uuid") : asked);
        ObjectNode answer = Json.records().createObjectNode();
        ObjectNode run = answer.putObject("run");
        run.putObject("info")
                .put("run_id", job.id())
                .put("run_uuid", job.id())
                .put("experiment_id", job.properties().path("experimentName").asText())
                .put("run_name", job.properties().path("displayName").asText())
                .put("status", status(job.status()))
                .put("start_time", job.startedAt().map(Instant::toEpochMilli).orElse(0L))
                .put("end_time", job.endedAt().map(Instant::toEpochMilli).orElse(null))
                .put("lifecycle_stage", "active");
        ObjectNode data = run.putObject("data");
        data.set("metrics", last(part(job.id(), "metrics")));
        data.set("params", last(part(job.id(), "params")));
        data.set("tags", last(part(job.id(), "tags")));
        return AzureProtocol.json(OK, answer);
    }

    private static String status(JobStatus status) {
        return switch (status) {
            case COMPLETED -> "FINISHED";
            case FAILED -> "FAILED";
            case CANCELED -> "KILLED";
            case RUNNING, FINALIZING, CANCEL_REQUESTED -> "RUNNING";
            case NOT_STARTED, PREPARING, QUEUED, PROVISIONING -> "SCHEDULED";
        };
    }

    /** The last of each key. */
    private static ArrayNode last(ArrayNode all) {
        Map<String, JsonNode> byKey = new LinkedHashMap<>();
        all.forEach(one -> byKey.put(one.path("key").asText(), one));
        return Json.records().createArrayNode().addAll(byKey.values());
    }

    private Answer history(AzureCall call) throws ServiceError {
        CommandJob job = job(call.query("run_id"));
        ObjectNode answer = Json.records().createObjectNode();
        ArrayNode found = answer.putArray("metrics");
        part(job.id(), "metrics").forEach(metric -> {
            if (metric.path("key").asText().equals(call.query("metric_key"))) {
                found.add(metric);
            }
        });
        return AzureProtocol.json(OK, answer);
    }

    private Answer logMetric(AzureCall call) throws ServiceError {
        return keep(call.json(), "metrics");
    }

    private Answer logParameter(AzureCall call) throws ServiceError {
        return keep(call.json(), "params");
    }

    private Answer setTag(AzureCall call) throws ServiceError {
        return keep(call.json(), "tags");
    }

    private Answer keep(ObjectNode body, String part) throws ServiceError {
        CommandJob job = job(id(body));
        count();
        if (!body.path("key").isTextual() || !body.has("value")) {
            throw AzureErrors.invalid("INVALID_PARAMETER_VALUE", "Both key and value must be set.");
        }
        body.remove(List.of("run_id", "run_uuid"));
        part(job.id(), part).add(body);
        return AzureProtocol.json(OK, Json.records().createObjectNode());
    }

    private Answer logBatch(AzureCall call) throws ServiceError {
        ObjectNode body = call.json();
        CommandJob job = job(id(body));
        count();
        if (body.path("metrics").size() > MOST_METRICS) {
            throw AzureErrors.invalid(
                    "INVALID_PARAMETER_VALUE",
                    "A batch logging request can contain at most " + MOST_METRICS + " metrics. Got "
                            + body.path("metrics").size() + " metrics.");
        }
        for (String part : List.of("metrics", "params", "tags")) {
            body.path(part).forEach(part(job.id(), part)::add);
        }
        return AzureProtocol.json(OK, Json.records().createObjectNode());
    }

    private void count() throws ServiceError {
        long now = clock.instant().getEpochSecond() / WINDOW_SECONDS;
        if (now != window) {
            window = now;
            writes = 0;
        }
        writes++;
        if (writes > WRITES) {
            throw AzureErrors.throttled(1);
        }
    }
}
