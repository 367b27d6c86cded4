package dev.finetune4j.training.loop;

import java.util.ArrayList;
import java.util.List;

/**
 * The latest figures of a series, to tell what is usual. Immutable; part of a checkpoint.
 *
 * @param latest at most {@value #SIZE} figures, oldest first
 */
record RunningMedian(List<Double> latest) {
    private static final int SIZE = 32;
    private static final int ENOUGH = 8;

    /** No figure yet. */
    static final RunningMedian EMPTY = new RunningMedian(List.of());

    /** Copies the list. */
    RunningMedian {
        latest = List.copyOf(latest);
    }

    /** With one more figure. */
    RunningMedian with(double figure) {
        List<Double> longer = new ArrayList<>(latest);
        longer.add(figure);
        return new RunningMedian(longer.subList(Math.max(0, longer.size() - SIZE), longer.size()));
    }

    /** Whether there are enough figures to call another one unusual. */
    boolean isSettled() {
        return latest.size() >= ENOUGH;
    }

    /** The largest of the figures. */
    double highest() {
        return latest.stream().mapToDouble(Double::doubleValue).max().orElse(Double.NaN);
    }

    /** The middle one of the figures, the upper one of two. */
    double median() {
        return latest.stream().sorted().toList().get(latest.size() / 2);
    }
}
