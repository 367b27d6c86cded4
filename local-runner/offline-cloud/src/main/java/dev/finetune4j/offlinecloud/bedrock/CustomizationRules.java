package dev.finetune4j.offlinecloud.bedrock;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.offlinecloud.bedrock.BaseModels.BaseModel;
import dev.finetune4j.offlinecloud.bedrock.BaseModels.Limits;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.math.BigDecimal;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What the service demands of a customization job beyond its model: the rules between fields. Like the service it tells of the first that a
 * request breaks.
 */
final class CustomizationRules {
    private static final int MOST_VALIDATORS = 1;

    private final JsonNode request;
    private final BaseModel base;

    CustomizationRules(JsonNode request, BaseModel base) {
        this.request = request;
        this.base = base;
    }

    /** Refuses a request that the service would not take. */
    void check() throws ServiceError {
        data();
        for (Map.Entry<String, JsonNode> parameter :
                request.path("hyperParameters").properties()) {
            hyperParameter(parameter.getKey(), parameter.getValue().asText());
        }
        tags("jobTags");
        tags("customModelTags");
    }

    private void data() throws ServiceError {
        JsonNode training = request.path("trainingDataConfig");
        demand(
                training.has("s3Uri") ^ training.has("invocationLogsConfig"),
                "The training data must be given by either s3Uri or invocationLogsConfig");
        if (!training.has("s3Uri")) {
            throw ServiceError.invalid("The offline cloud knows training data in S3 only");
        }
        demand(!request.has("customizationConfig"), "customizationConfig can not be used with FINE_TUNING");
        demand(
                validators().size() <= MOST_VALIDATORS,
                "The number of validation datasets must be at most " + MOST_VALIDATORS);
        demand(
                !request.path("hyperParameters").has("earlyStoppingPatience")
                        || !validators().isEmpty(),
                "earlyStoppingPatience can only be used with a validation dataset");
    }

    private JsonNode validators() {
        return request.path("validationDataConfig").path("validators");
    }

    private void hyperParameter(String name, String value) throws ServiceError {
        Map<String, Limits> known = base.traits().hyperParameters();
        if (known.isEmpty()) {
            return;
        }
        Limits limits = known.get(name);
        if (limits == null) {
            throw ServiceError.invalid("The hyperparameter " + name + " is not supported for the model " + base.id());
        }
        try {
            BigDecimal number = new BigDecimal(value);
            demand(
                    !limits.isWhole() || number.stripTrailingZeros().scale() <= 0,
                    "The hyperparameter " + name + " must be an integer, not " + value);
            demand(
                    number.compareTo(limits.min()) >= 0 && number.compareTo(limits.max()) <= 0,
                    "The hyperparameter " + name + " must be between "
                            + limits.min().toPlainString() + " and "
                            + limits.max().toPlainString() + ", not " + value);
        } catch (NumberFormatException e) {
            throw ServiceError.invalid("The hyperparameter " + name + " must be a number, not " + value);
        }
    }

    private void tags(String member) throws ServiceError {
        Set<String> keys = new HashSet<>();
        for (JsonNode tag : request.path(member)) {
            String key = tag.path("key").asText();
            demand(keys.add(key), "Duplicate tag keys are not allowed: " + key);
            demand(!key.startsWith("aws:"), "Tag keys must not begin with aws:, as " + key + " does");
        }
    }

    private static void demand(boolean isKept, String otherwise) throws ServiceError {
        if (!isKept) {
            throw ServiceError.invalid(otherwise);
        }
    }
}
