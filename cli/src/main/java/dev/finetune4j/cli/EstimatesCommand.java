package dev.finetune4j.cli;

import dev.finetune4j.cli.view.EstimatesView;
import dev.finetune4j.cli.view.MessageView;
import dev.finetune4j.engine.FineTuner;
import dev.finetune4j.engine.launch.EstimateScore;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.json.Json;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Says how good estimates are. */
@Command(
        name = "estimates",
        mixinStandardHelpOptions = true,
        description = {
            "Says how good the estimates of time, memory and spend were for the runs of this home.",
            "Each run's figures are held against what was foreseen before its launch, and move later estimates."
        },
        synopsisSubcommandLabel = "[COMMAND]",
        footer = {"", "Example:", "  finetune estimates", "  finetune estimates backtest --runs runs.csv"},
        subcommands = BacktestCommand.class)
final class EstimatesCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Mixin
    OutputOptions output = new OutputOptions();

    EstimatesCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        try (MessageView messages = surroundings.messages(output.format);
                FineTuner tuner = surroundings.open()) {
            messages.problems(tuner.unreadEstimates().stream().toList());
            List<EstimateScore> scores = tuner.estimates();
            if (output.isJson()) {
                surroundings.screen().line(Json.pretty(scores));
            } else {
                new EstimatesView(surroundings.screen()).print(scores);
            }
            return ExitCode.OK.number();
        }
    }
}
