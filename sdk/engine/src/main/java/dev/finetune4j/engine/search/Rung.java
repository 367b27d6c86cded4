package dev.finetune4j.engine.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * One round of a search: how many candidates train for how long.
 *
 * @param share of its epochs that each candidate trains for, above 0, at most 1
 * @param trials candidates
 */
public record Rung(double share, int trials) {
    /** One candidate of so many goes on, for so many times its epochs: the default of Li et al. 2018. */
    static final int FACTOR = 3;

    /** One round in which all train for all their epochs. */
    static List<Rung> whole(int candidates) {
        return List.of(new Rung(1, candidates));
    }

    /**
     * Successive halving (<a href="https://arxiv.org/abs/1502.07943">Jamieson and Talwalkar 2016</a>, with the factor 3 of
     * <a href="https://arxiv.org/abs/1603.06560">Li et al. 2018</a>): all candidates train for a small share of their epochs, the best
     * third for three times as long, and so on; the last round trains for all epochs.
     */
    static List<Rung> halving(int candidates) {
        List<Integer> counts = new ArrayList<>();
        for (int left = candidates; left >= 1; left /= FACTOR) {
            counts.add(left);
        }
        List<Rung> rungs = new ArrayList<>();
        for (int i = 0; i < counts.size(); i++) {
            rungs.add(new Rung(1 / Math.pow(FACTOR, counts.size() - 1.0 - i), counts.get(i)));
        }
        return List.copyOf(rungs);
    }

    /** The first {@code trials} by an order, best first; of equals the earlier go on. */
    public <T> List<T> best(List<T> earlier, Comparator<? super T> order) {
        return earlier.stream().sorted(order).limit(trials).toList();
    }
}
