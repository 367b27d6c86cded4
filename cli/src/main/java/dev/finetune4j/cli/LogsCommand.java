package dev.finetune4j.cli;

import dev.finetune4j.engine.FineTuner;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.json.Json;
import dev.finetune4j.spi.LogPage;
import java.util.ArrayList;
import java.util.List;
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
            "Steps and losses are events: \"finetune watch\" has them."
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
            List<String> lines = new ArrayList<>();
            String cursor = LogPage.START;
            boolean isLast = false;
            while (true) {
                LogPage page = tuner.logs(argument.run, cursor);
                cursor = page.next();
                if (output.isJson()) {
                    lines.addAll(page.lines());
                } else {
                    page.lines().forEach(surroundings.screen()::line);
                }
                if (page.lines().isEmpty()) {
                    if (!follow || isLast) {
                        break;
                    }
                    isLast = tuner.show(argument.run)
                            .closed(); // what was printed at the very end comes in one look more
                    Thread.sleep(isLast ? 0 : PAUSE_MILLIS);
                }
            }
            if (output.isJson()) {
                surroundings.screen().line(Json.pretty(lines));
            }
            return ExitCode.OK.number();
        }
    }
}
