package dev.finetune4j.offlinecloud.sagemaker;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;

/** A training job as the service tells of it. */
final class JobDescription {
    private static final double MILLIS = 1000;

    private static final List<String> ECHOED = List.of(
            "AlgorithmSpecification",
            "CheckpointConfig",
            "DebugHookConfig",
            "DebugRuleConfigurations",
            "Environment",
            "ExperimentConfig",
            "HyperParameters",
            "InfraCheckConfig",
            "InputDataConfig",
            "MlflowConfig",
            "ModelPackageConfig",
            "OutputDataConfig",
            "ProfilerConfig",
            "ProfilerRuleConfigurations",
            "RemoteDebugConfig",
            "ResourceConfig",
            "RetryStrategy",
            "RoleArn",
            "TensorBoardOutputConfig",
            "VpcConfig");

    private static final List<String> SWITCHES =
            List.of("EnableNetworkIsolation", "EnableInterContainerTrafficEncryption", "EnableManagedSpotTraining");

    private final TrainingJob job;
    private final String arn;
    private final WarmPools pools;
    private final double spotShare;
    private final Instant now;

    /**
     * A description of a job as it is now.
     *
     * @param spotShare what of a machine's time is billed where it may be taken back
     */
    JobDescription(TrainingJob job, String arn, WarmPools pools, double spotShare, Instant now) {
        this.job = job;
        this.arn = arn;
        this.pools = pools;
        this.spotShare = spotShare;
        this.now = now;
    }

    /** All that is known of it. */
    ObjectNode whole() {
        ObjectNode answer = summary();
        ObjectNode request = job.request().body();
        for (String member : ECHOED) {
            if (request.has(member)) {
                answer.set(member, request.get(member).deepCopy());
            }
        }
        if (answer.get("OutputDataConfig") instanceof ObjectNode output && !output.has("KmsKeyId")) {
            output.put("KmsKeyId", ""); // the service always tells it, and its own SDK breaks where it is absent
        }
        for (String name : SWITCHES) {
            answer.put(name, request.path(name).asBoolean());
        }
        ObjectNode limits = answer.putObject("StoppingCondition");
        if (request.get("StoppingCondition") instanceof ObjectNode asked) {
            limits.setAll(asked);
        }
        limits.put("MaxRuntimeInSeconds", job.request().maxRuntime().toSeconds());
        answer.putObject("ModelArtifacts")
                .put("S3ModelArtifacts", job.request().artifacts()); // told of every job, also where nothing lies there
        addMetrics(answer);
        if (!job.failureReason().isEmpty()) {
            answer.put("FailureReason", job.failureReason());
        }
        job.startedAt().ifPresent(at -> answer.put("TrainingStartTime", seconds(at)));
        job.endedAt().ifPresent(at -> times(answer));
        addTransitions(answer.putArray("SecondaryStatusTransitions"));
        return answer;
    }

    /** What lists tell of it. */
    ObjectNode summary() {
        ObjectNode answer = Json.records()
                .createObjectNode()
                .put("TrainingJobName", job.request().name())
                .put("TrainingJobArn", arn)
                .put("TrainingJobStatus", job.primaryStatus())
                .put("SecondaryStatus", job.status().wireName())
                .put("CreationTime", seconds(job.createdAt()))
                .put("LastModifiedTime", seconds(job.changedAt()));
        job.endedAt().ifPresent(at -> answer.put("TrainingEndTime", seconds(at)));
        pools.of(job, now).ifPresent(pool -> answer.set("WarmPoolStatus", pool));
        return answer;
    }

    private void times(ObjectNode answer) {
        double machineSeconds = job.machineTime().toMillis() / MILLIS;
        if (machineSeconds > 0) {
            double share = job.request().isSpot() ? spotShare : 1;
            answer.put("TrainingTimeInSeconds", (int) Math.ceil(machineSeconds));
            answer.put("BillableTimeInSeconds", (int) Math.ceil(machineSeconds * share));
        }
    }

    private void addMetrics(ObjectNode answer) {
        List<JobOutput.Figure> figures = job.output().figures();
        if (!figures.isEmpty()) {
            ArrayNode all = answer.putArray("FinalMetricDataList");
            figures.forEach(figure -> all.addObject()
                    .put("MetricName", figure.metric())
                    .put("Value", new BigDecimal(Float.toString(figure.value())))
                    .put("Timestamp", seconds(figure.at())));
        }
    }

    private void addTransitions(ArrayNode into) {
        for (Transition transition : job.transitions()) {
            ObjectNode node = into.addObject()
                    .put("Status", transition.status().wireName())
                    .put("StartTime", seconds(transition.start()))
                    .put("StatusMessage", transition.message());
            Instant end = transition.status().isTerminal() ? transition.start() : transition.end();
            if (end != null) {
                node.put("EndTime", seconds(end));
            }
        }
    }

    /** The protocol's form of a time: seconds since 1970, to the millisecond. */
    private static BigDecimal seconds(Instant at) {
        return BigDecimal.valueOf(at.toEpochMilli(), 3);
    }
}
