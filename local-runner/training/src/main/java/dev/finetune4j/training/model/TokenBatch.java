package dev.finetune4j.training.model;

import dev.finetune4j.spi.EncodedExample;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * A micro-batch: sequences laid end to end. Attention and positions restart at each sequence, so nothing is ever padded and
 * packed rows cannot see each other.
 *
 * @param tokenIds [N] token ids
 * @param targets [N] the next token where it is learned, {@link #IGNORED} elsewhere
 * @param sequenceLengths T of each sequence, in order; their sum is N
 */
@SuppressWarnings("ArrayRecordComponent") // handed to native memory as they are; built once, never changed
public record TokenBatch(int[] tokenIds, int[] targets, int[] sequenceLengths) {
    /** The target of a token whose prediction is not learned. */
    public static final int IGNORED = -100;

    /** Checks that the lengths agree. */
    public TokenBatch {
        int tokens = Arrays.stream(sequenceLengths).sum();
        if (tokens != tokenIds.length || tokens != targets.length) {
            throw new IllegalArgumentException("sequence lengths add up to " + tokens + ", tokenIds has "
                    + tokenIds.length + " and targets " + targets.length);
        }
    }

    /** Rows laid end to end: token t learns to predict token t + 1 of its own row where that one is trained. */
    public static TokenBatch of(List<EncodedExample> rows) {
        int tokens = rows.stream().mapToInt(EncodedExample::length).sum();
        int[] tokenIds = new int[tokens];
        int[] targets = new int[tokens];
        int start = 0;
        for (EncodedExample row : rows) {
            int[] ids = row.tokenIds();
            BitSet trained = row.trained();
            System.arraycopy(ids, 0, tokenIds, start, ids.length);
            for (int t = 0; t < ids.length; t++) {
                targets[start + t] = t + 1 < ids.length && trained.get(t + 1) ? ids[t + 1] : IGNORED;
            }
            start += ids.length;
        }
        return new TokenBatch(
                tokenIds,
                targets,
                rows.stream().mapToInt(EncodedExample::length).toArray());
    }

    /** N, the tokens computed. */
    public int tokens() {
        return tokenIds.length;
    }

    /** The targets that count in the loss. */
    public int countedTargets() {
        return (int) Arrays.stream(targets).filter(target -> target != IGNORED).count();
    }
}
