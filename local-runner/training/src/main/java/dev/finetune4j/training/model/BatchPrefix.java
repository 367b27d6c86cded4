package dev.finetune4j.training.model;

/**
 * Tokens that all rows begin with, none of which predicts one that is learned, such as an instruction: a decoder computes them once for
 * many rows of a micro-batch.
 *
 * @param tokens P, 0 where nothing is shared
 * @param members threads that may each compute a share of a micro-batch, with the prefix in it; 1 for none
 */
public record BatchPrefix(int tokens, int members) {
    /** Each row is computed whole. */
    public static final BatchPrefix NONE = new BatchPrefix(0, 1);

    /**
     * How many times as long as an equal part of the whole the longest share of a micro-batch may be, so that it is shared out: what members
     * gain by not waiting for each other, 1.1 to 1.3 times as measured.
     */
    public static final double MOST_UNEQUAL = 1.15;

    /**
     * The tokens of a micro-batch that are computed at most: with a prefix for each member, or with one where all members compute the whole
     * together, since it has fewer rows than they are or shares would take them longer.
     *
     * @param rows its rows
     * @param rowTokens tokens that they have together
     */
    public long computedTokens(long rows, long rowTokens) {
        long together = rowTokens - tokens * Math.max(0, rows - 1);
        if (rows < members) {
            return together;
        }
        long sharedOut = rowTokens - tokens * (rows - members);
        return Math.min(sharedOut, (long) (MOST_UNEQUAL * (double) together));
    }
}
