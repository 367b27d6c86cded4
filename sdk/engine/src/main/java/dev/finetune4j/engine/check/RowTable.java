package dev.finetune4j.engine.check;

import dev.finetune4j.data.Part;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.engine.check.duplicates.SimilarTexts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What must be known of every row at once, in columns; rows are numbered from 0 over all parts in their order. */
final class RowTable {
    private static final List<Part> PARTS = List.of(Part.values());

    private final SimilarTexts texts = new SimilarTexts();
    private final BitSet rowsWithPrivateSpans = new BitSet();
    private final List<String> names = new ArrayList<>();
    private final Map<String, Integer> numberByName = new HashMap<>();
    private final long[] rowsOfPart = new long[PARTS.size()];
    private int size;
    private byte[] parts = new byte[1024];
    private int[] sources = new int[1024];
    private int[] labels = new int[1024];
    private long[] rows = new long[1024];
    private long[] textHashes = new long[1024];
    private long[] answerHashes = new long[1024];

    void add(Part part, RowFacts facts) {
        if (size == parts.length) {
            grow();
        }
        parts[size] = (byte) PARTS.indexOf(part);
        sources[size] = number(facts.row().source());
        labels[size] = facts.label() == null ? -1 : number(facts.label());
        rows[size] = facts.row().row();
        textHashes[size] = facts.textHash();
        answerHashes[size] = facts.answerHash();
        rowsWithPrivateSpans.set(size, !facts.privateSpans().isEmpty());
        texts.add(facts.sketch(), facts.bandKeys());
        rowsOfPart[PARTS.indexOf(part)]++;
        size++;
    }

    int size() {
        return size;
    }

    long size(Part part) {
        return rowsOfPart[PARTS.indexOf(part)];
    }

    Part part(int row) {
        return PARTS.get(parts[row]);
    }

    /** The number of the row's part, from 0. */
    int partNumber(int row) {
        return parts[row];
    }

    RowRef ref(int row) {
        return new RowRef(names.get(sources[row]), rows[row]);
    }

    @Nullable
    String label(int row) {
        return labels[row] < 0 ? null : names.get(labels[row]);
    }

    boolean haveSameLabel(int left, int right) {
        return labels[left] == labels[right];
    }

    long textHash(int row) {
        return textHashes[row];
    }

    long answerHash(int row) {
        return answerHashes[row];
    }

    boolean hasPrivateSpan(int row) {
        return rowsWithPrivateSpans.get(row);
    }

    SimilarTexts texts() {
        return texts;
    }

    private int number(String name) {
        return numberByName.computeIfAbsent(name, key -> {
            names.add(key);
            return names.size() - 1;
        });
    }

    private void grow() {
        int length = Math.multiplyExact(size, 2);
        parts = Arrays.copyOf(parts, length);
        sources = Arrays.copyOf(sources, length);
        labels = Arrays.copyOf(labels, length);
        rows = Arrays.copyOf(rows, length);
        textHashes = Arrays.copyOf(textHashes, length);
        answerHashes = Arrays.copyOf(answerHashes, length);
    }
}
