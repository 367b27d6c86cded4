package dev.finetune4j.engine.report;

import dev.finetune4j.engine.evaluate.GateJudge;
import dev.finetune4j.engine.evaluate.MetricFigures;
import dev.finetune4j.evaluation.Comparison;
import dev.finetune4j.evaluation.EvaluationReport;
import dev.finetune4j.evaluation.Interval;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.job.MetricName;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The result in plain words.
 *
 * @param title the result in a few words
 * @param detail the figures behind it, as one sentence with a full stop
 */
public record Headline(String title, String detail) {
    /** The result of a run. */
    public static Headline of(RunReport report) {
        return report.comparison().map(Headline::ofEvaluation).orElseGet(() -> ofState(report));
    }

    /** The name of a variant within a sentence. */
    public static String shortName(Variant variant) {
        return GateJudge.shortName(variant);
    }

    /** The name of a variant by itself. */
    public static String longName(Variant variant) {
        return switch (variant) {
            case BASE_PRIOR -> "Label shares";
            case BASE_ZERO_SHOT -> "Base, zero-shot";
            case BASE_FEW_SHOT -> "Base, few-shot";
            case TUNED -> "Tuned";
        };
    }

    private static Headline ofEvaluation(EvaluationReport evaluation) {
        MetricName metric = evaluation.mainMetric();
        Interval tuned = evaluation.variant(Variant.TUNED).orElseThrow().metric(metric);
        boolean isCompared = !evaluation.comparisons().isEmpty();
        String against = evaluation.variants().stream()
                .filter(variant -> !variant.variant().isTuned())
                .map(variant -> MetricFigures.value(
                                metric, variant.metric(metric).value()) + " " + shortName(variant.variant()))
                .collect(Collectors.joining(" and "));
        String detail = "%s %s %s%s, on %s held-out %s%s."
                .formatted(
                        MetricFigures.name(metric),
                        MetricFigures.value(metric, tuned.value()),
                        MetricFigures.range(metric, tuned),
                        isCompared ? " against " + against : "",
                        Figures.count(evaluation.rows()),
                        evaluation.rows() == 1 ? "row" : "rows",
                        metric.isLowerBetter() ? "; lower is better" : "");
        return new Headline(isCompared ? title(evaluation, metric) : "The tuned model by itself", detail);
    }

    private static String title(EvaluationReport evaluation, MetricName metric) {
        String base = evaluation.variant(Variant.BASE_PRIOR).isPresent() ? "the label shares" : "the base model";
        List<Comparison> comparisons = evaluation.comparisons().stream()
                .filter(comparison -> comparison.metric().equals(metric))
                .toList();
        List<Comparison> beaten =
                comparisons.stream().filter(Comparison::isImprovement).toList();
        if (beaten.size() == comparisons.size()) {
            return "Tuned beats " + base;
        }
        List<Comparison> lost =
                comparisons.stream().filter(Comparison::isDeterioration).toList();
        if (!beaten.isEmpty()) {
            return "Tuned beats " + base + " "
                    + shortName(beaten.get(0).base()) + ", but not "
                    + comparisons.stream()
                            .filter(comparison -> !comparison.isImprovement())
                            .map(comparison -> shortName(comparison.base()))
                            .collect(Collectors.joining(", "));
        }
        return lost.isEmpty() ? "Tuned does not clearly beat " + base : "Tuned is worse than " + base;
    }

    private static Headline ofState(RunReport report) {
        String title = switch (report.state()) {
            case FAILED -> "The run failed";
            case STOPPED -> "The run was stopped";
            case SUCCEEDED -> "The run ended without a comparison";
            case PREPARED, QUEUED, STARTING, DOWNLOADING, TRAINING, EVALUATING, INTERRUPTED, UPLOADING, STOPPING ->
                "The run is " + report.state().name().toLowerCase(Locale.ROOT);
        };
        Ending ending = report.ending();
        String why = ending == null ? "" : sentence(ending) + " ";
        boolean isToldNothing = report.state() == RunState.SUCCEEDED && report.training() == null;
        return new Headline(title, (why + (isToldNothing ? "" : progress(report.training()))).strip());
    }

    private static String sentence(Ending ending) {
        if (ending.code() != null) {
            return ending.code() + ": " + ending.summary() + ".";
        }
        String reason = ending.summary().isBlank() ? "stopped" : ending.summary();
        return Character.toUpperCase(reason.charAt(0)) + reason.substring(1) + ".";
    }

    private static String progress(@Nullable TrainingHistory training) {
        if (training == null) {
            return "Training had not started.";
        }
        RunEvent.TrainingStarted plan = training.plan();
        String done = Figures.count(training.completedSteps());
        return plan == null
                ? done + (training.completedSteps() == 1 ? " step is" : " steps are") + " done."
                : "%s of %s done.".formatted(done, Figures.steps(plan.steps()) + (plan.steps() == 1 ? " is" : " are"));
    }
}
