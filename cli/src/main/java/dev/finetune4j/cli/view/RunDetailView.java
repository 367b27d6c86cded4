package dev.finetune4j.cli.view;

import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.run.WorkOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;

/** Prints one run. */
public final class RunDetailView {
    private static final int LABEL_WIDTH = 10;

    private final Screen screen;

    /** Prints results to {@code screen}. */
    public RunDetailView(Screen screen) {
        this.screen = screen;
    }

    /** Prints all that is known of a run. */
    public void print(RunView run, Clock clock) {
        Instant end = run.closed() ? run.changedAt() : clock.instant();
        field("run", run.id().toString());
        field("state", run.state().name().toLowerCase(Locale.ROOT) + (run.closed() ? "" : " (goes on)"));
        field("job", run.jobFile() == null ? run.job().name() : run.jobFile());
        field("model", run.job().model().toString());
        field("target", run.provider() == null ? "not launched" : run.provider().toString());
        field(
                "started",
                run.createdAt().truncatedTo(ChronoUnit.SECONDS) + ", took "
                        + Figures.duration(Duration.between(run.createdAt(), end)));
        field("attempt", run.attempt() + (run.resumes() == 0 ? "" : ", resumed " + run.resumes() + " times"));
        if (run.prepared() != null) {
            field("data", shown(run.prepared().data()));
            field("digest", run.prepared().dataDigest());
        }
        printResult(run);
        if (run.problem() != null) {
            new ProblemView(screen).print(List.of(run.problem()));
        }
        if (!run.closed()) {
            screen.say("watch it:  finetune watch " + run.id());
        }
    }

    /** Prints what came out of a run and where the files are. */
    public void printResult(RunView run) {
        if (run.evaluation() != null) {
            new EvaluationView(screen).print(run.evaluation());
        }
        if (run.output() != null) {
            Path kept = run.output().resolve(WorkOrder.MODEL_REFERENCE_FILE);
            String folder = WorkOrder.resultFolder(run.job().method());
            if (Files.exists(kept)) {
                field("tuned", shown(kept));
            } else {
                field(folder, shown(run.output().resolve(folder)));
            }
        }
        for (Path report : run.reports()) {
            if (report.toString().endsWith(".html")) {
                field("report", shown(report));
            }
        }
        if (run.evaluation() != null) {
            field("next", "finetune generate " + run.id() + " --prompt \"...\"");
        }
    }

    private static String shown(Path path) {
        return path.toAbsolutePath().normalize().toString();
    }

    private void field(String name, String value) {
        screen.line(screen.paint(Tone.FAINT, String.format(Locale.ROOT, "%-" + LABEL_WIDTH + "s", name))
                + Wrap.hanging(value, screen.columns(), LABEL_WIDTH));
    }
}
