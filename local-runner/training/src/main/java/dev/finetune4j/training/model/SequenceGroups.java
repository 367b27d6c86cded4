package dev.finetune4j.training.model;

import java.util.ArrayList;
import java.util.List;

/** Sequences that are computed side by side, since they follow each other and are equally long. */
public final class SequenceGroups {
    private SequenceGroups() {}

    /**
     * Pairs of the number of sequences and the tokens of each, as the scripts take them.
     *
     * @param lengths T of each sequence, in order; empty ones are left out
     */
    public static int[] of(int[] lengths) {
        List<Integer> groups = new ArrayList<>();
        for (int length : lengths) {
            int end = groups.size();
            if (end > 0 && groups.get(end - 1) == length) {
                groups.set(end - 2, groups.get(end - 2) + 1);
            } else if (length > 0) {
                groups.add(1);
                groups.add(length);
            }
        }
        return groups.stream().mapToInt(Integer::intValue).toArray();
    }
}
