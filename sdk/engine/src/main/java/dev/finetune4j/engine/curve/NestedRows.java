package dev.finetune4j.engine.curve;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Part;
import dev.finetune4j.engine.data.PreparedData;
import dev.finetune4j.engine.data.SplitRecord;
import dev.finetune4j.engine.journal.WholeFile;
import dev.finetune4j.engine.launch.DerivedRows;
import dev.finetune4j.error.FineTuneException;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/**
 * The same prepared rows with fewer for training. Smaller sets lie within larger ones, and each keeps the shares of the labels to
 * within a row: the rows of a label are shuffled and spread evenly over one order, of which a set is the start. The first of each
 * label come first.
 */
final class NestedRows {
    private final PreparedData whole;
    private final List<String> labels;
    private final List<Integer> order;

    /**
     * Reads the training rows and lays down their order.
     *
     * @param seed of the shuffling
     * @throws FineTuneException with FT0230 if the rows cannot be read
     */
    NestedRows(PreparedData whole, long seed) {
        this.whole = whole;
        try (Stream<Example> rows = whole.rows(Part.TRAIN).open()) {
            labels = rows.map(NestedRows::label).toList();
        }
        order = order(labels, seed);
    }

    /** Training rows in all. */
    int size() {
        return order.size();
    }

    /**
     * The data with so many training rows, in a folder of its own. What lies there complete is used again.
     *
     * @param rows from 1 to the number of training rows
     * @param folder where the parts are written
     * @throws FineTuneException if the folder cannot be written
     */
    PreparedData first(int rows, Path folder) {
        BitSet kept = new BitSet();
        order.subList(0, rows).forEach(kept::set);
        Map<Part, SplitRecord.PartShare> parts = new EnumMap<>(whole.record().parts());
        parts.put(Part.TRAIN, share(kept));
        return new DerivedRows(whole, parts, (part, file) -> {
                    if (part == Part.TRAIN) {
                        write(kept, file);
                    } else {
                        WholeFile.copy(whole.file(part), file);
                    }
                })
                .in(folder);
    }

    private void write(BitSet kept, Path file) throws IOException {
        try (BufferedReader reader = Files.newBufferedReader(whole.file(Part.TRAIN));
                BufferedWriter writer = Files.newBufferedWriter(file)) {
            for (int row = 0; row < order.size(); row++) {
                String line = reader.readLine() + "\n";
                if (kept.get(row)) {
                    writer.write(line);
                }
            }
        }
    }

    /** Rows in the order in which sets grow. */
    static List<Integer> order(List<String> labels, long seed) {
        Map<String, List<Integer>> rowsByLabel = new LinkedHashMap<>();
        for (int row = 0; row < labels.size(); row++) {
            rowsByLabel
                    .computeIfAbsent(labels.get(row), unseen -> new ArrayList<>())
                    .add(row);
        }
        Random random = new Random(seed);
        Map<Integer, Double> placeByRow = new HashMap<>();
        rowsByLabel.values().forEach(rows -> {
            Collections.shuffle(rows, random);
            for (int i = 0; i < rows.size(); i++) {
                placeByRow.put(rows.get(i), (double) i / rows.size());
            }
        });
        return placeByRow.keySet().stream()
                .sorted(Comparator.comparing((Integer row) -> placeByRow.getOrDefault(row, 0.0))
                        .thenComparing(Comparator.naturalOrder()))
                .toList();
    }

    private SplitRecord.PartShare share(BitSet kept) {
        SplitRecord.PartShare all = whole.record().share(Part.TRAIN);
        Map<String, Long> rowsByLabel = new LinkedHashMap<>();
        all.rowsByLabel().keySet().forEach(label -> rowsByLabel.put(label, 0L));
        if (!rowsByLabel.isEmpty()) {
            kept.stream().forEach(row -> rowsByLabel.merge(labels.get(row), 1L, Long::sum));
        }
        return new SplitRecord.PartShare(kept.cardinality(), all.dealt(), all.groups(), rowsByLabel);
    }

    private static String label(Example example) {
        return example instanceof Example.Conversation conversation
                ? conversation.labelIfAny().orElse("")
                : "";
    }
}
