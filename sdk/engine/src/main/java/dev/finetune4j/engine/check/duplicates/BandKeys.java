package dev.finetune4j.engine.check.duplicates;

import java.util.Arrays;

/**
 * Locality-sensitive hashing of sketches (MinHash with banding, Broder 1997; Leskovec et al., Mining of Massive Datasets,
 * chapter 3). Two texts of similarity s share at least one key with probability 1 - (1 - s^4)^12: 0.998 at 0.8, 0.05 at 0.25.
 */
final class BandKeys {
    /** Keys of a text. */
    static final int BANDS = 12;

    private static final int ROWS = 4;
    private static final int[] FACTORS = factors();

    private BandKeys() {}

    /** The keys of a sketch that is not empty, one of each band. */
    static int[] of(int[] sketch) {
        int[] minima = new int[FACTORS.length];
        Arrays.fill(minima, Integer.MAX_VALUE);
        for (int hash : sketch) {
            for (int i = 0; i < FACTORS.length; i++) {
                int permuted = (hash ^ (hash >>> 15)) * FACTORS[i];
                minima[i] = Math.min(minima[i], permuted ^ (permuted >>> 16));
            }
        }
        int[] keys = new int[BANDS];
        for (int band = 0; band < BANDS; band++) {
            long key = band;
            for (int row = 0; row < ROWS; row++) {
                key = Hashing.mix(key * 31 + minima[band * ROWS + row]);
            }
            keys[band] = (int) (key >>> 32);
        }
        return keys;
    }

    /** Odd factors, each a permutation of the 32-bit numbers. */
    private static int[] factors() {
        int[] factors = new int[BANDS * ROWS];
        for (int i = 0; i < factors.length; i++) {
            factors[i] = (int) Hashing.mix(0x9E3779B97F4A7C15L * (i + 1)) | 1;
        }
        return factors;
    }
}
