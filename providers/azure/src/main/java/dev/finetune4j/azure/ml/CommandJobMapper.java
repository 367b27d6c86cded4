package dev.finetune4j.azure.ml;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.ContainerOrder;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.value.RunId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** From a staged job to the body that launches it. Asks nobody; the same job gives the same body each time. */
final class CommandJobMapper {
    /** Of all jobs, for people who look for them. */
    static final String EXPERIMENT = "finetune4j";

    private static final String WRITTEN = "job";

    /** The environment's own is too small for what loaders of rows share. */
    private static final String SHARED_MEMORY = "16g";

    /**
     * The worker's own folder is as SageMaker's containers have it ({@code /opt/ml}): links to where Azure brings the inputs, and to the one
     * output, which the next machine of the job finds again. The shell then becomes the worker, so that signals reach it.
     */
    private static final String START = """
            b=$(mktemp -d) && mkdir -p $b/input/data $b/input/config $b/code \
            && for d in checkpoints model output; do mkdir -p "${{outputs.job}}/$d" && ln -s "${{outputs.job}}/$d" $b/$d || exit 1; done \
            && printf '{"%s":"%s"}' > $b/input/config/hyperparameters.json \
            && %s\
            tar -xzf "${{inputs.code}}/worker.tar.gz" -C $b/code && SAGEMAKER_BASE_DIR=$b exec /bin/sh $b/code/start""";

    /** What the service says of a job and takes from nobody. */
    private static final List<String> TOLD = List.of("status", "services", "parameters");

    private final AzureMlOptions options;

    CommandJobMapper(AzureMlOptions options) {
        this.options = options;
    }

    /**
     * The body.
     *
     * @param id the job
     * @param digest of its order
     * @param inputs names below the store, by channel
     * @param labels tags for people
     * @param timeLimit the most time that it may run, or null for as long as the service lets a job run
     */
    ObjectNode body(
            RunId id,
            String digest,
            Map<String, String> inputs,
            Map<String, String> labels,
            @Nullable Duration timeLimit) {
        ObjectNode body = Json.records().createObjectNode();
        ObjectNode job = body.putObject("properties");
        job.put("jobType", "Command")
                .put("displayName", id.value())
                .put("experimentName", EXPERIMENT)
                .put("environmentId", environment())
                .put("command", command(digest, inputs));
        inputs.forEach((channel, name) -> job.withObjectProperty("inputs")
                .putObject(channel)
                .put("jobInputType", "uri_folder")
                .put("mode", "Download")
                .put("uri", options.uri(name)));
        job.putObject("outputs")
                .putObject(WRITTEN)
                .put("jobOutputType", "uri_folder")
                .put("mode", "ReadWriteMount")
                .put("uri", options.uri(JobFiles.written(id)));
        ObjectNode resources =
                job.putObject("resources").put("instanceCount", 1).put("shmSize", SHARED_MEMORY);
        if (options.compute() == null) {
            resources.put("instanceType", options.machine());
            job.putObject("queueSettings").put("jobTier", options.isSpot() ? "Spot" : "Standard");
        } else {
            job.put("computeId", options.workspacePath() + "/computes/" + options.compute());
        }
        limit(job, timeLimit);
        if (options.identity() != null) {
            job.putObject("identity").put("identityType", "Managed").put("clientId", options.identity());
        }
        ObjectNode tags = job.putObject("tags");
        options.tags().forEach(tags::put);
        labels.forEach(tags::put);
        ObjectNode properties = job.putObject("properties").put(ContainerOrder.DIGEST_SETTING, digest);
        if (options.compute() != null) { // of which a job tells no more than its name
            properties.put(AzureJob.MACHINE, options.machine()).put(AzureJob.SPOT, Boolean.toString(options.isSpot()));
        }
        return body;
    }

    /** The same launch, which tells what those before it were billed. */
    static ObjectNode after(Duration billed, ObjectNode body) {
        body.withObject("/properties/properties").put(AzureJob.BILLED, billed.toString());
        return body;
    }

    /** The same job, put out of everybody's sight, and marked as removed: anybody may archive a job that goes on. */
    static ObjectNode archived(AzureJob job) {
        ObjectNode body = Json.records().createObjectNode();
        ObjectNode properties = body.putObject("properties");
        properties.setAll((ObjectNode) job.json().path("properties").deepCopy());
        properties.remove(TOLD);
        properties.put("isArchived", true);
        properties.withObjectProperty("tags").put(AzureJob.REMOVED, "true");
        properties.withObjectProperty("outputs").retain(WRITTEN, FineTuningJobMapper.OUTPUT);
        return body;
    }

    /** The same job again, with what is left of its time; null where that has no limit. */
    static ObjectNode again(AzureJob last, @Nullable Duration left) {
        ObjectNode body = Json.records().createObjectNode();
        ObjectNode job = body.putObject("properties");
        for (String kept : new String[] {
            "jobType",
            "displayName",
            "experimentName",
            "environmentId",
            "command",
            "inputs",
            "outputs",
            "resources",
            "queueSettings",
            "computeId",
            "identity",
            "tags"
        }) {
            if (last.json().path("properties").hasNonNull(kept)) {
                job.set(kept, last.json().path("properties").path(kept));
            }
        }
        // The service adds outputs and properties of its own.
        job.withObjectProperty("outputs").retain(WRITTEN);
        limit(job, left);
        ObjectNode properties = job.putObject("properties").put(ContainerOrder.DIGEST_SETTING, last.digest());
        for (String kept : new String[] {AzureJob.MACHINE, AzureJob.SPOT}) {
            if (!last.property(kept).isEmpty()) {
                properties.put(kept, last.property(kept));
            }
        }
        return body;
    }

    private static void limit(ObjectNode job, @Nullable Duration time) {
        if (time != null) {
            job.putObject("limits").put("jobLimitsType", "Command").put("timeout", "PT" + time.toSeconds() + "S");
        }
    }

    private String environment() {
        String said = options.environment();
        if (said.startsWith("azureml:") || said.startsWith("/")) {
            return said;
        }
        String[] parts = said.split(":", 2);
        return options.workspacePath() + "/environments/" + parts[0] + "/versions/" + parts[1];
    }

    /** Names of inputs are letters, digits and underscores, which names of channels are. */
    private static String command(String digest, Map<String, String> inputs) {
        StringBuilder links = new StringBuilder();
        for (String channel : inputs.keySet()) {
            if (!channel.equals(WorkOrder.WORKER_CHANNEL)) {
                links.append("ln -s \"${{inputs.")
                        .append(channel)
                        .append("}}\" $b/input/data/")
                        .append(channel)
                        .append(" && ");
            }
        }
        return START.formatted(ContainerOrder.DIGEST_SETTING, digest, links);
    }
}
