package dev.finetune4j.plan;

/**
 * How much memory something takes: one time in ten less than {@code low}, one time in ten more than {@code high}.
 *
 * @param low the tenth percentile, P10, in bytes
 * @param likely the median, P50, in bytes
 * @param high the ninetieth percentile, P90, in bytes
 */
public record ByteRange(long low, long likely, long high) {
    /** Refuses ends in the wrong order, and a negative size. */
    public ByteRange {
        if (low < 0 || low > likely || likely > high) {
            throw new IllegalArgumentException("a range goes up from 0, was " + low + ", " + likely + ", " + high);
        }
    }
}
