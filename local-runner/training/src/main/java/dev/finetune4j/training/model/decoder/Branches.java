package dev.finetune4j.training.model.decoder;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The continuations of a prompt as the nodes that they are in a {@link TokenTree}: of each all tokens but the last, those that several begin
 * with once.
 */
final class Branches {
    private final List<int[]> continuations;
    /** Their places in the order of their tokens, in which those that begin alike stand beside each other. */
    private final int[] ordered;

    private Branches(List<int[]> continuations) {
        this.continuations = continuations;
        this.ordered = IntStream.range(0, continuations.size())
                .boxed()
                .sorted(Comparator.comparing(continuations::get, Arrays::compare))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /** Of continuations of at least a token each. */
    static Branches of(List<int[]> continuations) {
        return new Branches(continuations);
    }

    /** Nodes of all of them in one tree. */
    int nodes() {
        int nodes = 0;
        for (int i = 0; i < ordered.length; i++) {
            nodes += own(i, i == 0 ? 0 : alike(i));
        }
        return nodes;
    }

    /**
     * Places of all of them, those together whose nodes have room in one tree.
     *
     * @param room nodes; a continuation that has more is alone
     */
    List<int[]> groups(int room) {
        List<int[]> groups = new ArrayList<>();
        int begin = 0;
        int nodes = 0;
        for (int i = 0; i < ordered.length; i++) {
            int own = own(i, i == begin ? 0 : alike(i));
            if (i > begin && nodes + own > room) {
                groups.add(Arrays.copyOfRange(ordered, begin, i));
                begin = i;
                nodes = 0;
                own = own(i, 0);
            }
            nodes += own;
        }
        groups.add(Arrays.copyOfRange(ordered, begin, ordered.length));
        return groups;
    }

    private int own(int at, int alike) {
        return inner(at) - alike;
    }

    /** Nodes that one has of those of the one before it. */
    private int alike(int at) {
        int[] one = continuations.get(ordered[at - 1]);
        int[] other = continuations.get(ordered[at]);
        int mismatch = Arrays.mismatch(one, other);
        int alike = mismatch < 0 ? one.length : mismatch;
        return Math.min(alike, Math.min(inner(at - 1), inner(at)));
    }

    private int inner(int at) {
        return Math.max(0, continuations.get(ordered[at]).length - 1);
    }
}
