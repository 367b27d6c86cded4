package dev.finetune4j.offlinecloud.azure.ml;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.azure.Workspace;
import dev.finetune4j.offlinecloud.azure.rest.AzureCall;
import dev.finetune4j.offlinecloud.azure.rest.AzureErrors;
import dev.finetune4j.offlinecloud.azure.rest.AzureProtocol;
import dev.finetune4j.offlinecloud.azure.rest.Operation;
import dev.finetune4j.offlinecloud.wire.Answer;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.io.IOException;
import java.util.List;

/** What is told of runs besides their jobs: why they failed, and where their logs are. Guarded by the service that owns it. */
final class RunHistory {
    private static final int OK = 200;

    private final Workspace workspace;
    private final Jobs jobs;

    RunHistory(Workspace workspace, Jobs jobs) {
        this.workspace = workspace;
        this.jobs = jobs;
    }

    /** What can be asked for. */
    List<Operation> operations() {
        String path = "/history/v1.0" + Workspace.PATH;
        String run = path + "/runs/{runId}";
        return List.of(
                Operation.workspace("Runs_GetDetails", "GET", run + "/details", this::details),
                Operation.workspace("Runs_Get", "GET", run, call -> AzureProtocol.json(OK, run(existing(call)))),
                Operation.workspace("Runs_GetChildren", "GET", run + "/children", this::children),
                Operation.workspace("Runs_GetRunData", "POST", path + "/rundata", this::runData),
                Operation.workspace(
                        "Runs_AddOrModify", "PATCH", path + "/experiments/{experiment}/runs/{runId}", this::change));
    }

    private CommandJob existing(AzureCall call) throws ServiceError {
        return existing(call.label("runId"));
    }

    private CommandJob existing(String id) throws ServiceError {
        return jobs.find(id).orElseThrow(() -> AzureErrors.notFound("Run " + id + " was not found"));
    }

    private Answer details(AzureCall call) throws ServiceError, IOException {
        CommandJob job = existing(call);
        ObjectNode details = run(job);
        details.putArray("warnings");
        details.putArray("inputDatasets");
        details.putArray("outputDatasets");
        ObjectNode logs = details.putObject("logFiles");
        job.log().flush();
        if (job.log().isStored()) {
            logs.put(JobLog.NAME, job.log().link().toString());
        }
        return AzureProtocol.json(OK, details);
    }

    private ObjectNode run(CommandJob job) {
        ObjectNode run = Json.records()
                .createObjectNode()
                .put("runId", job.id())
                .put("rootRunId", job.id())
                .put("displayName", job.properties().path("displayName").asText())
                .put("experimentName", job.properties().path("experimentName").asText())
                .put("status", job.status().wireName())
                .put(
                        "target",
                        job.machines().isServerless()
                                ? "serverless"
                                : job.machines().cluster())
                .put("createdUtc", job.createdAt().toString())
                .put("startTimeUtc", job.startedAt().map(Object::toString).orElse(null))
                .put("endTimeUtc", job.endedAt().map(Object::toString).orElse(null))
                .put("hidden", job.properties().path("isArchived").asBoolean());
        run.putObject("tags").setAll(pairs(job, "tags"));
        run.putObject("properties").setAll(pairs(job, "properties"));
        run.putObject("services");
        job.error().ifPresentOrElse(error -> run.set("error", told(job, error)), () -> run.putNull("error"));
        return run;
    }

    private static ObjectNode pairs(CommandJob job, String name) {
        return job.properties().path(name) instanceof ObjectNode pairs
                ? pairs
                : Json.records().createObjectNode();
    }

    private ObjectNode told(CommandJob job, JobError error) {
        ObjectNode told = Json.records().createObjectNode();
        ObjectNode inside = told.putObject("error").put("code", error.code()).put("message", error.message());
        inside.putObject("messageParameters");
        inside.putArray("details");
        if (!error.inner().isEmpty()) {
            inside.putObject("innerError").put("code", error.inner()).putNull("innerError");
        }
        told.putObject("correlation").put("operation", job.id()).put("request", job.id());
        return told.put("environment", workspace.region())
                .put("location", workspace.region())
                .put("time", job.endedAt().map(Object::toString).orElse(null));
    }

    /** A command has none. */
    private Answer children(AzureCall call) throws ServiceError {
        existing(call);
        ObjectNode answer = Json.records().createObjectNode();
        answer.putArray("value");
        return AzureProtocol.json(OK, answer);
    }

    private Answer runData(AzureCall call) throws ServiceError {
        CommandJob job = existing(call.json().path("runId").asText());
        ObjectNode answer = Json.records().createObjectNode();
        answer.set("runMetadata", run(job));
        return AzureProtocol.json(OK, answer);
    }

    /** Changes what may be changed, as the studio and the Python packages do it. */
    private Answer change(AzureCall call) throws ServiceError {
        CommandJob job = existing(call);
        ObjectNode body = call.json();
        for (String name : List.of("displayName", "description", "tags", "properties")) {
            if (body.has(name)) {
                job.properties().set(name, body.get(name));
            }
        }
        if (body.has("hidden")) {
            job.properties().set("isArchived", body.get("hidden"));
        }
        return AzureProtocol.json(OK, run(job));
    }
}
