package dev.finetune4j.azure.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.run.RunEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The figures of a job that has succeeded: a file of lines of values with commas between, the names of the columns in the first, of which many
 * are empty. Lines that are not understood are passed over, since the tuned model is there whatever they say.
 */
final class ResultFigures {
    private static final String STEP = "step";
    private static final List<String> VALIDATION = List.of("full_valid_loss", "valid_loss");

    private ResultFigures() {}

    /** @param loss NaN where there is none */
    private record Figure(int step, double loss, double validation, boolean isFull) {}

    /**
     * Steps and comparisons.
     *
     * @param csv the result file
     * @param checkpoints states of the model that were kept, with figures; for comparisons that the file does not have
     * @param at when the job ended; the file tells no time of a step
     */
    static List<RunEvent> events(String csv, List<JsonNode> checkpoints, Instant at) {
        List<Figure> figures = figures(csv);
        boolean hasFull = figures.stream().anyMatch(Figure::isFull);
        int steps = figures.isEmpty() ? 0 : figures.get(figures.size() - 1).step();
        List<RunEvent> events = new ArrayList<>();
        List<RunEvent> compared = new ArrayList<>();
        double best = Double.POSITIVE_INFINITY;
        for (Figure figure : figures) {
            if (!Double.isNaN(figure.loss())) {
                events.add(new RunEvent.StepCompleted(
                        at,
                        figure.step(),
                        steps,
                        Double.NaN,
                        figure.loss(),
                        Double.NaN,
                        Double.NaN,
                        -1,
                        Double.NaN,
                        -1));
            }
            if (!Double.isNaN(figure.validation()) && figure.isFull() == hasFull) {
                compared.add(compared(at, figure.step(), figure.validation(), best));
                best = Math.min(best, figure.validation());
            }
        }
        events.addAll(compared.isEmpty() ? ofCheckpoints(checkpoints, at) : compared);
        return events;
    }

    private static RunEvent compared(Instant at, int step, double loss, double best) {
        return new RunEvent.ValidationCompleted(at, step, loss, loss < best);
    }

    private static List<RunEvent> ofCheckpoints(List<JsonNode> checkpoints, Instant at) {
        List<RunEvent> events = new ArrayList<>();
        double best = Double.POSITIVE_INFINITY;
        List<JsonNode> inOrder = checkpoints.stream()
                .sorted(Comparator.comparing(one -> one.path("step_number").asInt()))
                .toList();
        for (JsonNode one : inOrder) {
            Optional<Double> loss = VALIDATION.stream()
                    .map(one.path("metrics")::path)
                    .filter(JsonNode::isNumber)
                    .map(JsonNode::asDouble)
                    .findFirst();
            if (loss.isPresent()) {
                events.add(compared(at, one.path("step_number").asInt(), loss.get(), best));
                best = Math.min(best, loss.get());
            }
        }
        return events;
    }

    /** One figure for a step, in order. */
    private static List<Figure> figures(String csv) {
        List<String> lines = csv.lines().toList();
        List<Figure> figures = new ArrayList<>();
        if (lines.isEmpty()) {
            return figures;
        }
        String[] names = lines.get(0).replace("\ufeff", "").split(",", -1);
        for (String line : lines.subList(1, lines.size())) {
            Map<String, Double> row = row(names, line.split(",", -1));
            int step = row.getOrDefault(STEP, 0.0).intValue();
            int last = figures.isEmpty() ? 0 : figures.get(figures.size() - 1).step();
            if (step > last) {
                boolean isFull = row.containsKey(VALIDATION.get(0));
                figures.add(new Figure(
                        step,
                        row.getOrDefault("train_loss", Double.NaN),
                        row.getOrDefault(VALIDATION.get(isFull ? 0 : 1), Double.NaN),
                        isFull));
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
            double number = Double.parseDouble(text.strip());
            return Double.isFinite(number) && number >= 0
                    ? Optional.of(number)
                    : Optional.empty(); // -1 stands for none
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
