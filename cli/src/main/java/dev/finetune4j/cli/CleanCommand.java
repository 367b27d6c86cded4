package dev.finetune4j.cli;

import dev.finetune4j.cli.view.LiveView;
import dev.finetune4j.engine.FineTuner;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.value.RunId;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Removes an ended run. */
@Command(
        name = "clean",
        mixinStandardHelpOptions = true,
        description = "Removes a run that has ended: its folder, checkpoints, adapter and report.",
        footer = {"", "Example:", "  finetune clean attack-tactics-3f9c2a71-1"})
final class CleanCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Option(
            names = "--force",
            description = "Also remove a run that cannot be resumed any more, such as one with a damaged journal.")
    boolean force;

    @Mixin
    RunArgument argument = new RunArgument();

    CleanCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        try (LiveView view = surroundings.liveView();
                FineTuner tuner = surroundings.open(view)) {
            RunId id = tuner.folder(argument.run).id();
            tuner.clean(id.value(), force);
            surroundings.screen().line("removed " + id);
            return ExitCode.OK.number();
        }
    }
}
