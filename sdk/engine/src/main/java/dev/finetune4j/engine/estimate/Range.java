package dev.finetune4j.engine.estimate;

import java.util.Arrays;

/**
 * What is likely: one time in ten it is less than {@code low}, one time in ten more than {@code high}.
 *
 * @param low the tenth percentile, P10
 * @param likely the median, P50
 * @param high the ninetieth percentile, P90
 */
public record Range(double low, double likely, double high) {
    /** The percentiles of equally likely values. */
    static Range of(double... samples) {
        double[] sorted = samples.clone();
        Arrays.sort(sorted);
        return new Range(at(sorted, 0.1), at(sorted, 0.5), at(sorted, 0.9));
    }

    private static double at(double[] sorted, double share) {
        double place = share * (sorted.length - 1);
        int below = (int) place;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }

    /** This range in another unit. */
    public Range times(double factor) {
        return new Range(low * factor, likely * factor, high * factor);
    }

    /** Whether a value lies inside. */
    public boolean holds(double value) {
        return value >= low && value <= high;
    }
}
