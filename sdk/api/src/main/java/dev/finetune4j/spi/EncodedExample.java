package dev.finetune4j.spi;

import java.util.Arrays;
import java.util.BitSet;

/**
 * One row as the model sees it.
 *
 * @param tokenIds token ids, T of them, cut to the length limit
 * @param trained which of the T tokens are learned (counted in the loss)
 * @param untruncatedTokens tokens of the row before it was cut
 */
@SuppressWarnings("ArrayRecordComponent") // copied on the way in and out; boxing millions of tokens would not do
public record EncodedExample(int[] tokenIds, BitSet trained, int untruncatedTokens) {
    /** Copies both. */
    public EncodedExample {
        tokenIds = tokenIds.clone();
        trained = (BitSet) trained.clone();
    }

    @Override
    public int[] tokenIds() {
        return tokenIds.clone();
    }

    @Override
    public BitSet trained() {
        return (BitSet) trained.clone();
    }

    /** T, the tokens that are left. */
    public int length() {
        return tokenIds.length;
    }

    /** Whether the row was cut. */
    public boolean isTruncated() {
        return untruncatedTokens > tokenIds.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof EncodedExample that
                && Arrays.equals(tokenIds, that.tokenIds)
                && trained.equals(that.trained)
                && untruncatedTokens == that.untruncatedTokens;
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(tokenIds) + trained.hashCode();
    }

    @Override
    public String toString() {
        return "EncodedExample[" + tokenIds.length + " of " + untruncatedTokens + " tokens, " + trained.cardinality()
                + " trained]";
    }
}
