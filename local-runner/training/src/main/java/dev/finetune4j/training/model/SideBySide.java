package dev.finetune4j.training.model;

import dev.finetune4j.run.WorkStep.Predict;

/**
 * Texts that are answered side by side, as they come: at most {@link Predict#MOST_ROWS_BESIDE}, and no more than have room, each padded to
 * the longest. Who cuts a file into batches and who answers a batch go by this one rule, so that no batch is cut a second time.
 */
public final class SideBySide {
    private final int mostTokens;
    private int texts;
    private int longest;

    /**
     * Starts without a text.
     *
     * @param mostTokens room for all, in tokens
     */
    public SideBySide(int mostTokens) {
        this.mostTokens = mostTokens;
    }

    /**
     * Takes one more text if there is room for it; the first one always is taken.
     *
     * @param tokens of the text
     * @return whether it was taken
     */
    public boolean take(int tokens) {
        int longer = Math.max(longest, tokens);
        if (texts > 0 && (texts == Predict.MOST_ROWS_BESIDE || (texts + 1L) * longer > mostTokens)) {
            return false;
        }
        texts++;
        longest = longer;
        return true;
    }
}
