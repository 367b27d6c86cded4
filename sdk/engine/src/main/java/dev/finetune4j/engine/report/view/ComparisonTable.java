package dev.finetune4j.engine.report.view;

import dev.finetune4j.engine.evaluate.MetricFigures;
import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.engine.report.RunComparison;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * A comparison laid out as rows of words, one column a run. Runs are called A, B, C: their ids are too long for the heads of
 * columns.
 *
 * @param runs each run's letter and id
 * @param notes what holds of all of it, each a sentence
 * @param groups the rows by heading
 */
record ComparisonTable(List<NamedRun> runs, List<String> notes, List<Group> groups) {
    /** Heading of the settings: their values are as long as whoever wrote them likes. */
    static final String PARAMETERS = "Parameters that differ";

    private static final int LETTERS = 26;

    /** A run and its letter. */
    record NamedRun(String letter, String id, String state) {}

    /** Rows under one heading. */
    record Group(String heading, List<Row> rows) {}

    /** One row: what, and a cell for each run. */
    record Row(String name, List<Cell> cells) {}

    /** One value; empty where the run has none. */
    record Cell(String text, boolean isBest) {}

    static ComparisonTable of(RunComparison comparison) {
        List<NamedRun> runs = new ArrayList<>();
        for (RunComparison.Run run : comparison.runs()) {
            runs.add(new NamedRun(
                    letter(runs.size()), run.id().value(), run.state().name().toLowerCase(Locale.ROOT)));
        }
        List<Group> groups = new ArrayList<>();
        groups.add(new Group(
                "Tuned model",
                comparison.metrics().stream()
                        .map(metric -> row(
                                MetricFigures.name(metric.metric()),
                                runs,
                                run -> metric.intervalByRun().containsKey(run)
                                        ? MetricFigures.full(
                                                metric.metric(),
                                                metric.intervalByRun().get(run))
                                        : "",
                                metric.best()))
                        .toList()));
        groups.add(new Group(
                "Training",
                comparison.figures().stream()
                        .map(figure -> row(
                                figure.name(),
                                runs,
                                run -> figure.valueByRun().containsKey(run)
                                        ? figure(
                                                figure.unit(),
                                                figure.valueByRun().get(run))
                                        : "",
                                figure.best()))
                        .toList()));
        groups.add(new Group(
                PARAMETERS,
                comparison.parameters().stream()
                        .map(parameter -> row(
                                parameter.key(),
                                runs,
                                run -> parameter.valueByRun().getOrDefault(run, ""),
                                List.of()))
                        .toList()));
        return new ComparisonTable(
                List.copyOf(runs),
                notes(comparison),
                groups.stream().filter(group -> !group.rows().isEmpty()).toList());
    }

    private static List<String> notes(RunComparison comparison) {
        List<String> notes = new ArrayList<>();
        notes.add(
                comparison.sameRows()
                        ? "All were given the same rows."
                        : "They were given different rows, so their figures do not compare.");
        if (comparison.parameters().isEmpty()) {
            notes.add("No setting differs.");
        }
        return notes;
    }

    /** Whether a value is marked as the best of its row. */
    boolean hasBest() {
        return groups.stream()
                .flatMap(group -> group.rows().stream())
                .flatMap(row -> row.cells().stream())
                .anyMatch(Cell::isBest);
    }

    private static Row row(String name, List<NamedRun> runs, Function<String, String> value, List<String> best) {
        return new Row(
                name,
                runs.stream()
                        .map(run -> new Cell(value.apply(run.id()), best.contains(run.id())))
                        .toList());
    }

    private static String figure(String unit, double value) {
        return switch (unit) {
            case "rows" -> Figures.count(Math.round(value));
            case "bytes" -> Figures.bytes(Math.round(value));
            case "s" -> Figures.duration(Duration.ofMillis(Math.round(value * 1000)));
            case "tokens/s" -> Figures.large(value) + " tokens/s";
            case "nats" -> String.format(Locale.ROOT, "%.3f %s", value, unit);
            default -> String.format(Locale.ROOT, "%.4f %s", value, unit);
        };
    }

    /** A to Z, then AA to AZ and so on. */
    private static String letter(int index) {
        String last = String.valueOf((char) ('A' + index % LETTERS));
        return index < LETTERS ? last : letter(index / LETTERS - 1) + last;
    }
}
