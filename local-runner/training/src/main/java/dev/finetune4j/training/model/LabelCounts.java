package dev.finetune4j.training.model;

import dev.finetune4j.error.Location;
import dev.finetune4j.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The labels of a classifier, in the order of its outputs, with the training rows of each. Kept beside the weights, so that the labels
 * have names again wherever they are used, and so that a trained head can be compared with what is known without reading a text.
 *
 * @param rowsByLabel training rows of each label
 */
public record LabelCounts(Map<String, Long> rowsByLabel) {
    private static final String FILE = "labels.json";

    /** Copies the map in its order. */
    public LabelCounts {
        rowsByLabel = Collections.unmodifiableMap(new LinkedHashMap<>(rowsByLabel));
    }

    /** Names of the labels. */
    public List<String> names() {
        return List.copyOf(rowsByLabel.keySet());
    }

    /**
     * log p of each label for a text of which nothing is known, in nats: its share of the training rows, of which each label is given
     * one more (Laplace's rule of succession), so that none is impossible.
     */
    public double[] priorScores() {
        double all = rowsByLabel.values().stream().mapToLong(Long::longValue).sum() + rowsByLabel.size();
        return rowsByLabel.values().stream()
                .mapToDouble(rows -> Math.log((rows + 1) / all))
                .toArray();
    }

    /** Writes them into the folder of a trained model. */
    public void write(Path folder) throws IOException {
        Files.writeString(folder.resolve(FILE), Json.pretty(this) + "\n");
    }

    /**
     * Reads those of a trained model.
     *
     * @throws dev.finetune4j.error.FineTuneException with FT0473 if they are missing or damaged
     */
    public static LabelCounts read(Path folder) {
        Path file = folder.resolve(FILE);
        try {
            return Json.read(Files.readString(file), LabelCounts.class);
        } catch (IOException | UncheckedIOException e) {
            throw ModelProblems.ADAPTER
                    .error("the labels of the trained model cannot be read")
                    .at(Location.of(file.toString()))
                    .because(e.getClass().getSimpleName())
                    .asException(e);
        }
    }
}
