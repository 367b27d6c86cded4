package dev.finetune4j.cli;

import dev.finetune4j.cli.view.Screen;
import dev.finetune4j.engine.FineTuner;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.LogPage;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Prints what the processes of a run print. */
@Command(
        name = "logs",
        mixinStandardHelpOptions = true,
        description = {
            "Prints what the processes of a run printed: warnings, traces, what a library says.",
            "Steps and losses are events: \"finetune watch\" has them.",
            "As JSON each line is a string of its own, as soon as it is there."
        },
        footer = {"", "Example:", "  finetune logs attack-tactics-3f9c2a71-1 -f"})
final class LogsCommand implements Callable<Integer> {
    private static final long PAUSE_MILLIS = 2000;

    private final Surroundings surroundings;

    @Mixin
    RunArgument argument = new RunArgument();

    @Option(
            names = {"-f", "--follow"},
            description = "Goes on until the run has ended.")
    boolean follow;

    @Mixin
    OutputOptions output = new OutputOptions();

    LogsCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws InterruptedException {
        try (FineTuner tuner = surroundings.open()) {
            String cursor = LogPage.START;
            boolean isLast = false;
            boolean isSilent = true;
            while (true) {
                LogPage page = tuner.logs(argument.run, cursor);
                cursor = page.next();
                page.lines().forEach(this::print);
                isSilent &= page.lines().isEmpty();
                if (page.lines().isEmpty()) {
                    if (!follow || isLast) {
                        break;
                    }
                    isLast =
                            isOver(tuner.show(argument.run)); // what was printed at the very end comes in one look more
                    Thread.sleep(isLast ? 0 : PAUSE_MILLIS);
                }
            }
            if (isSilent && !output.isJson()) {
                surroundings.screen().say("its processes have printed nothing; \"finetune watch\" has its steps");
            }
            return ExitCode.OK.number();
        }
    }

    /** Whether its processes print nothing any more; whoever let a run go has nobody who closes it. */
    private static boolean isOver(RunView run) {
        return run.closed() || run.state().isTerminal() || run.state() == RunState.UPLOADING;
    }

    /** What a process prints must not move the cursor, or more, of a terminal. */
    private void print(String line) {
        Screen screen = surroundings.screen();
        if (output.isJson()) {
            screen.line(Json.line(line));
        } else {
            screen.line(screen.isOutTerminal() ? Screen.withoutControls(line) : line);
        }
    }
}
