package dev.finetune4j.engine.search;

import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.method.QloraTuning;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Settings that a sweep tries; null stands for what the job has.
 *
 * @param learningRate peak learning rate
 * @param rank rank of LoRA. Alpha goes with it, so that the factor of the update stays as it was and ranks are compared by what they can
 *     learn, not by how fast; where the job has rank-stabilised LoRA, whose root sees to that, alpha stays
 * @param epochs passes over the training rows
 */
public record Candidate(
        @Nullable Double learningRate,
        @Nullable Integer rank,
        @Nullable Double epochs) {
    /**
     * The job with these settings.
     *
     * @throws IllegalArgumentException if there is a rank and the job's method has none
     */
    public FineTuneJob applyTo(FineTuneJob job) {
        TrainingSpec.Builder training = job.training().toBuilder();
        if (learningRate != null) {
            training.learningRate(learningRate);
        }
        if (epochs != null) {
            training.epochs(epochs);
        }
        FineTuneJob.Builder builder = job.toBuilder().training(training.build());
        if (rank != null) {
            LoraTuning lora = withRank(
                    job.method()
                            .adapters()
                            .orElseThrow(() -> new IllegalArgumentException("rank needs method lora or qlora")),
                    rank);
            builder.method(job.method() instanceof QloraTuning ? new QloraTuning(lora) : lora);
        }
        return builder.build();
    }

    /** The settings as lines of a job file, which replace those that the job has. */
    public String yaml(FineTuneJob job) {
        List<String> lines = new ArrayList<>();
        applyTo(job)
                .method()
                .adapters()
                .filter(lora -> rank != null)
                .ifPresent(lora -> lines.add("method: {kind: "
                        + (job.method() instanceof QloraTuning ? "qlora" : "lora") + ", rank: " + lora.rank()
                        + ", alpha: "
                        + number(lora.alpha()) + "}"));
        List<String> training = new ArrayList<>();
        if (learningRate != null) {
            training.add("learning-rate: " + number(learningRate));
        }
        if (epochs != null) {
            training.add("epochs: " + number(epochs));
        }
        if (!training.isEmpty()) {
            lines.add("training: {" + String.join(", ", training) + "}");
        }
        return String.join("\n", lines);
    }

    /** The settings in words, such as {@code learning rate 0.0003, rank 8}. */
    public String words() {
        List<String> words = new ArrayList<>();
        if (learningRate != null) {
            words.add("learning rate " + number(learningRate));
        }
        if (rank != null) {
            words.add("rank " + rank);
        }
        if (epochs != null) {
            words.add(number(epochs) + (epochs == 1 ? " epoch" : " epochs"));
        }
        return String.join(", ", words);
    }

    private static LoraTuning withRank(LoraTuning lora, int rank) {
        double alpha = lora.rankStabilised() ? lora.alpha() : lora.alpha() * rank / lora.rank();
        return lora.toBuilder().rank(rank).alpha(alpha).build();
    }

    /** Without an exponent, so that it reads alike everywhere. */
    private static String number(double value) {
        return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    }
}
