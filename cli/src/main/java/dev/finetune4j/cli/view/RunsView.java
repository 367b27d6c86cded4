package dev.finetune4j.cli.view;

import dev.finetune4j.engine.evaluate.MetricFigures;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.evaluation.EvaluationReport;
import dev.finetune4j.evaluation.Variant;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** Prints runs as a list. */
public final class RunsView {
    private final Screen screen;
    private final Clock clock;

    /** Prints results to {@code screen}. */
    public RunsView(Screen screen, Clock clock) {
        this.screen = screen;
        this.clock = clock;
    }

    /** Prints a line a run and how many of how many these are. */
    public void print(List<RunView> runs, int total) {
        if (runs.isEmpty()) {
            screen.line("no runs yet; start one with: finetune run JOB");
            return;
        }
        Table table = new Table()
                .id("RUN")
                .text("STATE")
                .text("TARGET")
                .number("TOOK")
                .number("STARTED")
                .note("RESULT");
        for (RunView run : runs) {
            table.row(
                    run.id().toString(),
                    run.state().name().toLowerCase(Locale.ROOT),
                    run.provider() == null ? "-" : run.provider().toString(),
                    Figures.duration(took(run)),
                    ago(Duration.between(run.createdAt(), clock.instant())),
                    result(run));
        }
        table.print(screen);
        if (runs.size() < total) {
            String shown = "shown " + runs.size() + " of " + total + " runs; --all shows every one";
            screen.line(Wrap.hanging(shown, screen.columns(), 0));
        }
    }

    /** In the largest unit: nobody wants the seconds of last week. */
    private static String ago(Duration since) {
        return since.toDays() > 1
                ? since.toDays() + " days ago"
                : Figures.duration(since).replaceFirst(" (min|h) \\d.*", " $1") + " ago";
    }

    private Duration took(RunView run) {
        boolean isOver = run.closed() || run.state().isTerminal(); // one that ended unwatched is not closed yet
        Instant end = isOver ? run.changedAt() : clock.instant();
        return Duration.between(run.createdAt(), end);
    }

    private static String result(RunView run) {
        EvaluationReport evaluation = run.evaluation();
        if (evaluation == null) {
            return run.problem() == null
                    ? "-"
                    : run.problem().code() + " " + run.problem().kind().title();
        }
        String tuned = evaluation
                .variant(Variant.TUNED)
                .map(variant -> MetricFigures.name(evaluation.mainMetric()) + " "
                        + MetricFigures.value(
                                evaluation.mainMetric(),
                                variant.metric(evaluation.mainMetric()).value()))
                .orElse("evaluated");
        if (evaluation.gate().clauses().isEmpty()) {
            return tuned;
        }
        return tuned + (evaluation.gate().passed() ? ", gate passed" : ", gate failed");
    }
}
