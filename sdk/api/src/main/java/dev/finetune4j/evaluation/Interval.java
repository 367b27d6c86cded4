package dev.finetune4j.evaluation;

/**
 * A figure with its 95 % bootstrap interval.
 *
 * @param value the figure on the rows as they are
 * @param low 2.5 % quantile of the resamples
 * @param high 97.5 % quantile of the resamples
 */
public record Interval(double value, double low, double high) {
    /** Whether every value of this lies above every value of {@code other}. */
    public boolean isAbove(Interval other) {
        return low > other.high;
    }

    /** Whether every value of this lies below every value of {@code other}. */
    public boolean isBelow(Interval other) {
        return high < other.low;
    }
}
