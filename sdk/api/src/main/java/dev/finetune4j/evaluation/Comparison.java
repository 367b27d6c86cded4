package dev.finetune4j.evaluation;

import dev.finetune4j.job.MetricName;

/**
 * The tuned model against one base variant, by one metric, on the same rows.
 *
 * @param base what the tuned model is compared with
 * @param metric by what
 * @param difference tuned minus base, with the 95 % interval of the paired bootstrap: both models resampled by the same rows
 * @param test how likely such a difference is by chance
 */
public record Comparison(Variant base, MetricName metric, Interval difference, SignificanceTest test) {
    /** Whether the whole interval of the difference lies on the better side of zero. */
    public boolean isImprovement() {
        return metric.isLowerBetter() ? difference.high() < 0 : difference.low() > 0;
    }

    /** Whether the whole interval of the difference lies on the worse side of zero. */
    public boolean isDeterioration() {
        return metric.isLowerBetter() ? difference.low() > 0 : difference.high() < 0;
    }
}
