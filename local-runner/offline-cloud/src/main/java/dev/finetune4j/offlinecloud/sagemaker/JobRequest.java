package dev.finetune4j.offlinecloud.sagemaker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.offlinecloud.wire.Arn;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A request for a training job that was taken, with the service's defaults.
 *
 * @param body as it came, and {@link #ARN} once it was taken
 */
record JobRequest(ObjectNode body) {
    /** What the service sets where a request does not. */
    static final long DEFAULT_MAX_RUNTIME_SECONDS = 86_400;

    /** What the service adds to a request that it took. */
    static final String ARN = "TrainingJobArn";

    /** What the service adds to a request that it hands to one of several machines: the machine's name. */
    private static final String HOST = "CurrentHost";

    String name() {
        return body.path("TrainingJobName").asText();
    }

    /** Of a request that was taken. */
    String arn() {
        return body.path(ARN).asText();
    }

    /** Of a request that was taken. */
    String region() {
        return Arn.read(arn()).map(Arn::region).orElseThrow();
    }

    String role() {
        return body.path("RoleArn").asText();
    }

    String outputPath() {
        return S3Link.uri(body.path("OutputDataConfig").path("S3OutputPath").asText());
    }

    /** Whether a container finds what an earlier one of the job kept. */
    boolean hasCheckpoints() {
        return body.has("CheckpointConfig");
    }

    boolean isCompressed() {
        return !body.path("OutputDataConfig").path("CompressionType").asText().equals("NONE");
    }

    boolean isSpot() {
        return body.path("EnableManagedSpotTraining").asBoolean();
    }

    Duration maxRuntime() {
        return Duration.ofSeconds(
                body.path("StoppingCondition").path("MaxRuntimeInSeconds").asLong(DEFAULT_MAX_RUNTIME_SECONDS));
    }

    /** Waiting and running together; only spot jobs have such a limit. */
    Optional<Duration> maxWait() {
        JsonNode seconds = body.path("StoppingCondition").path("MaxWaitTimeInSeconds");
        return seconds.isNumber() ? Optional.of(Duration.ofSeconds(seconds.asLong())) : Optional.empty();
    }

    /** How long it may wait for machines; it waits as long as the service does where it does not say. */
    Optional<Duration> maxPending() {
        JsonNode seconds = body.path("StoppingCondition").path("MaxPendingTimeInSeconds");
        return seconds.isNumber() ? Optional.of(Duration.ofSeconds(seconds.asLong())) : Optional.empty();
    }

    /** How often it begins again after an error of the service. */
    int retries() {
        return body.path("RetryStrategy").path("MaximumRetryAttempts").asInt();
    }

    /** A hyperparameter, which clients may write as JSON, with quotes around it; empty if it is not there. */
    String setting(String name) {
        String value = body.path("HyperParameters").path(name).asText();
        return value.length() > 1 && value.startsWith("\"") && value.endsWith("\"")
                ? value.substring(1, value.length() - 1)
                : value;
    }

    /** The request as it came, without what the service added. */
    ObjectNode asRequested() {
        return body.deepCopy().without(List.of(ARN, HOST));
    }

    /** All machines, in the order of their numbers. */
    List<JobHost> hosts() {
        List<JobHost> hosts = new ArrayList<>();
        for (JsonNode group : groups()) {
            for (int i = group.path("InstanceCount").asInt(); i > 0; i--) {
                hosts.add(new JobHost(
                        "algo-" + (hosts.size() + 1),
                        group.path("InstanceGroupName").asText(JobHost.ONLY_GROUP),
                        group.path("InstanceType").asText()));
            }
        }
        return hosts;
    }

    /** How many machines of each type; may be more than anybody has. */
    Map<String, Integer> machines() {
        Map<String, Integer> machines = new LinkedHashMap<>();
        for (JsonNode group : groups()) {
            machines.merge(
                    group.path("InstanceType").asText(),
                    group.path("InstanceCount").asInt(),
                    (one, other) -> (int) Math.min((long) one + other, Integer.MAX_VALUE));
        }
        return machines;
    }

    private Iterable<JsonNode> groups() {
        JsonNode config = body.path("ResourceConfig");
        return config.has("InstanceGroups") ? config.get("InstanceGroups") : List.of(config);
    }

    /** The request as it is handed to a machine. */
    ObjectNode on(JobHost host) {
        return body.deepCopy().put(HOST, host.name());
    }

    /** The machine that it was handed to, counted from 0. */
    int host() {
        return hosts().stream()
                .map(JobHost::name)
                .toList()
                .indexOf(body.path(HOST).asText("algo-1"));
    }

    /** How long its machines stay after it; zero for not at all. */
    Duration keepAlive() {
        return Duration.ofSeconds(
                body.at("/ResourceConfig/KeepAlivePeriodInSeconds").asLong());
    }

    /** From now on its machines stay so long after it. */
    void keepAlive(Duration time) {
        ((ObjectNode) body.path("ResourceConfig")).put("KeepAlivePeriodInSeconds", time.toSeconds());
    }

    /** Where the service puts the results. */
    String artifacts() {
        String path = outputPath();
        return path
                + (path.endsWith("/") ? "" : "/")
                + name()
                + (isCompressed() ? "/output/model.tar.gz" : "/output/model/");
    }

    /** The service writes names in ARNs in small letters. */
    String arn(String region, String account) {
        String partition = region.startsWith("cn-") ? "aws-cn" : region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
        return "arn:" + partition + ":sagemaker:" + region + ":" + account + ":training-job/"
                + name().toLowerCase(Locale.ROOT);
    }
}
