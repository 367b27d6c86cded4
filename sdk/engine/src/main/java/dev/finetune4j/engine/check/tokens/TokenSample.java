package dev.finetune4j.engine.check.tokens;

import dev.finetune4j.engine.check.duplicates.Hashing;

/**
 * Which rows are tokenized. All while the texts are at most {@link #ALL_BYTES} in all; else every row that could be over the
 * length limit, and of the others a seeded sample.
 *
 * @param limitTokens tokens that a row may have
 * @param share share of the rows within the limit that are tokenized, 1 for all
 * @param seed of the sample
 */
public record TokenSample(int limitTokens, double share, long seed) {
    /** Text up to which every row is tokenized. */
    public static final long ALL_BYTES = 32L << 20;

    /** Rows that a sample has at least; a little over the 20,000 that are promised, since each row is drawn by itself. */
    public static final long MIN_ROWS = 21_000;

    /** What a row is to the sample. */
    public enum Choice {
        /** Tokenized for its own sake. */
        CERTAIN,
        /** Tokenized, and stands for others. */
        SAMPLED,
        /** Not tokenized. */
        LEFT_OUT
    }

    /** The sample for texts of so many bytes in so many rows. */
    public static TokenSample of(int limitTokens, long bytes, long rows, long seed) {
        double share = bytes <= ALL_BYTES ? 1 : Math.max((double) ALL_BYTES / bytes, (double) MIN_ROWS / rows);
        return new TokenSample(limitTokens, Math.min(1, share), seed);
    }

    /**
     * What a row is to the sample. A token stands for at least one byte, so that a row of fewer bytes than the limit cannot be over
     * it.
     *
     * @param row number of the row over all parts
     * @param mostTokens bytes of the row's texts and the tokens that the chat template adds at most
     */
    public Choice choose(long row, long mostTokens) {
        if (share >= 1 || mostTokens > limitTokens) {
            return Choice.CERTAIN;
        }
        double draw = (Hashing.mix(seed * 0x9E3779B97F4A7C15L + row) >>> 11) * 0x1.0p-53;
        return draw < share ? Choice.SAMPLED : Choice.LEFT_OUT;
    }
}
