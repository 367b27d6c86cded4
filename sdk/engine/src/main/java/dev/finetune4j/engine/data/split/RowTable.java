package dev.finetune4j.engine.data.split;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a split needs to know of each row: its label and its group, as small numbers. 500,000 rows take 4 MB; the rows themselves
 * stay on disk.
 */
public final class RowTable {
    private static final int FIRST_CAPACITY = 1024;

    private final Map<String, Integer> labelNumbers = new LinkedHashMap<>();
    private final Map<String, Integer> groupNumbers = new HashMap<>();
    private int[] labels = new int[FIRST_CAPACITY];
    private int[] groups = new int[FIRST_CAPACITY];
    private int size;

    /**
     * Adds a row.
     *
     * @param label its label, or null where rows have none: all such rows count as alike
     * @param group its group, or null where each row is a group of its own
     */
    public void add(@Nullable String label, @Nullable String group) {
        if (size == labels.length) {
            labels = Arrays.copyOf(labels, Math.multiplyExact(size, 2));
            groups = Arrays.copyOf(groups, Math.multiplyExact(size, 2));
        }
        labels[size] = labelNumbers.computeIfAbsent(label == null ? "" : label, name -> labelNumbers.size());
        groups[size] = group == null ? -1 : groupNumbers.computeIfAbsent(group, name -> groupNumbers.size());
        size++;
    }

    /** Rows. */
    public int size() {
        return size;
    }

    /** Distinct labels. */
    int labelCount() {
        return labelNumbers.size();
    }

    /** Distinct groups; 0 where rows are not grouped. */
    public int groupCount() {
        return groupNumbers.size();
    }

    /** The number of a row's label, from 0 in order of appearance. */
    int label(int row) {
        return labels[row];
    }

    /** The number of a row's group, from 0 in order of appearance; -1 without groups. */
    int group(int row) {
        return groups[row];
    }
}
