package dev.finetune4j.training.model.decoder;

import dev.finetune4j.training.model.TokenBatch;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A micro-batch as it is computed: tokens that all of its sequences begin with stand once, in front. A causal layer makes the same of them
 * in each sequence, so that every loss and gradient stays what it is; an instruction that all prompts begin with is then computed once
 * and not once a row.
 *
 * @param tokenIds [N] the P tokens of the prefix, then each sequence from its token P on
 * @param targets [N] the next token where it is learned, {@link TokenBatch#IGNORED} elsewhere; nothing of the prefix is learned
 * @param prefix P, 0 where nothing is shared
 * @param lengths T of each sequence behind the prefix, at least 1; with P they add up to N
 */
@SuppressWarnings("ArrayRecordComponent") // handed to native memory as they are; built once, never changed
record PrefixedBatch(int[] tokenIds, int[] targets, int prefix, int[] lengths) {
    /** Shares nothing: each sequence has all of its tokens to itself. */
    static PrefixedBatch apart(TokenBatch batch) {
        return new PrefixedBatch(batch.tokenIds(), batch.targets(), 0, batch.sequenceLengths());
    }

    /** Shares what all sequences begin with, as far as none of it predicts a token that is learned. */
    static PrefixedBatch sharing(TokenBatch batch) {
        int sequences = batch.sequenceLengths().length;
        int prefix = sequences < 2 ? 0 : common(batch);
        if (prefix == 0) {
            return apart(batch);
        }
        int tokens = batch.tokens() - (sequences - 1) * prefix;
        int[] ids = Arrays.copyOf(batch.tokenIds(), tokens);
        int[] targets = Arrays.copyOf(batch.targets(), tokens);
        int[] lengths = new int[sequences];
        int from = 0;
        int to = prefix;
        for (int i = 0; i < sequences; i++) {
            lengths[i] = batch.sequenceLengths()[i] - prefix;
            System.arraycopy(batch.tokenIds(), from + prefix, ids, to, lengths[i]);
            System.arraycopy(batch.targets(), from + prefix, targets, to, lengths[i]);
            from += prefix + lengths[i];
            to += lengths[i];
        }
        return new PrefixedBatch(ids, targets, prefix, lengths);
    }

    private static int common(TokenBatch batch) {
        int[] ids = batch.tokenIds();
        int common = Integer.MAX_VALUE;
        int begin = 0;
        for (int length : batch.sequenceLengths()) {
            int most = Math.min(common, length - 1);
            int same = 0;
            while (same < most
                    && ids[begin + same] == ids[same]
                    && batch.targets()[begin + same] == TokenBatch.IGNORED) {
                same++;
            }
            common = same;
            begin += length;
        }
        return common;
    }

    /** N, the tokens computed. */
    int tokens() {
        return tokenIds.length;
    }

    /** [N] where each token stands in its text. */
    int[] positions() {
        IntStream ofSequences = Arrays.stream(lengths).flatMap(length -> IntStream.range(prefix, prefix + length));
        return IntStream.concat(IntStream.range(0, prefix), ofSequences).toArray();
    }

    /** Whether any token is learned. */
    boolean learns() {
        return Arrays.stream(targets).anyMatch(target -> target != TokenBatch.IGNORED);
    }
}
