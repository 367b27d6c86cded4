package dev.finetune4j.cli;

import dev.finetune4j.cli.view.ProblemView;
import dev.finetune4j.cli.view.RunDetailView;
import dev.finetune4j.cli.view.Screen;
import dev.finetune4j.engine.FineTuner;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.engine.report.view.ReportFiles;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.RunOutcome;
import dev.finetune4j.value.RunId;
import java.util.List;
import java.util.Map;

/** Tells how a run ended, and picks the exit code. */
final class RunEnd {
    private final Screen screen;
    private final FineTuner tuner;
    private final OutputOptions output;

    RunEnd(Surroundings surroundings, FineTuner tuner, OutputOptions output) {
        this.screen = surroundings.screen();
        this.tuner = tuner;
        this.output = output;
    }

    /** Prints the result of a run that has ended. */
    ExitCode tell(RunId id, RunOutcome outcome) {
        RunView run = tuner.show(id.value());
        if (output.isJson()) {
            screen.line(Json.pretty(run));
        } else if (outcome instanceof RunOutcome.Succeeded) {
            new RunDetailView(screen).printResult(run);
        }
        if (outcome instanceof RunOutcome.Failed failed && !output.isJson()) {
            new ProblemView(screen).print(List.of(failed.problem()));
            sayReport(run);
        } else if (outcome instanceof RunOutcome.Stopped stopped) {
            screen.say("run " + id + " was stopped: " + stopped.reason());
            screen.say("  go on:  finetune resume " + id);
            sayReport(run);
        }
        return outcome.exitCode();
    }

    private void sayReport(RunView run) {
        run.reports().stream()
                .filter(file -> file.endsWith(ReportFiles.HTML))
                .forEach(file -> screen.say("  report: " + file));
    }

    /** Prints the id of a run that goes on by itself. */
    ExitCode tellDetached(RunId id) {
        if (output.isJson()) {
            screen.line(Json.pretty(Map.of("run", id)));
        } else {
            screen.line(id.toString());
            screen.say("watch it:  finetune watch " + id);
        }
        return ExitCode.OK;
    }
}
