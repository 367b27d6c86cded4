package dev.finetune4j.azure.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.run.RunState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A fine-tuning job as the service tells it. Azure leaves much of it null that OpenAI's own description calls required, and has states that it
 * does not know, so that nothing is asked for but what is needed.
 *
 * @param id the service's
 * @param status as the service calls it
 * @param createdAt when the service took it
 * @param finishedAt when it ended, or null
 * @param model the base model
 * @param tunedModel what came of it, or null
 * @param isOfPreferences whether it learns which of two answers is better
 * @param trainingFile id of the file that it trains on, by which it is known to be ours
 * @param resultFiles ids of files of figures
 * @param trainedTokens tokens that are billed, or null while that is not told
 * @param errorCode why it failed; empty where that is not told
 * @param errorMessage the same in words
 */
record TuningJob(
        String id,
        String status,
        Instant createdAt,
        @Nullable Instant finishedAt,
        String model,
        @Nullable String tunedModel,
        boolean isOfPreferences,
        String trainingFile,
        List<String> resultFiles,
        @Nullable Long trainedTokens,
        String errorCode,
        String errorMessage) {
    /** The service's word for what learns of pairs of answers: direct preference optimization. */
    static final String PREFERENCES = "dpo";

    /** Which of several came first; who made it does not know the times of others exactly. */
    static final Comparator<TuningJob> OLDEST_FIRST =
            Comparator.comparing(TuningJob::createdAt).thenComparing(TuningJob::id);

    TuningJob {
        resultFiles = List.copyOf(resultFiles);
    }

    static TuningJob of(JsonNode job) {
        List<String> results = new ArrayList<>();
        job.path("result_files").forEach(file -> results.add(file.isTextual() ? file.asText() : text(file, "id")));
        return new TuningJob(
                job.path("id").asText(),
                text(job, "status"),
                Instant.ofEpochSecond(job.path("created_at").asLong()),
                job.path("finished_at").asLong() > 0
                        ? Instant.ofEpochSecond(job.path("finished_at").asLong())
                        : null,
                text(job, "model"),
                Optional.of(text(job, "fine_tuned_model"))
                        .filter(name -> !name.isEmpty())
                        .orElse(null),
                text(job.path("method"), "type").equals(PREFERENCES),
                text(job, "training_file"),
                results,
                job.path("trained_tokens").isNumber()
                        ? job.path("trained_tokens").asLong()
                        : null,
                text(job.path("error"), "code"),
                text(job.path("error"), "message"));
    }

    private static String text(JsonNode node, String name) {
        return node.path(name).isTextual() ? node.path(name).asText() : "";
    }

    /** Where it stands. What is new goes on until its end is told. */
    RunState state() {
        return switch (status) {
            case "queued", "pending", "" -> RunState.QUEUED;
            case "validating_files" -> RunState.DOWNLOADING;
            case "cancelling" -> RunState.STOPPING;
            case "succeeded" -> RunState.SUCCEEDED;
            case "failed" -> RunState.FAILED;
            case "cancelled" -> RunState.STOPPED;
            default -> RunState.TRAINING;
        };
    }

    /** Whether nothing comes of it, or of what is left of it. */
    boolean isLost() {
        return switch (state()) {
            case FAILED, STOPPED, STOPPING -> true;
            default -> false;
        };
    }

    boolean hasEnded() {
        return state().isTerminal();
    }
}
