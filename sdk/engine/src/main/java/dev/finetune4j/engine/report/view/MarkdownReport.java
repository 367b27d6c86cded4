package dev.finetune4j.engine.report.view;

import dev.finetune4j.engine.evaluate.GateJudge;
import dev.finetune4j.engine.evaluate.MetricFigures;
import dev.finetune4j.engine.report.ChangedRow;
import dev.finetune4j.engine.report.ChangedRows;
import dev.finetune4j.engine.report.Ending;
import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.engine.report.ForeseenAndActual;
import dev.finetune4j.engine.report.Headline;
import dev.finetune4j.engine.report.Notice;
import dev.finetune4j.engine.report.RunParameters;
import dev.finetune4j.engine.report.RunReport;
import dev.finetune4j.engine.report.Series;
import dev.finetune4j.engine.report.TrainingHistory;
import dev.finetune4j.engine.report.WidthlessRanges;
import dev.finetune4j.evaluation.ClassScore;
import dev.finetune4j.evaluation.EvaluationReport;
import dev.finetune4j.evaluation.GateClause;
import dev.finetune4j.evaluation.GateVerdict;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.evaluation.VariantEvaluation;
import dev.finetune4j.job.MetricName;
import dev.finetune4j.run.RunCost;
import dev.finetune4j.run.RunEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The report in Markdown, short enough for a comment on a pull request. */
public final class MarkdownReport {
    private static final int MAX_CELL = 160;

    private MarkdownReport() {}

    /** The text. */
    public static String write(RunReport report) {
        Headline headline = Headline.of(report);
        StringBuilder text = new StringBuilder();
        text.append("# ").append(Markdown.text(headline.title())).append("\n\n");
        text.append(Markdown.text(headline.detail())).append("\n\n");
        if (report.spent() != null) {
            text.append("It cost ").append(cost(report.spent())).append(".\n\n");
        }
        if (report.ending() != null) {
            ending(text, report.ending());
        }
        report.comparison().ifPresent(evaluation -> evaluation(text, evaluation));
        if (report.training() != null) {
            training(text, report.training());
        }
        ForeseenAndActual figures = report.figures();
        if (figures != null) {
            text.append("## Foreseen and actual\n\n")
                    .append(ForeseenRows.basis(figures))
                    .append("\n\n")
                    .append(Markdown.table(ForeseenRows.HEAD, ForeseenRows.of(figures)));
        }
        notices(text, "What the run had to say", report.notices());
        notices(text, "Findings of the data check", report.findings());
        report.comparison().ifPresent(evaluation -> classes(text, evaluation));
        if (report.changedRows() != null) {
            rows(text, report.changedRows(), ExampleSection.expected(report));
        }
        parameters(text, report);
        provenance(text, report);
        return text.toString();
    }

    /** What a run cost, in words. */
    static String cost(RunCost spent) {
        return spent.words() + " of the budget of " + spent.budget();
    }

    private static void ending(StringBuilder text, Ending ending) {
        List<List<String>> rows = new ArrayList<>();
        if (ending.place() != null) {
            rows.add(List.of("Where", ending.place()));
        }
        ending.causes().forEach(cause -> rows.add(List.of("Why", cause)));
        ending.remedies().forEach(remedy -> rows.add(List.of("Try", remedy)));
        if (ending.code() != null) {
            rows.add(List.of("More", "finetune explain " + ending.code()));
        }
        if (ending.resume() != null) {
            rows.add(List.of("Go on", ending.resume() + "    # " + EndingBox.from(ending)));
        }
        if (!rows.isEmpty()) {
            text.append("## What to do\n\n").append(Markdown.table(List.of("What", "How"), rows));
        }
    }

    private static void evaluation(StringBuilder text, EvaluationReport evaluation) {
        if (!evaluation.gate().clauses().isEmpty()) {
            gate(text, evaluation.gate());
        }
        text.append(evaluation.comparisons().isEmpty() ? "## How good is it?\n\n" : "## Does it pay?\n\n");
        List<MetricName> metrics =
                List.copyOf(evaluation.variants().get(0).metrics().keySet());
        List<String> head = new ArrayList<>(List.of("Model"));
        metrics.forEach(metric -> head.add(MetricFigures.name(metric)));
        List<List<String>> rows = new ArrayList<>();
        for (VariantEvaluation variant : evaluation.variants()) {
            List<String> row = new ArrayList<>(List.of(Headline.longName(variant.variant())));
            metrics.forEach(metric -> row.add(MetricFigures.full(metric, variant.metric(metric))));
            rows.add(row);
        }
        text.append(Markdown.table(head, rows));
        text.append("95 % intervals from ")
                .append(Figures.count(evaluation.bootstrapSamples()))
                .append(" resamples of ")
                .append(Figures.rows(evaluation.rows()))
                .append('.')
                .append(Markdown.text(WidthlessRanges.caveat(evaluation)).replaceFirst("^(?=.)", " "))
                .append(evaluation.bleuSignature() == null ? "" : " BLEU: `" + evaluation.bleuSignature() + "`.")
                .append("\n\n");
    }

    private static void gate(StringBuilder text, GateVerdict gate) {
        text.append(gate.passed() ? "**✓ Gate passed**\n" : "**✗ Gate failed**\n");
        for (GateClause clause : gate.clauses()) {
            text.append("- ")
                    .append(clause.passed() ? "met: " : "not met: ")
                    .append(Markdown.text(GateJudge.reason(clause)))
                    .append('\n');
        }
        text.append('\n');
    }

    private static void training(StringBuilder text, TrainingHistory training) {
        List<List<String>> rows = new ArrayList<>();
        RunEvent.TrainingStarted plan = training.plan();
        rows.add(List.of(
                "Steps",
                Figures.count(training.completedSteps()) + (plan == null ? "" : " of " + Figures.count(plan.steps()))));
        if (training.bestValidation() != null) {
            rows.add(List.of(
                    "Best validation loss",
                    String.format(
                            Locale.ROOT,
                            "%.3f after step %d",
                            training.bestValidation().value(),
                            training.bestValidation().step())));
        }
        losses(training).ifPresent(words -> rows.add(List.of("Smoothed loss", words)));
        if (training.tokensPerSecond() > 0) {
            rows.add(List.of("Tokens per second", Figures.large(training.tokensPerSecond())));
        }
        if (training.peakResidentBytes() > 0) {
            rows.add(List.of("Peak memory", Figures.bytes(training.peakResidentBytes())));
        }
        if (training.peakGpuBytes() > 0) {
            rows.add(List.of("Peak GPU memory", Figures.bytes(training.peakGpuBytes())));
        }
        if (plan != null) {
            rows.add(List.of(
                    "Trained parameters",
                    Figures.large(plan.trainableParameters()) + " of " + Figures.large(plan.parameters())));
        }
        text.append("## Training\n\n").append(Markdown.table(List.of("What", "Figure"), rows));
    }

    private static Optional<String> losses(TrainingHistory training) {
        List<Series.Point> points = training.smoothedLoss().points();
        return points.isEmpty()
                ? Optional.empty()
                : Optional.of(String.format(
                                Locale.ROOT,
                                "%.3f, then %.3f",
                                points.get(0).value(),
                                points.get(points.size() - 1).value())
                        + lastStep(training));
    }

    /** The figure that the terminal ends with; not known of a curve that is thinned to means. */
    private static String lastStep(TrainingHistory training) {
        List<Series.Point> losses = training.loss().points();
        boolean isWhole = !losses.isEmpty() && losses.size() == training.completedSteps();
        return isWhole
                ? String.format(
                        Locale.ROOT,
                        "; the last step alone %.3f",
                        losses.get(losses.size() - 1).value())
                : "";
    }

    private static void notices(StringBuilder text, String title, List<Notice> notices) {
        if (notices.isEmpty()) {
            return;
        }
        List<List<String>> rows = notices.stream()
                .map(notice -> List.of(
                        notice.code(),
                        notice.severity().name().toLowerCase(Locale.ROOT),
                        Figures.count(notice.count()),
                        DataSection.words(notice) + (notice.remedy() == null ? "" : "; try: " + notice.remedy())))
                .toList();
        text.append("## ")
                .append(title)
                .append("\n\n")
                .append(Markdown.table(List.of("Code", "Weight", "Count", "Finding"), rows));
    }

    private static void classes(StringBuilder text, EvaluationReport evaluation) {
        VariantEvaluation tuned = evaluation.variant(Variant.TUNED).orElseThrow();
        if (tuned.classes().isEmpty()) {
            return;
        }
        List<List<String>> rows = new ArrayList<>();
        for (int label = 0; label < tuned.classes().size(); label++) {
            ClassScore score = tuned.classes().get(label);
            rows.add(List.of(
                    score.label(),
                    Figures.count(score.support()),
                    ClassSection.precision(tuned, label),
                    ClassSection.recall(tuned, label),
                    ClassSection.f1(tuned, label)));
        }
        String unheld = ClassSection.unheld(tuned);
        text.append("## Label by label\n\n")
                .append(unheld.isEmpty() ? "" : unheld + ".\n\n")
                .append(Markdown.table(List.of("Label", "Rows", "Precision", "Recall", "F1"), rows));
    }

    private static void rows(StringBuilder text, ChangedRows changed, String expected) {
        List<List<String>> rows = new ArrayList<>();
        for (ChangedRow row : changed.sample()) {
            rows.add(List.of(
                    ExampleSection.effect(row, changed.metric()),
                    shortened(row.prompt()),
                    shortened(row.reference()),
                    shortened(row.baseAnswer() == null ? "" : row.baseAnswer()),
                    shortened(row.tunedAnswer() == null ? "" : row.tunedAnswer())));
        }
        text.append("## Rows that tuning changed\n\n")
                .append("%s better, %s worse, %s as they were."
                        .formatted(
                                Figures.count(changed.fixed()),
                                Figures.count(changed.broken()),
                                Figures.count(changed.unchanged())))
                .append(rows.isEmpty() ? "" : " Drawn by lot:")
                .append("\n\n");
        if (!rows.isEmpty()) {
            text.append(Markdown.table(List.of("Effect", "Row", expected, "Base", "Tuned"), rows));
        }
    }

    private static void parameters(StringBuilder text, RunReport report) {
        List<List<String>> rows = new ArrayList<>();
        RunParameters.thatWereSet(report)
                .forEach((key, value) -> rows.add(List.of(key, shortened(value), RunParameters.origin(report, key))));
        String precedence = RunParameters.precedence(report);
        text.append("## Parameters that were set\n\n")
                .append(precedence.isEmpty() ? "" : Markdown.text(precedence) + "\n\n")
                .append(Markdown.table(List.of("Parameter", "Value", "From"), rows));
    }

    private static void provenance(StringBuilder text, RunReport report) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("Run", report.run().toString()));
        rows.add(List.of("Place", report.provenance().provider().toString()));
        if (report.provenance().host() != null) {
            rows.add(List.of("Device", report.provenance().host().device()));
        }
        if (report.training() != null && report.training().plan() != null) {
            rows.add(List.of(
                    "Computed with",
                    ProvenanceSection.computedWith(report.training().plan())));
        }
        String answersIn = report.provenance().answersIn();
        if (answersIn != null) {
            rows.add(List.of("Answers in", answersIn));
        }
        rows.add(List.of("Seeds", ProvenanceSection.seeds(report.job())));
        report.provenance().versions().forEach((name, version) -> rows.add(List.of(name, version)));
        report.provenance().digests().forEach((name, digest) -> rows.add(List.of("SHA-256 of " + name, digest)));
        text.append("## Where it came from\n\n").append(Markdown.table(List.of("What", "Value"), rows));
    }

    private static String shortened(String text) {
        String line = text.replaceAll("\\s+", " ");
        return line.length() <= MAX_CELL ? line : line.substring(0, MAX_CELL) + "…";
    }
}
