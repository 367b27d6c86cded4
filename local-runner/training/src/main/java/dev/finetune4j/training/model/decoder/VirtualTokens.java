package dev.finetune4j.training.model.decoder;

import dev.finetune4j.training.model.TokenBatch;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Tokens of no vocabulary in front of every text, whose embeddings, or keys and values, are trained. Among token ids they are the
 * negative numbers: the first is -1.
 *
 * @param count how many
 */
record VirtualTokens(int count) {
    /** None. */
    static final VirtualTokens NONE = new VirtualTokens(0);

    /** The text behind them. */
    int[] before(int[] text) {
        return IntStream.concat(ids(), Arrays.stream(text)).toArray();
    }

    /** Each sequence behind them; what they predict is not learned. */
    TokenBatch before(TokenBatch batch) {
        if (count == 0) {
            return batch;
        }
        int sequences = batch.sequenceLengths().length;
        int[] tokenIds = new int[batch.tokens() + count * sequences];
        int[] targets = new int[tokenIds.length];
        int[] lengths = new int[sequences];
        int read = 0;
        int written = 0;
        for (int i = 0; i < sequences; i++) {
            int length = batch.sequenceLengths()[i];
            System.arraycopy(ids().toArray(), 0, tokenIds, written, count);
            Arrays.fill(targets, written, written + count, TokenBatch.IGNORED);
            System.arraycopy(batch.tokenIds(), read, tokenIds, written + count, length);
            System.arraycopy(batch.targets(), read, targets, written + count, length);
            lengths[i] = count + length;
            read += length;
            written += count + length;
        }
        return new TokenBatch(tokenIds, targets, lengths);
    }

    private IntStream ids() {
        return IntStream.rangeClosed(1, count).map(number -> -number);
    }
}
