package dev.finetune4j.training.loop;

import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.training.model.BatchPrefix;

/**
 * What is known of {@link TrainingPlan#maxBatchTokens} before the rows are tokens on this machine.
 *
 * @param atLeast the largest micro-batch has so many tokens for certain
 * @param atMost it has no more
 */
public record BatchBound(int atLeast, int atMost) {
    /**
     * The bounds of a training.
     *
     * @param spec batch size and packing
     * @param rows training rows
     * @param longest tokens of the longest row, one of validation included
     * @param largestBatch tokens of the {@code batch-size} longest training rows together
     * @param rowLimit longest row possible in tokens
     * @param prefix what the rows begin with
     */
    public static BatchBound of(
            TrainingSpec spec, long rows, long longest, long largestBatch, int rowLimit, BatchPrefix prefix) {
        if (spec.packing()) {
            return new BatchBound(clamped(longest), clamped((long) spec.batchSize() * rowLimit));
        }
        long most = Math.max(longest, prefix.computedTokens(Math.min(rows, spec.batchSize()), largestBatch));
        // Within one pool rows are sorted by length, so that the longest stand together in every epoch.
        return new BatchBound(clamped(BatchPlan.isOnePool(rows, spec.batchSize()) ? most : longest), clamped(most));
    }

    private static int clamped(long tokens) {
        return (int) Math.max(1, Math.min(tokens, Integer.MAX_VALUE));
    }
}
