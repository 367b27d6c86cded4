package dev.finetune4j.worker.recipe;

import dev.finetune4j.job.Recompute;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.plan.TrainerSettings;
import java.util.Locale;

/**
 * How a training is computed on the machine that it was launched on. Nothing that is learned follows from it, and it lies beside the recipe
 * rather than in it: checkpoints are held to the recipe's digest, and go on where the next machine is set up in another way.
 *
 * @param passRows rows that a GPU takes at a time; 0 for as many as the tokens allow
 * @param passTokens tokens, padding included, that a GPU takes at a time, if it takes more than one row
 * @param recompute what the backward pass computes again, never {@code auto}
 * @param sharesWeights whether the GPUs share frozen weights out among them though each may have room for all
 */
public record PassSetup(int passRows, int passTokens, String recompute, boolean sharesWeights) {
    /**
     * As it was planned, as far as the job does not say itself.
     *
     * @param planned how the job is set up on the machine
     * @param longest tokens of the longest row that is learned
     * @param rowLimit tokens of the longest row possible, by which packs are measured
     * @param largestBatch tokens of the largest micro-batch of the job
     */
    static PassSetup of(TrainerSettings planned, TrainingSpec spec, int longest, int rowLimit, int largestBatch) {
        int rows = planned.microBatch();
        Recompute level = planned.isCheckpointed() ? Recompute.LAYER : Recompute.NONE;
        String recompute = word(spec.recompute() == Recompute.AUTO ? level : spec.recompute());
        boolean isShared = planned.parallelism() == TrainerSettings.Sharing.FSDP;
        return spec.packing()
                ? new PassSetup(0, (int) Math.min(largestBatch, (long) rows * rowLimit), recompute, isShared)
                : new PassSetup(rows, (int) Math.min(Integer.MAX_VALUE, (long) rows * longest), recompute, isShared);
    }

    /** A setting as the engine reads it. */
    static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
