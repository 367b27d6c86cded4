package dev.finetune4j.engine.report.view;

import dev.finetune4j.engine.evaluate.GateJudge;
import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.engine.report.ForeseenAndActual;
import dev.finetune4j.engine.report.Headline;
import dev.finetune4j.engine.report.RunParameters;
import dev.finetune4j.engine.report.RunReport;
import dev.finetune4j.engine.report.TrainingHistory;
import dev.finetune4j.evaluation.EvaluationReport;
import dev.finetune4j.evaluation.GateVerdict;
import dev.finetune4j.plan.ByteRange;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The first screen: the result in one sentence, the gate, and the figures that a reader asks for next. */
final class ResultSection {
    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("d MMMM yyyy, HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private ResultSection() {}

    static Html of(RunReport report) {
        Headline headline = Headline.of(report);
        return Html.of(
                """
                <header class="result {}"><p class="eyebrow"><b>{}</b><span>{}</span><span>{}</span></p>
                <h1>{}</h1><p class="sentence">{}</p>
                {}{}<dl class="tiles">{}</dl></header>
                """,
                tone(report),
                report.job().name(),
                report.job().task().kind().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                DAY.format(report.startedAt() == null ? report.provenance().writtenAt() : report.startedAt()),
                headline.title(),
                headline.detail(),
                EndingBox.of(report.ending()),
                verdict(report).map(ResultSection::gate).orElse(Html.NONE),
                Html.join(tiles(report)));
    }

    private static String tone(RunReport report) {
        return verdict(report)
                .map(gate -> gate.passed() ? "good" : "bad")
                .orElse(report.state() == RunState.FAILED ? "bad" : "plain");
    }

    /** Empty where the job demands nothing of the result. */
    private static Optional<GateVerdict> verdict(RunReport report) {
        return report.comparison()
                .map(EvaluationReport::gate)
                .filter(gate -> !gate.clauses().isEmpty());
    }

    private static Html gate(GateVerdict gate) {
        return Html.of(
                "<div class=\"gate\"><p><span class=\"badge\">{}</span></p><ul>{}</ul></div>",
                gate.passed() ? "✓ Gate passed" : "✗ Gate failed",
                Html.join(gate.clauses().stream()
                        .map(clause -> Html.of(
                                "<li class=\"{}\"><span>{}</span> {}</li>",
                                clause.passed() ? "met" : "unmet",
                                clause.passed() ? "met" : "not met",
                                GateJudge.reason(clause)))));
    }

    private static List<Html> tiles(RunReport report) {
        List<Html> tiles = new ArrayList<>();
        if (report.startedAt() != null && report.endedAt() != null) {
            Duration total = Duration.between(report.startedAt(), report.endedAt());
            tiles.add(tile(
                    "Total time",
                    Figures.duration(total),
                    "on " + report.provenance().provider()));
        }
        tiles.add(model(report));
        TrainingHistory training = report.training();
        if (training != null) {
            tiles.addAll(tiles(training, report.figures()));
        }
        if (report.spent() != null) {
            tiles.add(tile(
                    "Cost",
                    report.spent().words(),
                    "of the budget of " + report.spent().budget()));
        }
        return tiles;
    }

    /** A service tunes a model of its own in its own way, of which the job's method need say nothing. */
    private static Html model(RunReport report) {
        return report.modelOfPlace()
                .map(model -> tile(
                        "Base model", model, "tuned by " + report.provenance().provider()))
                .orElseGet(() -> tile(
                        "Base model", report.job().model().toString(), "method " + RunParameters.method(report.job())));
    }

    /** What its place told of it. */
    private static List<Html> tiles(TrainingHistory training, @Nullable ForeseenAndActual figures) {
        List<Html> tiles = new ArrayList<>();
        RunEvent.TrainingStarted plan = training.plan();
        if (plan != null) {
            tiles.add(tile(
                    "Trained",
                    Figures.large(plan.trainableParameters()),
                    "of " + Figures.large(plan.parameters()) + " parameters"));
        }
        tiles.add(tile(
                "Training",
                Figures.count(training.completedSteps()) + (training.completedSteps() == 1 ? " step" : " steps"),
                training.tokensPerSecond() > 0
                        ? Figures.large(training.tokens()) + " tokens at " + Figures.large(training.tokensPerSecond())
                                + " per second"
                        : "its place tells no tokens"));
        if (training.peakResidentBytes() > 0) {
            tiles.add(tile("Peak memory", Figures.bytes(training.peakResidentBytes()), foreseen(plan, figures)));
        }
        if (training.peakGpuBytes() > 0) {
            tiles.add(tile("Peak GPU memory", Figures.bytes(training.peakGpuBytes()), foreseenByPlan(figures)));
        }
        return tiles;
    }

    /** By the worker, which knew the rows, else by the plan; of machines with GPUs that foresees what a GPU holds, and not the process. */
    private static String foreseen(RunEvent.@Nullable TrainingStarted worker, @Nullable ForeseenAndActual figures) {
        if (worker != null && worker.predictedPeakBytes() >= 0) {
            return "foreseen " + Figures.bytes(worker.predictedPeakBytes());
        }
        return figures != null && figures.foreseen().steps() != null ? "of the process" : foreseenByPlan(figures);
    }

    private static String foreseenByPlan(@Nullable ForeseenAndActual figures) {
        ByteRange memory = figures == null ? null : figures.foreseen().memory();
        return memory == null ? "nobody foresaw it" : "foreseen " + Figures.bytes(memory.likely());
    }

    private static Html tile(String name, String value, String note) {
        return Html.of("<div><dt>{}</dt><dd><b>{}</b><span>{}</span></dd></div>", name, value, note);
    }
}
