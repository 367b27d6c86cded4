package dev.finetune4j.training.model;

import dev.finetune4j.error.Location;
import dev.finetune4j.json.Json;
import dev.finetune4j.modelfiles.config.EncoderConfig;
import dev.finetune4j.modelfiles.config.ModelFolder;
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
 * have names again wherever they are used, and so that a trained head can be compared with what is known without reading a text. PEFT
 * writes none: the outputs of its heads are named by the base model.
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

    /**
     * The same counts in another order.
     *
     * @param names the same labels
     */
    public LabelCounts inOrder(List<String> names) {
        Map<String, Long> ordered = new LinkedHashMap<>();
        names.forEach(name -> ordered.put(name, rowsByLabel.getOrDefault(name, 0L)));
        return new LabelCounts(ordered);
    }

    /** Writes them into the folder of a trained model. */
    public void write(Path folder) throws IOException {
        Files.writeString(folder.resolve(FILE), Json.pretty(this) + "\n");
    }

    /** Whether a trained model has them beside its weights. */
    public static boolean isIn(Path folder) {
        return Files.exists(folder.resolve(FILE));
    }

    /**
     * Those of a trained model that another tool may have trained: where it has none, those that its base model names, with no rows.
     *
     * @param folder the trained model's
     * @param base the base model's
     * @throws dev.finetune4j.error.FineTuneException with FT0473 if they are damaged, or missing where the base model names none
     */
    public static LabelCounts read(Path folder, Path base) {
        if (isIn(folder)) {
            return read(folder);
        }
        List<String> named =
                ModelFolder.open(base).encoder().map(EncoderConfig::labels).orElse(List.of());
        if (named.isEmpty()) {
            throw ModelProblems.ADAPTER
                    .error("the labels of the trained model are not known")
                    .at(Location.of(folder.resolve(FILE).toString()))
                    .because("there is no such file, and config.json of the base model has no id2label")
                    .remedy(
                            "labels.json: {\"rowsByLabel\": {\"LABEL\": 0}}    # every label, in the order of the outputs")
                    .asException();
        }
        return new LabelCounts(Map.of()).inOrder(named);
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
