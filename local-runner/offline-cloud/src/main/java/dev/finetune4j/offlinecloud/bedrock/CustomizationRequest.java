package dev.finetune4j.offlinecloud.bedrock;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.offlinecloud.bedrock.BaseModels.BaseModel;
import dev.finetune4j.offlinecloud.bedrock.CustomModels.CustomModel;
import java.util.Optional;

/**
 * A request for a model customization job that was taken.
 *
 * @param body as it came
 * @param base the model that it names, or that the tuned model which it names came of
 * @param continued the tuned model that it names; empty where it begins with the base
 */
record CustomizationRequest(ObjectNode body, BaseModel base, Optional<CustomModel> continued) {
    /** Passes over the data where a request does not say. */
    private static final int USUAL_EPOCHS = 2;

    /** Records of a step where a request does not say. */
    private static final int USUAL_BATCH = 8;

    String jobName() {
        return body.path("jobName").asText();
    }

    String modelName() {
        return body.path("customModelName").asText();
    }

    String trainingUri() {
        return body.path("trainingDataConfig").path("s3Uri").asText();
    }

    Optional<String> validationUri() {
        JsonNode uri =
                body.path("validationDataConfig").path("validators").path(0).path("s3Uri");
        return uri.isTextual() ? Optional.of(uri.asText()) : Optional.empty();
    }

    String outputUri() {
        String uri = body.path("outputDataConfig").path("s3Uri").asText();
        return uri.endsWith("/") ? uri.substring(0, uri.length() - 1) : uri;
    }

    int epochs() {
        return body.path("hyperParameters").path("epochCount").asInt(USUAL_EPOCHS);
    }

    int batchSize() {
        return body.path("hyperParameters").path("batchSize").asInt(USUAL_BATCH);
    }
}
