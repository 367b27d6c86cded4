package dev.finetune4j.aws.bedrock;

import dev.finetune4j.run.RunEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The figures of steps that the service leaves in the store once a job is completed: files of lines of values with commas between, the names of
 * the columns in the first. Lines that are not understood are passed over, since the tuned model is there whatever they say.
 */
final class StepFigures {
    private StepFigures() {}

    /**
     * The steps of {@code step_wise_training_metrics.csv}, counted from 1. Figures that the service does not tell are unknown.
     *
     * @param at when the job ended; the service tells no time of a step
     */
    static List<RunEvent> steps(String csv, Instant at) {
        List<Figure> figures = figures(csv, "training_loss");
        List<RunEvent> events = new ArrayList<>();
        for (Figure figure : figures) {
            events.add(new RunEvent.StepCompleted(
                    at,
                    figure.step(),
                    figures.size(),
                    figure.epoch(),
                    figure.loss(),
                    Double.NaN,
                    Double.NaN,
                    -1,
                    Double.NaN,
                    -1));
        }
        return events;
    }

    /** The comparisons of {@code validation_metrics.csv}. */
    static List<RunEvent> validations(String csv, Instant at) {
        List<RunEvent> events = new ArrayList<>();
        double best = Double.POSITIVE_INFINITY;
        for (Figure figure : figures(csv, "validation_loss")) {
            events.add(new RunEvent.ValidationCompleted(at, figure.step(), figure.loss(), figure.loss() < best));
            best = Math.min(best, figure.loss());
        }
        return events;
    }

    private record Figure(int step, double epoch, double loss) {}

    /** Figures of the lines that have a loss. */
    private static List<Figure> figures(String csv, String lossColumn) {
        List<String> lines = csv.lines().toList();
        List<Figure> figures = new ArrayList<>();
        if (lines.isEmpty()) {
            return figures;
        }
        String[] names = lines.get(0).split(",", -1);
        for (String line : lines.subList(1, lines.size())) {
            Map<String, Double> row = row(names, line.split(",", -1));
            Double loss = row.get(lossColumn);
            if (loss != null) {
                int step = row.getOrDefault("step_number", 0.0).intValue() + 1;
                figures.add(new Figure(step, row.getOrDefault("epoch_number", Double.NaN), loss));
            }
        }
        return figures;
    }

    private static Map<String, Double> row(String[] names, String[] values) {
        Map<String, Double> row = new HashMap<>();
        for (int i = 0; i < Math.min(names.length, values.length); i++) {
            String name = names[i].strip();
            number(values[i]).ifPresent(value -> row.put(name, value));
        }
        return row;
    }

    private static Optional<Double> number(String text) {
        try {
            return Optional.of(Double.valueOf(text.strip()));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
