package dev.finetune4j.modelfiles.codec;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Tokens of a row while it is put together.
 *
 * @param tokenIds its tokens
 * @param trained which of them are learned
 * @param answerStart first token of the last answer
 */
@SuppressWarnings("ArrayRecordComponent") // never leaves the codec
record EncodedRow(int[] tokenIds, BitSet trained, int answerStart) {
    int length() {
        return tokenIds.length;
    }

    /** The last {@code limit} tokens; the first of the answer where it alone has more. */
    EncodedRow cut(int limit) {
        int start = Math.min(answerStart, tokenIds.length - limit);
        int end = start + limit;
        return new EncodedRow(Arrays.copyOfRange(tokenIds, start, end), trained.get(start, end), answerStart - start);
    }
}
