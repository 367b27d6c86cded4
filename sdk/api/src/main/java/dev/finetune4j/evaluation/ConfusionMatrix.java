package dev.finetune4j.evaluation;

import java.util.List;

/**
 * How often each label was taken for each.
 *
 * @param labels the labels, of rows and columns
 * @param counts {@code [reference][answer]}: rows whose right answer is the first and that were given the second
 */
public record ConfusionMatrix(List<String> labels, List<List<Long>> counts) {
    /** Copies the lists; refuses a matrix that is not square over the labels. */
    public ConfusionMatrix {
        labels = List.copyOf(labels);
        counts = counts.stream().map(List::copyOf).toList();
        int size = labels.size();
        if (counts.size() != size || counts.stream().anyMatch(row -> row.size() != size)) {
            throw new IllegalArgumentException("counts must be " + size + " x " + size + ", were " + counts);
        }
    }

    /** Rows whose right answer is label {@code reference} and that were given label {@code answer}, by index. */
    public long count(int reference, int answer) {
        return counts.get(reference).get(answer);
    }

    /** Rows whose right answer is label {@code reference}, by index. */
    public long support(int reference) {
        return counts.get(reference).stream().mapToLong(Long::longValue).sum();
    }

    /** Rows that were given label {@code answer}, by index, whatever their right answer. */
    public long given(int answer) {
        return counts.stream().mapToLong(row -> row.get(answer)).sum();
    }
}
