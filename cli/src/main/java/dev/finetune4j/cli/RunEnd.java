package dev.finetune4j.cli;

import dev.finetune4j.cli.view.Farewell;
import dev.finetune4j.cli.view.MessageView;
import dev.finetune4j.cli.view.RunDetailView;
import dev.finetune4j.cli.view.Screen;
import dev.finetune4j.engine.FineTuner;
import dev.finetune4j.engine.evaluate.GateJudge;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.engine.launch.RunHandle;
import dev.finetune4j.engine.report.AnswerFindings;
import dev.finetune4j.engine.report.Remedies;
import dev.finetune4j.engine.report.view.ReportFiles;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.Problem;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.RunOutcome;
import dev.finetune4j.value.RunId;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Tells how a run ended, and picks the exit code. */
final class RunEnd {
    private final Screen screen;
    private final FineTuner tuner;
    private final OutputOptions output;
    private final MessageView messages;

    RunEnd(Surroundings surroundings, FineTuner tuner, OutputOptions output, MessageView messages) {
        this.screen = surroundings.screen();
        this.tuner = tuner;
        this.output = output;
        this.messages = messages;
    }

    /** Prints the result of a run that has ended, and the problem that its exit code stands for. */
    ExitCode tell(RunId id, RunOutcome outcome) {
        RunView run = tuner.show(id.value());
        print(
                run,
                outcome,
                Stream.concat(findings(run, outcome).stream(), failedGate(outcome).stream())
                        .toList());
        return outcome.exitCode();
    }

    /** Prints the same result for a command that succeeds however good the model is: its gate is told within the result only. */
    void show(RunId id, RunOutcome outcome) {
        RunView run = tuner.show(id.value());
        print(run, outcome, findings(run, outcome).stream().toList());
    }

    /** With the problems that programs are told of; people find them in the result. */
    private void print(RunView run, RunOutcome outcome, List<Problem> beside) {
        if (outcome instanceof RunOutcome.Failed failed) {
            messages.problems(List.of(Remedies.named(failed.problem(), run.jobFile(), run.id())));
        }
        if (output.isJson()) {
            messages.problems(Remedies.named(beside, run.jobFile(), run.id()));
            screen.line(Json.pretty(run));
        } else {
            tellPeople(run, outcome);
        }
    }

    private static Optional<Problem> findings(RunView run, RunOutcome outcome) {
        int maxNewTokens = run.job().evaluation().maxNewTokens();
        return outcome instanceof RunOutcome.Succeeded succeeded
                ? succeeded.comparison().flatMap(evaluation -> AnswerFindings.of(evaluation, maxNewTokens))
                : Optional.empty();
    }

    private static Optional<Problem> failedGate(RunOutcome outcome) {
        return outcome instanceof RunOutcome.Succeeded succeeded
                ? succeeded.comparison().flatMap(GateJudge::problem)
                : Optional.empty();
    }

    private void tellPeople(RunView run, RunOutcome outcome) {
        if (outcome instanceof RunOutcome.Succeeded) {
            new RunDetailView(screen).printResult(run);
            return;
        }
        if (outcome instanceof RunOutcome.Stopped stopped) {
            screen.say("run " + run.id() + " was stopped: " + stopped.reason());
            tuner.goOn(run, stopped).ifPresent(command -> screen.say("  go on:  " + command));
        }
        run.reports().stream()
                .filter(file -> file.endsWith(ReportFiles.HTML))
                .forEach(file -> screen.say("  report: " + file));
    }

    /**
     * Lets go of a run once its place has it, and prints its id; before that nobody but this process brings it there. Empty where the run has ended
     * by then: its end is to be told.
     *
     * @throws InterruptedException if this thread was told to stop waiting
     */
    Optional<ExitCode> detach(RunHandle<RunOutcome> handle) throws InterruptedException {
        List<Problem> noticed = handle.awaitLaunch();
        if (handle.begin() == RunHandle.Begin.ENDED || handle.outcome().isDone()) {
            return Optional.empty();
        }
        if (!noticed.isEmpty()) {
            messages.problems(noticed);
        }
        if (handle.begin() != RunHandle.Begin.LAUNCHED) {
            messages.took(handle.id(), handle.begin());
        }
        handle.detach();
        Farewell farewell = Farewell.toRun(handle.id());
        if (output.isJson()) {
            screen.line(Json.pretty(farewell));
        } else {
            screen.line(handle.id().toString());
            messages.detached(farewell);
        }
        return Optional.of(ExitCode.OK);
    }
}
