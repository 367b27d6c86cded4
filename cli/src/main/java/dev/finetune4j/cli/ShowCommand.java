package dev.finetune4j.cli;

import dev.finetune4j.cli.view.HostingView;
import dev.finetune4j.cli.view.RunDetailView;
import dev.finetune4j.engine.FineTuner;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.RunStore;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.json.Json;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows all that is known of a run. */
@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        description = "Shows what is known of a run: state, data, result, files.",
        footer = {"", "Example:", "  finetune show attack-tactics-3f9c2a71-1"})
final class ShowCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Mixin
    RunArgument argument = new RunArgument();

    @Mixin
    OutputOptions output = new OutputOptions();

    ShowCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        RunFolder folder = new RunStore(surroundings.home()).resolve(argument.run);
        RunArgument.refuseUnbegun(folder);
        try (FineTuner tuner = surroundings.open()) {
            String id = folder.id().value();
            RunView run = tuner.show(id);
            if (output.isJson()) {
                surroundings.screen().line(Json.pretty(run));
            } else {
                new RunDetailView(surroundings.screen()).print(run, surroundings.clock());
                if (run.hosted() != null) {
                    new HostingView(surroundings.screen(), surroundings.clock(), false).printBriefly(run.hosted());
                }
            }
        }
        return ExitCode.OK.number();
    }
}
