package dev.finetune4j.azure.ml;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.ContainerOrder;
import dev.finetune4j.value.RunId;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * From options and a job to the body that launches it as a fine-tuning job. Only preview versions of the API have such jobs. The tier of a queue
 * is none of it: the service does not heed it for these jobs, as Microsoft's own client says.
 */
final class FineTuningJobMapper {
    /** The service's word for the only output. */
    static final String OUTPUT = "registered_model";

    private static final int DIGEST_DIGITS = 12;

    private final AzureMlOptions options;
    private final TuningOptions tuning;

    FineTuningJobMapper(AzureMlOptions options) {
        this.options = options;
        this.tuning = Objects.requireNonNull(options.tuning());
    }

    /**
     * What the tuned model is registered as. It tells the order: properties of a job can be changed by a later call, its output cannot.
     *
     * @param digest of the order
     */
    static String modelName(RunId id, String digest) {
        return id + "-" + mark(digest);
    }

    /** What the name of the model that comes of an order ends with. */
    static String mark(String digest) {
        return Json.sha256(digest.getBytes(StandardCharsets.UTF_8)).substring(0, DIGEST_DIGITS);
    }

    /**
     * The body.
     *
     * @param id the job
     * @param launch which of its launches, from 1: the version of the tuned model
     * @param digest of its order
     * @param labels tags for people
     */
    ObjectNode body(RunId id, int launch, String digest, TuningStage.Staged staged, Map<String, String> labels) {
        ObjectNode body = Json.records().createObjectNode();
        ObjectNode job = body.putObject("properties");
        job.put("jobType", AzureJob.TUNING)
                .put("displayName", id.value())
                .put("experimentName", CommandJobMapper.EXPERIMENT);
        ObjectNode details = job.putObject("fineTuningDetails")
                .put("modelProvider", "Custom")
                .put("taskType", staged.task().wireName());
        details.putObject("model").put("jobInputType", "mlflow_model").put("uri", tuning.model());
        details.set("trainingData", file(staged.file(TuningStage.TRAINING)));
        String compared = staged.file(TuningStage.VALIDATION);
        if (!compared.isEmpty()) {
            details.set("validationData", file(compared));
        }
        ObjectNode parameters = details.putObject("hyperParameters");
        Map<String, String> sorted = new TreeMap<>(staged.task().columns());
        sorted.putAll(staged.hyperParameters());
        sorted.forEach(parameters::put);
        job.putObject("outputs")
                .putObject(OUTPUT)
                .put("jobOutputType", "mlflow_model")
                .put("assetName", modelName(id, digest))
                .put("assetVersion", Integer.toString(launch));
        if (options.compute() == null) {
            job.putObject("resources").putArray("instanceTypes").add(options.machine());
        } else {
            job.put("computeId", options.workspacePath() + "/computes/" + options.compute());
        }
        if (options.identity() != null) {
            job.putObject("identity").put("identityType", "Managed").put("clientId", options.identity());
        }
        ObjectNode tags = job.putObject("tags");
        options.tags().forEach(tags::put);
        labels.forEach(tags::put);
        ObjectNode properties = job.putObject("properties").put(ContainerOrder.DIGEST_SETTING, digest);
        if (options.compute() != null) { // of which a job tells no more than its name
            properties.put(AzureJob.MACHINE, options.machine());
        }
        return body;
    }

    private static ObjectNode file(String uri) {
        return Json.records().createObjectNode().put("jobInputType", "uri_file").put("uri", uri);
    }
}
