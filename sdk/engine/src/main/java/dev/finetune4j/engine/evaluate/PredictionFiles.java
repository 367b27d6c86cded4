package dev.finetune4j.engine.evaluate;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.evaluation.Prediction;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.WorkOrder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads the predictions that a worker left in its output folder. */
public final class PredictionFiles {
    private PredictionFiles() {}

    /** Where the worker leaves what a variant answers, from its output folder on. */
    static String path(Variant variant) {
        return WorkOrder.PREDICTIONS_FOLDER + "/" + variant.fileName();
    }

    /**
     * Reads one file a variant.
     *
     * @param output the worker's output folder
     * @param variants which models were asked
     * @throws FineTuneException with FT0701 for each file that is missing or damaged
     */
    public static Map<Variant, List<Prediction>> read(Path output, Set<Variant> variants) {
        Map<Variant, List<Prediction>> predictions = new EnumMap<>(Variant.class);
        List<Problem> problems = new ArrayList<>();
        for (Variant variant : variants) {
            Path file = output.resolve(path(variant));
            try {
                predictions.put(variant, readFile(file));
            } catch (FineTuneException e) {
                problems.addAll(e.problems());
            }
        }
        if (!problems.isEmpty()) {
            throw new FineTuneException(problems, null);
        }
        return predictions;
    }

    private static List<Prediction> readFile(Path file) {
        List<Prediction> predictions = new ArrayList<>();
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                predictions.add(Json.read(line, Prediction.class));
            }
            return predictions;
        } catch (IOException e) {
            throw EvaluationProblems.UNREADABLE_PREDICTIONS
                    .error("predictions cannot be read: " + file.getFileName())
                    .at(Location.of(file.toString()))
                    .because(Files.exists(file) ? "the file cannot be read as UTF-8 text" : "there is no such file")
                    .asException(e);
        } catch (UncheckedIOException | IllegalArgumentException e) {
            long line = predictions.size() + 1L;
            throw EvaluationProblems.UNREADABLE_PREDICTIONS
                    .error("line " + line + " of " + file.getFileName() + " is not a prediction")
                    .at(new Location.InFile(file.toString(), line, 0, null))
                    .because("it is cut short or not JSON; " + predictions.size() + " lines before it were read")
                    .asException(e);
        }
    }
}
