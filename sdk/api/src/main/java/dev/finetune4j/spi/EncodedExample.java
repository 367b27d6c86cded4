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

    /**
     * How many tokens both rows begin with of which neither predicts one that is learned; at least one token of each is left over. A model
     * that sees no later token computes the same for them in both.
     */
    public int sharedPrefix(EncodedExample other) {
        int most = Math.min(unlearnedPrefix(), other.unlearnedPrefix());
        int differs = Arrays.mismatch(tokenIds, 0, most, other.tokenIds, 0, most);
        return differs < 0 ? most : differs;
    }

    /** Token t predicts token t + 1. */
    private int unlearnedPrefix() {
        int firstLearned = trained.nextSetBit(1);
        return Math.max(0, firstLearned < 0 ? length() - 1 : Math.min(firstLearned, length()) - 1);
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
