package dev.finetune4j.offlinecloud.bedrock;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.bedrock.CustomizationJob.Part;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** A customization job as the service tells of it. */
final class JobDescription {
    private static final List<String> ECHOED = List.of(
            "clientRequestToken", "hyperParameters", "outputDataConfig", "roleArn", "trainingDataConfig", "vpcConfig");

    private final CustomizationJob job;
    private final Names names;

    JobDescription(CustomizationJob job, Names names) {
        this.job = job;
        this.names = names;
    }

    /** All that is known of it. */
    ObjectNode whole() {
        ObjectNode request = job.request().body();
        ObjectNode answer = common();
        answer.put("outputModelName", job.request().modelName());
        for (String member : ECHOED) {
            if (request.has(member)) {
                answer.set(member, request.get(member).deepCopy());
            }
        }
        // The service answers with this member also where a job has nothing to compare with.
        ObjectNode validation = answer.putObject("validationDataConfig");
        validation.putArray("validators");
        if (request.get("validationDataConfig") instanceof ObjectNode asked) {
            validation.setAll(asked.deepCopy());
        }
        if (!job.failure().isEmpty()) {
            answer.put("failureMessage", job.failure());
        }
        if (job.status() == JobStatus.COMPLETED) {
            answer.put("outputModelArn", names.customModel(job));
        }
        addMetrics(answer);
        return answer;
    }

    /** What lists tell of it. */
    ObjectNode summary() {
        ObjectNode answer = common();
        answer.put("customModelName", job.request().modelName());
        if (job.status() == JobStatus.COMPLETED) {
            answer.put("customModelArn", names.customModel(job));
        }
        return answer;
    }

    /** Losses, where it has any. */
    void addMetrics(ObjectNode answer) {
        job.result().ifPresent(result -> {
            answer.putObject("trainingMetrics").put("trainingLoss", result.trainingLoss());
            result.validationLoss()
                    .ifPresent(loss ->
                            answer.putArray("validationMetrics").addObject().put("validationLoss", loss));
        });
    }

    private ObjectNode common() {
        ObjectNode answer = Json.records()
                .createObjectNode()
                .put("jobArn", job.arn())
                .put("jobName", job.request().jobName())
                .put("baseModelArn", names.foundationModel(job.request().base().id()))
                .put("status", job.status().wireName())
                .put("creationTime", time(job.createdAt()))
                .put("lastModifiedTime", time(job.changedAt()))
                .put("customizationType", "FINE_TUNING");
        if (job.status().isTerminal()) {
            answer.put("endTime", time(job.changedAt()));
        }
        ObjectNode details = answer.putObject("statusDetails");
        addPart(details.putObject("validationDetails"), job.validating());
        addPart(details.putObject("trainingDetails"), job.training());
        return answer;
    }

    private static void addPart(ObjectNode into, Part part) {
        into.put("status", part.status().wireName());
        part.since().ifPresent(since -> into.put("creationTime", time(since)));
        part.changedAt().ifPresent(changed -> into.put("lastModifiedTime", time(changed)));
    }

    /** The protocol's form of a time. */
    static String time(Instant at) {
        return at.truncatedTo(ChronoUnit.MILLIS).toString();
    }
}
