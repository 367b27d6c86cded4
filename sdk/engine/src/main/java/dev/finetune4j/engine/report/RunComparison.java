package dev.finetune4j.engine.report;

import dev.finetune4j.data.Part;
import dev.finetune4j.evaluation.Interval;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.evaluation.VariantEvaluation;
import dev.finetune4j.job.MetricName;
import dev.finetune4j.plan.Foreseen;
import dev.finetune4j.run.RunState;
import dev.finetune4j.value.Money;
import dev.finetune4j.value.RunId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Currency;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Several runs side by side: what differs in what was asked, and what came of it.
 *
 * @param runs the runs, in the order asked for
 * @param sameRows whether all runs were given the same rows; if not, their metrics do not compare
 * @param parameters the parameters that differ
 * @param metrics each metric of the tuned models
 * @param figures time, memory, speed, loss and cost, and what of these was foreseen
 */
public record RunComparison(
        List<Run> runs, boolean sameRows, List<Parameter> parameters, List<Metric> metrics, List<Figure> figures) {
    /** Units of what a machine does a little otherwise each time. */
    private static final Set<String> MEASURED = Set.of("s", "tokens/s", "bytes");

    private static final double NOISE = 0.05;

    /** Copies the lists. */
    public RunComparison {
        runs = List.copyOf(runs);
        parameters = List.copyOf(parameters);
        metrics = List.copyOf(metrics);
        figures = List.copyOf(figures);
    }

    /**
     * One of the runs.
     *
     * @param id its id
     * @param state where it stands
     */
    public record Run(RunId id, RunState state) {}

    /**
     * A parameter that differs.
     *
     * @param key its dotted key in the job file
     * @param valueByRun its value by run id; a run without it is left out
     */
    public record Parameter(String key, Map<String, String> valueByRun) {
        /** Copies the map in its order. */
        public Parameter {
            valueByRun = Collections.unmodifiableMap(new LinkedHashMap<>(valueByRun));
        }
    }

    /**
     * A metric of the tuned models.
     *
     * @param metric which
     * @param intervalByRun its value by run id; a run without it is left out
     * @param best ids of the runs with the best value; empty with fewer than two values, of different rows, and where it is counted by the token
     *     of different models
     */
    public record Metric(MetricName metric, Map<String, Interval> intervalByRun, List<String> best) {
        /** Copies the collections in their order. */
        public Metric {
            intervalByRun = Collections.unmodifiableMap(new LinkedHashMap<>(intervalByRun));
            best = List.copyOf(best);
        }

        private Metric withoutBest() {
            return new Metric(metric, intervalByRun, List.of());
        }
    }

    /**
     * Something else that was measured.
     *
     * @param name what
     * @param unit of the values: {@code nats}, {@code tokens/s}, {@code bytes}, {@code s}, {@code rows} or a currency by its ISO 4217 code
     * @param valueByRun the figure by run id; a run without it is left out
     * @param best ids of the runs with the best value; empty with fewer than two values, of different rows, where it is counted by the token of
     *     different models, and of time, speed and memory where all are within 5 % of the best: the same job twice differs by as much
     */
    public record Figure(String name, String unit, Map<String, Double> valueByRun, List<String> best) {
        /** Copies the collections in their order. */
        public Figure {
            valueByRun = Collections.unmodifiableMap(new LinkedHashMap<>(valueByRun));
            best = List.copyOf(best);
        }

        private Figure withoutBest() {
            return new Figure(name, unit, valueByRun, List.of());
        }
    }

    /** Compares runs by their reports; at least two, each another run. */
    public static RunComparison of(List<RunReport> reports) {
        if (reports.stream().map(RunReport::run).distinct().count() != reports.size() || reports.size() < 2) {
            throw new IllegalArgumentException("reports must be of two or more different runs, were of "
                    + reports.stream().map(RunReport::run).toList());
        }
        boolean sameRows =
                reports.stream().map(RunComparison::dataDigest).distinct().count() == 1;
        List<Metric> metrics = metrics(reports);
        List<Figure> figures = figures(reports);
        if (!sameRows) {
            figures.addAll(rows(reports));
        }
        return new RunComparison(
                reports.stream()
                        .map(report -> new Run(report.run(), report.state()))
                        .toList(),
                sameRows,
                parameters(reports),
                sameRows ? metrics : metrics.stream().map(Metric::withoutBest).toList(),
                sameRows ? figures : figures.stream().map(Figure::withoutBest).toList());
    }

    /** How many rows each run had: what a job file says of them is a wish, or the most. */
    private static List<Figure> rows(List<RunReport> reports) {
        return Stream.of(Part.values())
                .map(part -> figure(
                        part.name().toLowerCase(Locale.ROOT) + " rows",
                        "rows",
                        reports,
                        false,
                        report -> Optional.ofNullable(report.data())
                                .flatMap(data ->
                                        Optional.ofNullable(data.rowsByPart().get(part)))
                                .map(Long::doubleValue)))
                .filter(figure -> !figure.valueByRun().isEmpty())
                .toList();
    }

    private static List<Figure> figures(List<RunReport> reports) {
        Figure loss = figure(
                "best validation loss",
                "nats",
                reports,
                true,
                report -> training(report)
                        .flatMap(training -> Optional.ofNullable(training.bestValidation()))
                        .map(Series.Point::value));
        List<Figure> figures = new ArrayList<>(List.of(
                isOfOneModel(reports) ? loss : loss.withoutBest(),
                figure("total time", "s", reports, true, RunComparison::seconds)));
        // What was foreseen is of the job at its place: neither of a comparison at home nor of a machine that is kept.
        told(
                        "time at its place",
                        "s",
                        reports,
                        known -> Optional.of(known.took().toMillis() / 1000.0))
                .ifPresent(figures::add);
        foreseen(
                        "time foreseen",
                        "s",
                        reports,
                        foreseen -> Optional.of(foreseen.time().likely().toMillis() / 1000.0))
                .ifPresent(figures::add);
        figures.addAll(List.of(
                figure(
                        "throughput",
                        "tokens/s",
                        reports,
                        false,
                        report -> training(report)
                                .map(TrainingHistory::tokensPerSecond)
                                .filter(RunComparison::isTold)),
                figure(
                        "peak memory",
                        "bytes",
                        reports,
                        true,
                        report -> training(report)
                                .map(training -> (double) training.peakResidentBytes())
                                .filter(RunComparison::isTold))));
        currencies(reports).forEach(currency -> {
            String code = currency.getCurrencyCode();
            Figure cost = figure("cost", code, reports, true, report -> cost(report, currency));
            if (!cost.valueByRun().isEmpty()) {
                figures.add(cost);
            }
            told("cost of the job", code, reports, known -> amount(known.spent(), currency))
                    .filter(RunComparison::isPaid)
                    .ifPresent(figures::add);
            foreseen("cost foreseen", code, reports, foreseen -> cost(foreseen, currency))
                    .filter(RunComparison::isPaid)
                    .ifPresent(figures::add);
        });
        return figures;
    }

    /** What nobody pays for, as on the own machine, needs no line. */
    private static boolean isPaid(Figure cost) {
        return cost.valueByRun().values().stream().anyMatch(value -> value > 0);
    }

    private static Stream<Currency> currencies(List<RunReport> reports) {
        return reports.stream()
                .flatMap(report -> Stream.concat(
                        Optional.ofNullable(report.spent())
                                .map(spent -> spent.spent().currency())
                                .stream(),
                        foreseen(report)
                                .flatMap(foreseen -> Optional.ofNullable(foreseen.cost()))
                                .map(cost -> cost.likely().currency())
                                .stream()))
                .distinct();
    }

    private static Optional<Foreseen> foreseen(RunReport report) {
        return Optional.ofNullable(report.figures()).map(ForeseenAndActual::foreseen);
    }

    /** What was foreseen of each run; empty where it was of none. No guess is the best. */
    private static Optional<Figure> foreseen(
            String name, String unit, List<RunReport> reports, Function<Foreseen, Optional<Double>> value) {
        return told(name, unit, reports, figures -> value.apply(figures.foreseen()))
                .map(Figure::withoutBest);
    }

    /** What is known of each run of which something was foreseen; empty where it was of none. */
    private static Optional<Figure> told(
            String name, String unit, List<RunReport> reports, Function<ForeseenAndActual, Optional<Double>> value) {
        Figure figure = figure(
                name,
                unit,
                reports,
                true,
                report -> Optional.ofNullable(report.figures()).flatMap(value));
        return figure.valueByRun().isEmpty() ? Optional.empty() : Optional.of(figure);
    }

    private static Optional<Double> cost(Foreseen foreseen, Currency currency) {
        return Optional.ofNullable(foreseen.cost()).flatMap(cost -> amount(cost.likely(), currency));
    }

    private static Optional<Double> cost(RunReport report, Currency currency) {
        return Optional.ofNullable(report.spent()).flatMap(spent -> amount(spent.spent(), currency));
    }

    private static Optional<Double> amount(@Nullable Money money, Currency currency) {
        return Optional.ofNullable(money)
                .filter(told -> told.currency().equals(currency))
                .map(told -> told.amount().doubleValue());
    }

    /** Models cut text into other tokens each: what is counted by the token does not compare. */
    private static boolean isOfOneModel(List<RunReport> reports) {
        return reports.stream().map(RunComparison::model).distinct().count() == 1;
    }

    /** A service tunes the model that its settings name, under its own name. */
    private static String model(RunReport report) {
        return report.modelOfPlace().orElse(report.job().model().toString());
    }

    /** A place that does not tell a figure has none to be best in. */
    private static boolean isTold(double figure) {
        return figure > 0;
    }

    private static List<Parameter> parameters(List<RunReport> reports) {
        Map<String, Map<String, String>> parametersByRun = new LinkedHashMap<>();
        reports.forEach(report -> parametersByRun.put(report.run().value(), RunParameters.of(report.job())));
        Set<String> keys = new LinkedHashSet<>();
        parametersByRun.values().forEach(parameters -> keys.addAll(parameters.keySet()));
        List<Parameter> differing = new ArrayList<>();
        for (String key : keys) {
            Map<String, String> valueByRun = new LinkedHashMap<>();
            parametersByRun.forEach((run, parameters) -> {
                String value = parameters.get(key);
                if (value != null && !RunParameters.isEmpty(value)) {
                    valueByRun.put(run, value);
                }
            });
            boolean same = valueByRun.isEmpty()
                    || (valueByRun.size() == reports.size()
                            && Set.copyOf(valueByRun.values()).size() == 1);
            if (!same) {
                differing.add(new Parameter(key, valueByRun));
            }
        }
        return differing;
    }

    private static List<Metric> metrics(List<RunReport> reports) {
        Map<MetricName, Map<String, Interval>> intervals = new LinkedHashMap<>();
        for (RunReport report : reports) {
            Optional<VariantEvaluation> tuned =
                    report.comparison().flatMap(evaluation -> evaluation.variant(Variant.TUNED));
            tuned.ifPresent(variant -> variant.metrics()
                    .forEach((metric, interval) -> intervals
                            .computeIfAbsent(metric, unseen -> new LinkedHashMap<>())
                            .put(report.run().value(), interval)));
        }
        boolean isOfOneModel = isOfOneModel(reports);
        List<Metric> metrics = new ArrayList<>();
        intervals.forEach((metric, intervalByRun) -> {
            Map<String, Double> values = new LinkedHashMap<>();
            intervalByRun.forEach((run, interval) -> values.put(run, interval.value()));
            boolean isComparable = isOfOneModel || !metric.equals(MetricName.PERPLEXITY);
            metrics.add(
                    new Metric(metric, intervalByRun, isComparable ? best(values, metric.isLowerBetter()) : List.of()));
        });
        return metrics;
    }

    private static Figure figure(
            String name,
            String unit,
            List<RunReport> reports,
            boolean lowerIsBetter,
            Function<RunReport, Optional<Double>> value) {
        Map<String, Double> valueByRun = new LinkedHashMap<>();
        reports.forEach(report -> value.apply(report)
                .ifPresent(present -> valueByRun.put(report.run().value(), present)));
        boolean isMeasured = MEASURED.contains(unit);
        return new Figure(
                name,
                unit,
                valueByRun,
                isMeasured && isEven(valueByRun.values()) ? List.of() : best(valueByRun, lowerIsBetter));
    }

    private static boolean isEven(Collection<Double> values) {
        return values.isEmpty() || Collections.max(values) <= Collections.min(values) * (1 + NOISE);
    }

    private static List<String> best(Map<String, Double> valueByRun, boolean lowerIsBetter) {
        TreeSet<Double> sorted = new TreeSet<>(valueByRun.values());
        if (sorted.size() < 2) {
            return List.of();
        }
        double best = lowerIsBetter ? sorted.first() : sorted.last();
        return valueByRun.entrySet().stream()
                .filter(entry -> entry.getValue() == best)
                .map(Map.Entry::getKey)
                .collect(Collectors.toList());
    }

    private static Optional<TrainingHistory> training(RunReport report) {
        return Optional.ofNullable(report.training());
    }

    private static Optional<Double> seconds(RunReport report) {
        if (report.startedAt() == null || report.endedAt() == null) {
            return Optional.empty();
        }
        return Optional.of(
                Duration.between(report.startedAt(), report.endedAt()).toMillis() / 1000.0);
    }

    private static String dataDigest(RunReport report) {
        return report.data() == null ? "" : report.data().digest();
    }
}
