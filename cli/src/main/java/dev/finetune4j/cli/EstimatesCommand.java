package dev.finetune4j.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Says how good estimates are. */
@Command(
        name = "estimates",
        mixinStandardHelpOptions = true,
        description = "Says how good the estimates of memory and speed are.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {"", "Example:", "  finetune estimates backtest --runs runs.csv"},
        subcommands = BacktestCommand.class)
final class EstimatesCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "name a command");
    }
}
