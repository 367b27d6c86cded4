package dev.finetune4j.cli.view;

import dev.finetune4j.engine.evaluate.MetricFigures;
import dev.finetune4j.engine.report.WidthlessRanges;
import dev.finetune4j.evaluation.Comparison;
import dev.finetune4j.evaluation.EvaluationReport;
import dev.finetune4j.evaluation.GateClause;
import dev.finetune4j.evaluation.Interval;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.evaluation.VariantEvaluation;
import dev.finetune4j.job.MetricName;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Prints whether tuning paid. */
public final class EvaluationView {
    /** Of {@code passed} and {@code failed}, and the gap behind. */
    private static final int VERDICT_WIDTH = 8;

    private final Screen screen;
    private final String rows;

    /**
     * Prints results to {@code screen}.
     *
     * @param rows what was answered, such as "held-out rows"
     */
    public EvaluationView(Screen screen, String rows) {
        this.screen = screen;
        this.rows = rows;
    }

    /** Prints the metrics of each model, the differences, and the gate clause by clause. */
    public void print(EvaluationReport report) {
        Set<MetricName> metrics = report.variants().get(0).metrics().keySet();
        Table table = new Table().text("MODEL");
        metrics.forEach(metric -> table.number(metric.toString().toUpperCase(java.util.Locale.ROOT)));
        for (VariantEvaluation variant : report.variants()) {
            List<String> cells = new ArrayList<>(List.of(RunProgress.words(variant.variant())));
            metrics.forEach(metric -> cells.add(interval(metric, variant.metric(metric))));
            table.row(cells.toArray(String[]::new));
        }
        table.print(screen);
        String brackets = report.rows() + " " + rows + "; in brackets the 95 % interval of the bootstrap"
                + WidthlessRanges.caveat(report).replaceFirst("^(?=.)", ".");
        screen.line(screen.paint(Tone.FAINT, Wrap.hanging(brackets, screen.columns(), 0)));
        for (Comparison comparison : report.comparisons()) {
            if (comparison.metric().equals(report.mainMetric())) {
                screen.line("tuned - " + RunProgress.words(comparison.base()) + ": "
                        + MetricFigures.name(comparison.metric()) + " "
                        + MetricFigures.difference(
                                comparison.metric(), comparison.difference().value()) + " "
                        + MetricFigures.differenceRange(comparison.metric(), comparison.difference()) + ", "
                        + MetricFigures.pValue(comparison.test().pValue()));
            }
        }
        gate(report);
    }

    private void gate(EvaluationReport report) {
        for (GateClause clause : report.gate().clauses()) {
            screen.line(verdict(clause.passed()) + "  " + broken(words(clause)));
        }
    }

    /** On one line where it fits, else before what it is compared with. */
    private String broken(String words) {
        boolean fits = VERDICT_WIDTH + words.length() <= screen.columns();
        return fits
                ? words
                : words.replaceFirst(
                        " (beats|does not clearly beat|against) ", "\n" + " ".repeat(VERDICT_WIDTH) + "$1 ");
    }

    private String verdict(boolean passed) {
        return passed ? screen.paint(Tone.GOOD, "passed") : screen.paint(Tone.BAD, "failed");
    }

    private static String words(GateClause clause) {
        if (clause instanceof GateClause.AtLeast atLeast) {
            return "gate: tuned " + MetricFigures.name(atLeast.metric()) + " "
                    + MetricFigures.value(atLeast.metric(), atLeast.tuned().value())
                    + (atLeast.metric().isLowerBetter() ? " against at most " : " against at least ")
                    + MetricFigures.value(atLeast.metric(), atLeast.threshold());
        }
        GateClause.BetterThanBase better = (GateClause.BetterThanBase) clause;
        return "gate: tuned " + MetricFigures.name(better.metric()) + " " + interval(better.metric(), better.tuned())
                + (better.passed() ? " beats " : " does not clearly beat ")
                + RunProgress.words(better.base()) + " " + interval(better.metric(), better.baseline());
    }

    /** The name of a variant in words. */
    public static String words(Variant variant) {
        return RunProgress.words(variant);
    }

    private static String interval(MetricName metric, Interval interval) {
        return MetricFigures.full(metric, interval);
    }
}
