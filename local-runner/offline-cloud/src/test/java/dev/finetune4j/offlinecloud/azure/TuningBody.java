package dev.finetune4j.offlinecloud.azure;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;

/** Bodies of the service's own fine-tuning jobs. */
final class TuningBody {
    private TuningBody() {}

    /** One that tunes on conversations in the default datastore. */
    static ObjectNode chat(String rows, int epochs) {
        return of("azureml://datastores/workspaceblobstore/paths/" + rows, epochs);
    }

    /** One that tunes on conversations at an address. */
    static ObjectNode of(String rows, int epochs) {
        ObjectNode body = Json.records().createObjectNode();
        ObjectNode properties = body.putObject("properties").put("jobType", "FineTuning");
        ObjectNode details = properties
                .putObject("fineTuningDetails")
                .put("modelProvider", "Custom")
                .put("taskType", "ChatCompletion");
        details.putObject("model")
                .put("jobInputType", "mlflow_model")
                .put("uri", "azureml://registries/azureml-meta/models/Phi-3-mini-4k-instruct/versions/13");
        details.putObject("trainingData").put("jobInputType", "uri_file").put("uri", rows);
        details.putObject("hyperParameters").put("num_train_epochs", Integer.toString(epochs));
        properties
                .putObject("outputs")
                .putObject("registered_model")
                .put("jobOutputType", "mlflow_model")
                .put("assetName", "mine");
        properties.putObject("resources").putArray("instanceTypes").add("Standard_NC24ads_A100_v4");
        return body;
    }
}
