package dev.finetune4j.cli.view;

import dev.finetune4j.engine.evaluate.MetricFigures;
import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.engine.report.SweepHeadline;
import dev.finetune4j.engine.search.Sweep;
import dev.finetune4j.engine.sweep.Trial;
import dev.finetune4j.error.Problem;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** Prints a sweep. */
public final class SweepView {
    private final Screen screen;

    /** Prints results to {@code screen}. */
    public SweepView(Screen screen) {
        this.screen = screen;
    }

    /** What begins, and what it will take as far as trials before it tell. */
    public static String beginning(Trial trial, Optional<Duration> foreseen) {
        String share = trial.share() == 1 ? "" : " for 1/" + Math.round(1 / trial.share()) + " of its epochs";
        return "trial " + trial.number() + ": " + trial.candidate().words() + share
                + foreseen.map(time -> ", about " + Figures.duration(time)).orElse("");
    }

    /** Prints the trials, the best settings, and where the page lies. */
    public void print(Sweep sweep, Path page) {
        Table table = new Table()
                .number("TRIAL")
                .text("SETTINGS")
                .number("EPOCHS")
                .number("LOSS")
                .number(sweep.metric().toString().toUpperCase(Locale.ROOT))
                .id("RUN");
        for (Sweep.Measured trial : sweep.trials()) {
            table.row(
                    String.valueOf(trial.number()),
                    trial.candidate().words(),
                    String.format(Locale.ROOT, "%.2f", trial.epochs()),
                    trial.validationLoss() == null ? "-" : String.format(Locale.ROOT, "%.3f", trial.validationLoss()),
                    reached(sweep, trial),
                    trial.run().value());
        }
        if (!table.isEmpty()) {
            table.print(screen);
        }
        SweepHeadline headline = SweepHeadline.of(sweep);
        screen.line(Wrap.hanging(headline.title(), screen.columns(), 0));
        screen.line(Wrap.hanging(headline.detail(), screen.columns(), 0));
        screen.line(screen.paint(Tone.FAINT, Wrap.hanging(headline.caveat(), screen.columns(), 0)));
        if (!sweep.settings().isEmpty()) {
            screen.line("");
            screen.line(sweep.settings());
            screen.line("");
        }
        screen.line("page  " + page);
    }

    private static String reached(Sweep sweep, Sweep.Measured trial) {
        Problem problem = trial.problem();
        return trial.value() != null
                ? MetricFigures.full(sweep.metric(), trial.value())
                : "failed" + (problem == null ? "" : ": " + problem.code());
    }
}
