package dev.finetune4j.training.rows;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Example.Conversation;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.json.Json;
import dev.finetune4j.spi.EncodedExample;
import dev.finetune4j.spi.TextCodec;
import dev.finetune4j.training.model.LabelCounts;
import dev.finetune4j.training.model.TokenBatch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.ObjIntConsumer;

/**
 * The rows of one file as tokens with the number of each row's label, which is learned at the row's first token. Rows whose label is
 * none of the task's are left out and named.
 *
 * @param texts the tokens
 * @param labels the number of each row's label
 * @param names the task's labels
 */
public record LabelledRows(EncodedRows texts, List<Integer> labels, List<String> names) implements TrainingRows {
    /** Copies the lists. */
    public LabelledRows {
        labels = List.copyOf(labels);
        names = List.copyOf(names);
    }

    /**
     * Reads and encodes a whole file.
     *
     * @param maxTokens rows are cut to so many tokens; 0 for the model's length
     * @param names the task's labels
     * @throws dev.finetune4j.error.FineTuneException with FT0630 or FT0631 if the file or a line cannot be read
     */
    public static LabelledRows read(Path file, TextCodec codec, int maxTokens, List<String> names) {
        List<EncodedExample> texts = new ArrayList<>();
        List<Integer> labels = new ArrayList<>();
        List<RowRef> leftOut = new ArrayList<>();
        each(
                file,
                codec,
                maxTokens,
                names,
                (text, label) -> {
                    texts.add(text);
                    labels.add(label);
                },
                leftOut::add);
        return new LabelledRows(EncodedRows.of(texts, leftOut), labels, names);
    }

    /**
     * Encodes a whole file row by row and keeps none.
     *
     * @param learned told of each row and the number of its label, in their order
     * @param leftOut told where each row came from whose label is none of the names
     * @see #read
     */
    public static void each(
            Path file,
            TextCodec codec,
            int maxTokens,
            List<String> names,
            ObjIntConsumer<EncodedExample> learned,
            Consumer<RowRef> leftOut) {
        try (ExampleReader reader = ExampleReader.open(file)) {
            for (Example example = reader.next(); example != null; example = reader.next()) {
                int label = example instanceof Conversation row ? names.indexOf(labelOf(row)) : -1;
                if (label < 0) {
                    leftOut.accept(example.row());
                } else {
                    learned.accept(codec.encode(example, maxTokens), label);
                }
            }
        }
    }

    /** The label of a row: what it says, or its answer. */
    public static String labelOf(Conversation row) {
        return row.labelIfAny().orElse(row.answer());
    }

    /** How many rows each label has. */
    public LabelCounts counts() {
        Map<String, Long> counts = new LinkedHashMap<>();
        names.forEach(name -> counts.put(name, 0L));
        labels.forEach(label -> counts.merge(names.get(label), 1L, Long::sum));
        return new LabelCounts(counts);
    }

    @Override
    public boolean isEmpty() {
        return labels.isEmpty();
    }

    @Override
    public int[] lengths() {
        return texts.lengths();
    }

    @Override
    public TokenBatch batch(int[] indices) {
        List<EncodedExample> rows =
                Arrays.stream(indices).mapToObj(texts.rows()::get).toList();
        int[] tokens =
                rows.stream().flatMapToInt(row -> Arrays.stream(row.tokenIds())).toArray();
        int[] lengths = rows.stream().mapToInt(EncodedExample::length).toArray();
        int[] targets = new int[tokens.length];
        Arrays.fill(targets, TokenBatch.IGNORED);
        int first = 0;
        for (int i = 0; i < indices.length; i++) {
            targets[first] = labels.get(indices[i]);
            first += lengths[i];
        }
        return new TokenBatch(tokens, targets, lengths);
    }

    @Override
    public List<RowRef> leftOut() {
        return texts.leftOut();
    }

    @Override
    public String digest() {
        return Json.digest(List.of(texts.digest(), labels, names));
    }
}
