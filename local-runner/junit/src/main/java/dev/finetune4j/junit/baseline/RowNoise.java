package dev.finetune4j.junit.baseline;

import dev.finetune4j.job.MetricName;

/**
 * When the scores of one row differ by more than two machines may. The same training on another processor sums in another order, so
 * that likelihoods differ in their last digits; answers hardly ever do.
 */
final class RowNoise {
    /** Of a perplexity, as a share: what bf16, with 8 significant bits, leaves open after some hundred steps. */
    private static final double PERPLEXITY = 0.05;

    private RowNoise() {}

    static boolean isExceeded(MetricName metric, double before, double after) {
        double allowed = metric.equals(MetricName.PERPLEXITY) ? PERPLEXITY * before : 0;
        return Math.abs(after - before) > allowed;
    }
}
