package dev.finetune4j.worker.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.ProblemKind;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.job.LabelScoring;
import dev.finetune4j.training.model.LabelCounts;
import dev.finetune4j.training.model.adapter.LoraStart;
import dev.finetune4j.training.predict.Question;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What another engine is to do, but for the rows.
 *
 * @param version of this form
 * @param orderDigest the order that it was made from
 * @param training the training, null where nothing is trained
 * @param answers rows to answer, in order, after the training where they are those of the tuned model
 * @param stopTokens tokens after which generation stops
 * @param padToken a token that may stand behind the end of a text
 * @param contextTokens tokens that the model was made for
 * @param files size and digest of each other file, by name
 * @param notices what a person should know of the rows
 * @param problems what may go wrong, by code
 */
public record Recipe(
        int version,
        String orderDigest,
        @Nullable Training training,
        List<Answers> answers,
        List<Integer> stopTokens,
        int padToken,
        int contextTokens,
        Map<String, WrittenFile> files,
        List<Problem> notices,
        Map<String, ProblemKind> problems) {
    /** The version that is written now. */
    static final int VERSION = 1;

    /** Copies the collections in their order. */
    public Recipe {
        answers = List.copyOf(answers);
        stopTokens = List.copyOf(stopTokens);
        files = Collections.unmodifiableMap(new LinkedHashMap<>(files));
        notices = List.copyOf(notices);
        problems = Collections.unmodifiableMap(new LinkedHashMap<>(problems));
    }

    /**
     * A file of the recipe.
     *
     * @param bytes its size
     * @param sha256 digest of its content, lower-case hex
     */
    public record WrittenFile(long bytes, String sha256) {}

    /**
     * The training.
     *
     * @param result folder of the output that gets what is trained
     * @param adapter {@code adapter_config.json} by PEFT's names; empty where every weight is trained
     * @param dropout probability of dropping an input of an adapter
     * @param draws factors that start as drawn numbers
     * @param startTokens the token that each virtual token starts as; empty without virtual tokens
     * @param precision {@code auto}, {@code fp32} or {@code bf16}
     * @param recompute {@code auto}, or what the backward pass computes again
     * @param seed of dropout
     * @param steps optimizer steps
     * @param rows rows that are learned
     * @param validationRows rows whose loss is watched
     * @param maxBatchTokens N of the largest micro-batch, and of the longest validation row
     * @param optimizer AdamW
     * @param patience validations without gain before training stops; 0 for never
     * @param checkpoints when the training is saved
     * @param quantization {@code quantization_config.json}, which says that the layers of the base model are packed to NF4; null where they
     *     stay as they are
     * @param head what an encoder tells labels apart with; null where the model speaks
     */
    public record Training(
            String result,
            Map<String, Object> adapter,
            double dropout,
            List<LoraStart.Draw> draws,
            List<Integer> startTokens,
            String precision,
            String recompute,
            long seed,
            int steps,
            int rows,
            int validationRows,
            int maxBatchTokens,
            Optimizer optimizer,
            int patience,
            Checkpoints checkpoints,
            @Nullable Map<String, Object> quantization,
            @Nullable Head head) {
        /** Copies the collections in their order. */
        public Training {
            adapter = Collections.unmodifiableMap(new LinkedHashMap<>(adapter));
            draws = List.copyOf(draws);
            startTokens = List.copyOf(startTokens);
            quantization = quantization == null ? null : Collections.unmodifiableMap(new LinkedHashMap<>(quantization));
        }
    }

    /**
     * The classification head of an encoder.
     *
     * @param file the recipe's safetensors file of how it starts, float32 by the names of transformers, which is also what the base model
     *     answers with where it has a head
     * @param isAlone whether it is all that is trained
     * @param labels its labels in the order of its outputs, with the training rows of each: {@code labels.json} of the result
     * @param config {@code config.json} of encoder and head as a model of its own
     */
    public record Head(String file, boolean isAlone, LabelCounts labels, JsonNode config) {}

    /**
     * AdamW and what comes before it.
     *
     * @param beta1 share of the first moment that stays
     * @param beta2 share of the second moment that stays
     * @param epsilon added to the root of the second moment
     * @param weightDecay decoupled; of factors of adapters and of matrices only
     * @param maxGradientNorm gradients are scaled down to this L2 norm; 0 for no clipping
     * @param clipEpsilon added to the norm when clipping
     */
    public record Optimizer(
            double beta1,
            double beta2,
            double epsilon,
            double weightDecay,
            double maxGradientNorm,
            double clipEpsilon) {}

    /**
     * The pace of checkpoints.
     *
     * @param every optimizer steps between checkpoints; 0 for as often as pays
     * @param mostOverhead share of the time that they may cost
     * @param longestSeconds seconds that are lost at most, whatever one costs
     * @param secondsBetweenFailures how often a machine is expected to be lost
     */
    public record Checkpoints(int every, double mostOverhead, long longestSeconds, long secondsBetweenFailures) {}

    /**
     * Rows that one model answers.
     *
     * @param variant which model
     * @param file the recipe's file of questions
     * @param predictions name of the file to leave
     * @param rows questions
     * @param labels labels to choose from; the first so many answers of each question
     * @param scoring how labels are scored
     * @param contentFree the question that scores are calibrated by, null without calibration
     * @param prior log p of each output of a head in nats, which is all that is known where the model has none; null where it answers
     */
    public record Answers(
            Variant variant,
            String file,
            String predictions,
            long rows,
            int labels,
            LabelScoring scoring,
            @Nullable Question contentFree,
            @Nullable List<Double> prior) {}
}
