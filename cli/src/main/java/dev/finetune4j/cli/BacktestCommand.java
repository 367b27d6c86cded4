package dev.finetune4j.cli;

import dev.finetune4j.cli.view.BacktestView;
import dev.finetune4j.cli.view.MessageView;
import dev.finetune4j.engine.estimate.Backtest;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.json.Json;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Compares the estimates with runs that somebody measured. */
@Command(
        name = "backtest",
        mixinStandardHelpOptions = true,
        description = "Compares the estimates of memory and speed with runs that somebody measured.",
        footer = {
            "",
            "FILE has the columns of docs/estimates.md.",
            "Rows that cannot be compared are listed with why.",
            "",
            "Example:",
            "  finetune estimates backtest --runs runs.csv"
        })
final class BacktestCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Option(names = "--runs", paramLabel = "FILE", required = true, description = "The measured runs, comma-separated.")
    Path runs = Path.of("");

    @Mixin
    OutputOptions output = new OutputOptions();

    BacktestCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        Backtest backtest;
        try (MessageView view = surroundings.messages(output.format)) {
            view.doing("comparing the runs of " + runs);
            backtest = Backtest.of(runs, view::counted);
        }
        if (output.isJson()) {
            surroundings.screen().line(Json.pretty(backtest));
        } else {
            new BacktestView(surroundings.screen()).print(backtest);
        }
        return ExitCode.OK.number();
    }
}
