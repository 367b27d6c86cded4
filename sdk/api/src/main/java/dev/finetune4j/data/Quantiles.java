package dev.finetune4j.data;

/**
 * Quantiles of a count over rows.
 *
 * @param min smallest
 * @param p50 median
 * @param p90 nine of ten rows have at most this
 * @param p99 99 of 100 rows have at most this
 * @param max largest
 * @param mean arithmetic mean
 */
public record Quantiles(long min, long p50, long p90, long p99, long max, double mean) {}
