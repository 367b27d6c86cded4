package dev.finetune4j.training.loop;

import dev.finetune4j.spi.EncodedExample;
import dev.finetune4j.training.rows.EncodedRows;
import java.util.stream.Stream;

/**
 * Tokens that all rows begin with, none of which predicts one that is learned, such as an instruction: a decoder computes them once for
 * many rows.
 *
 * @param tokens P, 0 where nothing is shared
 * @param copies how often they are computed for a micro-batch, at most once a row
 */
public record SharedPrefix(int tokens, int copies) {
    /** Each row is computed by itself. */
    public static final SharedPrefix NONE = new SharedPrefix(0, 1);

    /** What rows that are learned and rows whose loss is watched have in common, with virtual tokens in front of each. */
    public static SharedPrefix of(EncodedRows training, EncodedRows validation, int virtualTokens, int copies) {
        EncodedExample first = training.rows().get(0);
        int common = Stream.concat(training.rows().stream(), validation.rows().stream())
                .mapToInt(first::sharedPrefix)
                .min()
                .orElseThrow();
        return new SharedPrefix(common + virtualTokens, copies);
    }

    /**
     * N of a micro-batch, the tokens that are computed at most.
     *
     * @param rows its rows
     * @param rowTokens tokens that they have together
     */
    long computed(long rows, long rowTokens) {
        return rowTokens - tokens * Math.max(0, rows - copies);
    }
}
