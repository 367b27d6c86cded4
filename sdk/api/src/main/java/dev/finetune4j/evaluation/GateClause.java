package dev.finetune4j.evaluation;

import dev.finetune4j.job.MetricName;
import dev.finetune4j.value.Kind;

/** One demand of the gate and what came of it. */
public sealed interface GateClause {
    /** Whether it is met. */
    boolean passed();

    /** What is judged. */
    MetricName metric();

    /**
     * The tuned model must reach a value; where lower is better, must not exceed it.
     *
     * @param metric what is judged
     * @param threshold the value to reach
     * @param tuned what the tuned model reached; its value counts, not its interval
     * @param passed whether it is met
     */
    @Kind("at-least")
    record AtLeast(MetricName metric, double threshold, Interval tuned, boolean passed) implements GateClause {
        /** Judges. */
        public static AtLeast judge(MetricName metric, double threshold, Interval tuned) {
            boolean reached = metric.isLowerBetter() ? tuned.value() <= threshold : tuned.value() >= threshold;
            return new AtLeast(metric, threshold, tuned, reached);
        }
    }

    /**
     * The tuned model must beat a base variant beyond chance, in two senses: the interval of the paired difference lies wholly
     * on the better side of zero, and the intervals of the two models do not overlap.
     *
     * @param metric what is judged
     * @param base the variant to beat
     * @param tuned what the tuned model reached
     * @param baseline what the base variant reached
     * @param difference tuned minus base, paired
     * @param passed whether it is met
     */
    @Kind("better-than-base")
    record BetterThanBase(
            MetricName metric, Variant base, Interval tuned, Interval baseline, Interval difference, boolean passed)
            implements GateClause {
        /** Judges. */
        public static BetterThanBase judge(Comparison comparison, Interval tuned, Interval baseline) {
            boolean apart = comparison.metric().isLowerBetter() ? tuned.isBelow(baseline) : tuned.isAbove(baseline);
            return new BetterThanBase(
                    comparison.metric(),
                    comparison.base(),
                    tuned,
                    baseline,
                    comparison.difference(),
                    apart && comparison.isImprovement());
        }
    }
}
