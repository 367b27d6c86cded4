package dev.finetune4j.engine.check.tokens;

import dev.finetune4j.data.Quantiles;
import java.util.Arrays;

/**
 * Quantiles over rows of which some were counted in full and others stand for several: the k-th smallest with k = q times all
 * rows, rounded up.
 */
public final class WeightedQuantiles {
    private int[] counts = new int[1024];
    private boolean[] isSample = new boolean[1024];
    private int size;

    /** Takes a row; a sampled one stands for several. */
    public void add(int count, boolean sampled) {
        if (size == counts.length) {
            counts = Arrays.copyOf(counts, Math.multiplyExact(size, 2));
            isSample = Arrays.copyOf(isSample, counts.length);
        }
        counts[size] = count;
        isSample[size++] = sampled;
    }

    /** Sum over all rows, sampled ones counted {@code sampleWeight} times. */
    public double total(double sampleWeight) {
        double total = 0;
        for (int i = 0; i < size; i++) {
            total += isSample[i] ? counts[i] * sampleWeight : counts[i];
        }
        return total;
    }

    /** The quantiles, sampled rows counted {@code sampleWeight} times; all 0 without rows. */
    public Quantiles quantiles(double sampleWeight) {
        if (size == 0) {
            return new Quantiles(0, 0, 0, 0, 0, 0);
        }
        long[] sorted = new long[size];
        double rows = 0;
        for (int i = 0; i < size; i++) {
            sorted[i] = ((long) counts[i] << 1) | (isSample[i] ? 1 : 0);
            rows += isSample[i] ? sampleWeight : 1;
        }
        Arrays.sort(sorted);
        return new Quantiles(
                sorted[0] >> 1,
                at(sorted, 0.5 * rows, sampleWeight),
                at(sorted, 0.9 * rows, sampleWeight),
                at(sorted, 0.99 * rows, sampleWeight),
                sorted[size - 1] >> 1,
                total(sampleWeight) / rows);
    }

    private static long at(long[] sorted, double rank, double sampleWeight) {
        double passed = 0;
        for (long entry : sorted) {
            passed += (entry & 1) == 1 ? sampleWeight : 1;
            if (passed >= rank - 1e-9) {
                return entry >> 1;
            }
        }
        return sorted[sorted.length - 1] >> 1;
    }
}
