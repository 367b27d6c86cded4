package dev.finetune4j.cli.view;

import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.engine.report.AnswerFindings;
import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.engine.report.Remedies;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.spi.PlaceSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;

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
        field("state", run.state().name().toLowerCase(Locale.ROOT) + progress(run));
        field("job", run.jobFile() == null ? run.job().name() : run.jobFile());
        field("model", model(run));
        field("target", run.provider() == null ? "not launched" : run.provider().toString());
        String machine = machine(run);
        if (!machine.isEmpty()) {
            field("machine", machine);
        }
        field(
                "started",
                run.createdAt().truncatedTo(ChronoUnit.SECONDS) + ", took "
                        + Figures.duration(Duration.between(run.createdAt(), end)));
        if (run.spent() != null) {
            field("spent", run.spent().words() + " of " + run.spent().budget());
        }
        String resumed = run.resumes() == 1 ? "once" : run.resumes() + " times";
        field("attempt", run.attempt() + (run.resumes() == 0 ? "" : ", resumed " + resumed));
        if (run.prepared() != null) {
            field("data", shown(run.prepared().data()));
            field("digest", run.prepared().dataDigest());
        }
        printResult(run);
        if (run.problem() != null) {
            new ProblemView(screen).print(List.of(Remedies.named(run.problem(), run.jobFile(), run.id())));
        }
        if (!run.closed()) {
            screen.say("watch it:  finetune watch " + run.id());
        }
    }

    private static String progress(RunView run) {
        if (run.closed()) {
            return "";
        }
        if (!run.isLaunchedHere()) {
            return " (not known to be at its place)";
        }
        return run.state().isTerminal() ? " at its place (whoever watches it goes on)" : " (goes on)";
    }

    /** The job's, and what its place tunes instead where it has models of its own. */
    private static String model(RunView run) {
        String asked = run.job().model().toString();
        String tuned = settings(run).getOrDefault(PlaceSettings.MODEL, asked);
        return tuned.equals(asked) ? asked : asked + "; " + run.provider() + " tunes " + tuned;
    }

    private static Map<String, String> settings(RunView run) {
        return run.provider() == null ? Map.of() : run.job().settingsOf(run.provider());
    }

    /** Where it is let for the run: type, spot, region; empty on a machine of one's own. */
    private static String machine(RunView run) {
        Map<String, String> settings = settings(run);
        String type = settings.getOrDefault(PlaceSettings.MACHINE, "");
        if (type.isEmpty()) {
            return "";
        }
        String spot = Boolean.parseBoolean(settings.get(PlaceSettings.SPOT)) ? " spot" : "";
        String region = settings.getOrDefault(PlaceSettings.REGION, "");
        return type + spot + (region.isEmpty() ? "" : ", " + region);
    }

    /** Prints what came out of a run and where the files are. */
    public void printResult(RunView run) {
        if (run.evaluation() != null) {
            new EvaluationView(screen, "held-out rows").print(run.evaluation());
            AnswerFindings.of(run.evaluation(), run.job().evaluation().maxNewTokens())
                    .ifPresent(finding ->
                            new ProblemView(screen).print(List.of(Remedies.named(finding, run.jobFile(), run.id()))));
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
