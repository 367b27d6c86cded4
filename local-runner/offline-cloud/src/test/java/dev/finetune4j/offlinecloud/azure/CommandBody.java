package dev.finetune4j.offlinecloud.azure;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;

/** Bodies of command jobs. */
final class CommandBody {
    static final String ENVIRONMENT = "azureml://registries/azureml/environments/acft-hf-nlp-gpu/versions/122";

    private CommandBody() {}

    /** A serverless job on one machine with a mounted output. */
    static ObjectNode serverless(String command) {
        ObjectNode body = Json.records().createObjectNode();
        ObjectNode properties = body.putObject("properties")
                .put("jobType", "Command")
                .put("displayName", "tune")
                .put("experimentName", "ft")
                .put("command", command)
                .put("environmentId", ENVIRONMENT);
        properties.putObject("resources").put("instanceCount", 1).put("instanceType", "Standard_NC24ads_A100_v4");
        properties.putObject("queueSettings").put("jobTier", "Standard");
        properties.putObject("tags").put("finetune4j-run", "r1");
        output(body, "model", "out/model/");
        return body;
    }

    static ObjectNode spot(String command) {
        ObjectNode body = serverless(command);
        ((ObjectNode) body.at("/properties/queueSettings")).put("jobTier", "Spot");
        return body;
    }

    static void limit(ObjectNode body, String timeout) {
        properties(body).putObject("limits").put("jobLimitsType", "Command").put("timeout", timeout);
    }

    static ObjectNode properties(ObjectNode body) {
        return (ObjectNode) body.path("properties");
    }

    static void output(ObjectNode body, String name, String path) {
        properties(body)
                .withObject("/outputs")
                .putObject(name)
                .put("jobOutputType", "uri_folder")
                .put("mode", "ReadWriteMount")
                .put("uri", "azureml://datastores/workspaceblobstore/paths/" + path);
    }

    static void input(ObjectNode body, String name, String type, String field, String value) {
        properties(body)
                .withObject("/inputs")
                .putObject(name)
                .put("jobInputType", type)
                .put(field, value);
    }
}
