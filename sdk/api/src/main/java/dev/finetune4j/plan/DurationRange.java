package dev.finetune4j.plan;

import java.time.Duration;

/**
 * How long something takes: one time in ten less than {@code low}, one time in ten more than {@code high}.
 *
 * @param low the tenth percentile, P10
 * @param likely the median, P50
 * @param high the ninetieth percentile, P90
 */
public record DurationRange(Duration low, Duration likely, Duration high) {
    /** Refuses ends in the wrong order, and a negative time. */
    public DurationRange {
        if (low.isNegative() || low.compareTo(likely) > 0 || likely.compareTo(high) > 0) {
            throw new IllegalArgumentException("a range goes up from 0, was " + low + ", " + likely + ", " + high);
        }
    }
}
