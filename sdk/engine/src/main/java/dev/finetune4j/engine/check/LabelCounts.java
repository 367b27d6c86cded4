package dev.finetune4j.engine.check;

import dev.finetune4j.data.Part;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.engine.data.LabelSpelling;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Counts the labels of the rows. */
final class LabelCounts {
    private final Map<String, Long> trainingRows = new TreeMap<>();
    private final Set<String> tested = new HashSet<>();
    private final Map<String, RowRef> firstRows = new HashMap<>();

    /** Starts with the labels that the task names, which may turn out to have no row. */
    LabelCounts(List<String> named) {
        named.forEach(label -> trainingRows.put(label, 0L));
    }

    void add(Part part, String label, RowRef row) {
        // Parts come one after the other, each with rows from all over the same file.
        firstRows.merge(label, row, (first, other) -> isBefore(other, first) ? other : first);
        trainingRows.merge(label, part == Part.TRAIN ? 1L : 0L, Long::sum);
        if (part == Part.TEST) {
            tested.add(label);
        }
    }

    /** Labels that are named or occur in another part, but in no test row, by name. */
    List<String> untested() {
        return trainingRows.keySet().stream()
                .filter(label -> !tested.contains(label))
                .toList();
    }

    /** Training rows of each label that is named or occurs in any part, most frequent first. */
    Map<String, Long> byFrequency() {
        Map<String, Long> ordered = new LinkedHashMap<>();
        trainingRows.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .forEach(entry -> ordered.put(entry.getKey(), entry.getValue()));
        return Collections.unmodifiableMap(ordered);
    }

    private static boolean isBefore(RowRef row, RowRef other) {
        return row.source().equals(other.source()) && row.row() < other.row();
    }

    /** The first row of a label in the file where it was met first, or null where none has it. */
    @Nullable
    RowRef firstRow(String label) {
        return firstRows.get(label);
    }

    /** Labels that are one to a reader, those of a kind together, most frequent first, and of equals the one that hides nothing. */
    List<List<String>> alike() {
        return byFrequency().keySet().stream()
                .collect(Collectors.groupingBy(LabelSpelling::folded, LinkedHashMap::new, Collectors.toList()))
                .values()
                .stream()
                .filter(group -> group.size() > 1)
                .map(this::bestFirst)
                .toList();
    }

    private List<String> bestFirst(List<String> group) {
        return group.stream()
                .sorted(Comparator.comparingLong((String label) -> -trainingRows.getOrDefault(label, 0L))
                        .thenComparing(label -> !label.equals(LabelSpelling.printed(label))))
                .toList();
    }

    /** How even the labels are, or null without a labelled training row. */
    @Nullable
    LabelBalance balance() {
        List<Map.Entry<String, Long>> present = byFrequency().entrySet().stream()
                .filter(entry -> entry.getValue() > 0)
                .toList();
        if (present.isEmpty()) {
            return null;
        }
        double rows = present.stream().mapToLong(Map.Entry::getValue).sum();
        double entropy = 0;
        for (Map.Entry<String, Long> entry : present) {
            double share = entry.getValue() / rows;
            entropy -= share * Math.log(share);
        }
        Map.Entry<String, Long> largest = present.get(0);
        Map.Entry<String, Long> smallest = present.get(present.size() - 1);
        return new LabelBalance(
                present.size(),
                largest.getKey(),
                largest.getValue() / rows,
                smallest.getKey(),
                smallest.getValue() / rows,
                present.size() == 1 ? 0 : entropy / Math.log(present.size()));
    }
}
