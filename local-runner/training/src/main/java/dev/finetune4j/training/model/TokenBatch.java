package dev.finetune4j.training.model;

import dev.finetune4j.spi.EncodedExample;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

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

    /**
     * Deals the sequences out to some batches of about as many tokens each, the longest first; within a batch they keep their order.
     *
     * @param shares batches, at most as many as there are sequences
     */
    public List<TokenBatch> dealt(int shares) {
        int[] share = new int[sequenceLengths.length];
        int[] tokens = new int[shares];
        Integer[] longestFirst = IntStream.range(0, share.length).boxed().toArray(Integer[]::new);
        Arrays.sort(longestFirst, Comparator.comparingInt(i -> -sequenceLengths[i]));
        for (int sequence : longestFirst) {
            int least = IntStream.range(0, shares)
                    .boxed()
                    .min(Comparator.comparingInt(s -> tokens[s]))
                    .orElseThrow();
            share[sequence] = least;
            tokens[least] += sequenceLengths[sequence];
        }
        return IntStream.range(0, shares)
                .mapToObj(number -> part(share, number, tokens[number]))
                .toList();
    }

    private TokenBatch part(int[] share, int number, int tokens) {
        int[] ids = new int[tokens];
        int[] own = new int[tokens];
        int from = 0;
        int to = 0;
        for (int sequence = 0; sequence < share.length; sequence++) {
            int length = sequenceLengths[sequence];
            if (share[sequence] == number) {
                System.arraycopy(tokenIds, from, ids, to, length);
                System.arraycopy(targets, from, own, to, length);
                to += length;
            }
            from += length;
        }
        int[] lengths = IntStream.range(0, share.length)
                .filter(sequence -> share[sequence] == number)
                .map(sequence -> sequenceLengths[sequence])
                .toArray();
        return new TokenBatch(ids, own, lengths);
    }

    /** N, the tokens of the rows. */
    public int tokens() {
        return tokenIds.length;
    }

    /** The targets that count in the loss. */
    public int countedTargets() {
        return (int) Arrays.stream(targets).filter(target -> target != IGNORED).count();
    }
}
