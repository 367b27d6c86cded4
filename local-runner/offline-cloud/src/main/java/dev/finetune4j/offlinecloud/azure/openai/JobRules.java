package dev.finetune4j.offlinecloud.azure.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.offlinecloud.azure.openai.TunableModels.BaseModel;
import dev.finetune4j.offlinecloud.azure.openai.TunableModels.Offer;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the service takes as a job. Members that it does not know are left aside, as it does itself. */
final class JobRules {
    private static final Pattern SUFFIX = Pattern.compile("[A-Za-z0-9_-]{1,18}");
    private static final int MOST_EPOCHS = 50;
    private static final int MOST_BATCH = 256;
    private static final double MOST_MULTIPLIER = 10;
    private static final double MOST_BETA = 2;
    private static final double USUAL_BETA = 0.1;
    private static final int MOST_PAIRS = 16;
    private static final int MOST_KEY = 64;
    private static final int MOST_VALUE = 512;

    /** The service trains 3 epochs without a word, more of few rows and fewer of many. */
    private static final int USUAL_EPOCHS = 3;

    private static final int FEW_ROWS = 100;
    private static final int MANY_ROWS = 25_000;
    private static final int ROWS_A_BATCH_ROW = 500;

    private final Account account;
    private final OpenAiLimits limits;
    private final Instant now;
    private final boolean isV1;

    /** @param isV1 whether the request came by the paths without a dated version */
    JobRules(Account account, OpenAiLimits limits, Instant now, boolean isV1) {
        this.account = account;
        this.limits = limits;
        this.now = now;
        this.isV1 = isV1;
    }

    /**
     * What a body asks for.
     *
     * @throws ServiceError if it asks for what the service does not do
     */
    JobRequest check(ObjectNode body) throws ServiceError {
        String model = text(body, "model");
        Optional<TunedModel> continued = Optional.ofNullable(account.models().get(model));
        Optional<BaseModel> base = continued.map(TunedModel::base).or(() -> TunableModels.find(model));
        Offer offer = base.flatMap(one ->
                        trainingType(body, one).flatMap(type -> TunableModels.offer(one, type, account.region())))
                .orElseThrow(() -> OpenAiErrors.invalid("The specified base model does not support fine-tuning."));
        boolean isPreference = isPreference(body);
        StoredFile trainingFile = file(text(body, "training_file"), "training_file");
        Optional<StoredFile> validationFile = body.path("validation_file").isTextual()
                ? Optional.of(file(text(body, "validation_file"), "validation_file"))
                : Optional.empty();
        List<Example> training = trainingFile.examples(now);
        JsonNode wanted = hyperparameters(body, isPreference);
        JobRequest request = new JobRequest(
                continued.isPresent() ? model : offer.model().id(),
                offer,
                continued,
                trainingFile,
                training,
                validationFile,
                validationFile.map(file -> file.examples(now)).orElse(List.of()),
                isPreference,
                whole(wanted, "n_epochs", MOST_EPOCHS, usualEpochs(training.size())),
                whole(wanted, "batch_size", MOST_BATCH, usualBatch(training.size())),
                decimal(wanted, "learning_rate_multiplier", MOST_MULTIPLIER, 1),
                decimal(wanted, "beta", MOST_BETA, USUAL_BETA),
                suffix(body),
                seed(body),
                metadata(body));
        if (request.trainedTokens() > limits.trainedTokens()) {
            throw OpenAiErrors.invalid("The job would train on " + request.trainedTokens()
                    + " tokens in all epochs, but may train on " + limits.trainedTokens() + " at most.");
        }
        return request;
    }

    private static String text(ObjectNode body, String name) throws ServiceError {
        if (!body.path(name).isTextual() || body.path(name).asText().isEmpty()) {
            throw OpenAiErrors.invalid("The member '" + name + "' is required.");
        }
        return body.path(name).asText();
    }

    /** Empty where the service finds none, and then has no better words than that the model does not support it. */
    private static Optional<String> trainingType(ObjectNode body, BaseModel model) {
        JsonNode given = body.path("trainingType");
        if (given.isMissingNode() || given.isNull()) {
            return model.needsTrainingType() ? Optional.empty() : Optional.of("Standard");
        }
        if (given.isInt()) {
            return given.asInt() == 1 ? Optional.of("Standard") : Optional.empty();
        }
        return TunableModels.trainingTypes().stream()
                .filter(type -> type.equalsIgnoreCase(given.asText()))
                .findFirst();
    }

    private static boolean isPreference(ObjectNode body) throws ServiceError {
        JsonNode method = body.path("method");
        if (!method.isMissingNode() && !method.isNull() && !method.isObject()) {
            throw OpenAiErrors.invalid("method must be an object with a type, was " + method + ".");
        }
        String type = method.path("type").asText("supervised");
        return switch (type) {
            case "supervised" -> false;
            case "dpo" -> true;
            default ->
                throw OpenAiErrors.invalid(
                        "method.type must be supervised or dpo, which the offline cloud knows, was '" + type + "'.");
        };
    }

    private StoredFile file(String id, String member) throws ServiceError {
        StoredFile file = account.files().get(id);
        if (file == null || !file.purpose().equals(StoredFile.TRAINING)) {
            throw OpenAiErrors.invalid("The file '" + id + "' of the member '" + member + "' was not found.");
        }
        String status = file.status(now);
        if (!status.equals("processed")) {
            throw OpenAiErrors.invalid("The file '" + id + "' of the member '" + member
                    + "' is not ready to be used: its status is '" + status + "', but must be 'processed'.");
        }
        return file;
    }

    /** Of the method, or in the older form beside it. */
    private static JsonNode hyperparameters(ObjectNode body, boolean isPreference) {
        JsonNode own =
                body.path("method").path(isPreference ? "dpo" : "supervised").path("hyperparameters");
        JsonNode found = own.isObject() ? own : body.path("hyperparameters");
        return found.isObject() ? found : MissingNode.getInstance();
    }

    private static int usualEpochs(int rows) {
        if (rows * USUAL_EPOCHS < FEW_ROWS) {
            return FEW_ROWS / rows;
        }
        return rows * USUAL_EPOCHS > MANY_ROWS ? Math.max(1, MANY_ROWS / rows) : USUAL_EPOCHS;
    }

    private static int usualBatch(int rows) {
        return Math.min(MOST_BATCH, Math.max(1, rows / ROWS_A_BATCH_ROW));
    }

    private int whole(JsonNode parameters, String name, int most, int usual) throws ServiceError {
        JsonNode value = parameters.path(name);
        if (isLeft(value, name)) {
            return usual;
        }
        if (!value.isInt() || value.asInt() < 1 || value.asInt() > most) {
            throw OpenAiErrors.invalid(name + " must be a whole number from 1 to " + most + ", was " + value + ".");
        }
        return value.asInt();
    }

    private double decimal(JsonNode parameters, String name, double most, double usual) throws ServiceError {
        JsonNode value = parameters.path(name);
        if (isLeft(value, name)) {
            return usual;
        }
        if (!value.isNumber() || value.asDouble() <= 0 || value.asDouble() > most) {
            throw OpenAiErrors.invalid(name + " must be greater than 0 and at most " + most + ", was " + value + ".");
        }
        return value.asDouble();
    }

    /** Whether a value is left to the service. The classic paths know no word for that. */
    private boolean isLeft(JsonNode value, String name) throws ServiceError {
        if (value.isTextual() && value.asText().equals("auto") && !isV1) {
            throw OpenAiErrors.invalid("The value \"auto\" of " + name + " could not be converted to a number.");
        }
        return value.isMissingNode() || value.isNull() || value.asText().equals("auto");
    }

    private static String suffix(ObjectNode body) throws ServiceError {
        JsonNode suffix = body.path("suffix");
        if (suffix.isMissingNode() || suffix.isNull()) {
            return "";
        }
        if (!suffix.isTextual() || !SUFFIX.matcher(suffix.asText()).matches()) {
            throw OpenAiErrors.invalid("suffix must be 1 to 18 characters a-z, A-Z, 0-9, - and _, was " + suffix + ".");
        }
        return suffix.asText();
    }

    private static int seed(ObjectNode body) throws ServiceError {
        JsonNode seed = body.path("seed");
        if (seed.isMissingNode() || seed.isNull()) {
            return ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE);
        }
        if (!seed.isInt() || seed.asInt() < 0) {
            throw OpenAiErrors.invalid("seed must be a whole number from 0 to 2147483647, was " + seed + ".");
        }
        return seed.asInt();
    }

    /** The classic paths take pairs and forget them. */
    private @Nullable ObjectNode metadata(ObjectNode body) throws ServiceError {
        if (!(body.path("metadata") instanceof ObjectNode pairs) || !isV1) {
            return null;
        }
        boolean isRight = pairs.size() <= MOST_PAIRS;
        for (Map.Entry<String, JsonNode> pair : pairs.properties()) {
            isRight &= pair.getKey().length() <= MOST_KEY
                    && pair.getValue().isTextual()
                    && pair.getValue().asText().length() <= MOST_VALUE;
        }
        if (!isRight) {
            throw OpenAiErrors.invalid("metadata must be at most " + MOST_PAIRS + " pairs of texts, keys of up to "
                    + MOST_KEY + " characters and values of up to " + MOST_VALUE + ".");
        }
        return pairs.deepCopy();
    }
}
