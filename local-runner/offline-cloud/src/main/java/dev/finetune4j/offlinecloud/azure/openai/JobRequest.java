package dev.finetune4j.offlinecloud.azure.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a job is asked to do, with every default filled in.
 *
 * @param model as the job tells it: a base model with its version, or a tuned one
 * @param offer by which it is trained and paid
 * @param continued the tuned model that it goes on from
 * @param trainingFile what is trained on
 * @param training its rows
 * @param validationFile what is compared with
 * @param validation its rows; empty if there is no such file
 * @param isPreference whether rows show which of two answers is better
 * @param epochs how often each row is seen
 * @param batchSize rows of a step
 * @param learningRateMultiplier told again, without effect
 * @param beta of preference training: how far the model may go from what it was
 * @param suffix end of the model's name; empty if there is none
 * @param seed by which rows are put in order
 * @param metadata pairs of the caller's own; null where none are kept
 */
record JobRequest(
        String model,
        TunableModels.Offer offer,
        Optional<TunedModel> continued,
        StoredFile trainingFile,
        List<Example> training,
        Optional<StoredFile> validationFile,
        List<Example> validation,
        boolean isPreference,
        int epochs,
        int batchSize,
        double learningRateMultiplier,
        double beta,
        String suffix,
        int seed,
        @Nullable ObjectNode metadata) {
    /** Tokens that are trained on if the job runs to its end. */
    long trainedTokens() {
        return training.stream().mapToLong(Example::tokens).sum() * epochs;
    }

    /** As the service tells of it. */
    ObjectNode hyperparameters() {
        ObjectNode told = Json.records()
                .createObjectNode()
                .put("n_epochs", epochs)
                .put("batch_size", batchSize)
                .put("learning_rate_multiplier", learningRateMultiplier);
        if (isPreference) {
            told.put("beta", beta);
        }
        return told;
    }

    /** As the service tells of it. */
    ObjectNode method() {
        String type = isPreference ? "dpo" : "supervised";
        ObjectNode told = Json.records().createObjectNode().put("type", type);
        told.putObject(type).set("hyperparameters", hyperparameters());
        return told;
    }

    /** Why nothing can be trained by this method on these files; empty if it can. */
    Optional<JobFailure> wrongFile() {
        return wrong("training_file", training).or(() -> wrong("validation_file", validation));
    }

    private Optional<JobFailure> wrong(String member, List<Example> rows) {
        long other =
                rows.stream().filter(row -> row.isPreference() != isPreference).count();
        return other == 0
                ? Optional.empty()
                : Optional.of(new JobFailure(
                        "jsonlValidationFailed",
                        "The " + member.replace('_', ' ') + " has " + other
                                + " example(s) in another format than the method '"
                                + (isPreference ? "dpo" : "supervised")
                                + "' needs.",
                        member));
    }
}
