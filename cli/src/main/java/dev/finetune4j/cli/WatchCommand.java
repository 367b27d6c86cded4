package dev.finetune4j.cli;

import dev.finetune4j.cli.view.MessageView;
import dev.finetune4j.engine.FineTuner;
import dev.finetune4j.engine.launch.RunHandle;
import dev.finetune4j.run.RunOutcome;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Attaches to a run again. */
@Command(
        name = "watch",
        mixinStandardHelpOptions = true,
        description = "Follows a run from its first event to its end. Ctrl-C detaches.",
        footer = {"", "Example:", "  finetune watch attack-tactics-3f9c2a71-1"})
final class WatchCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Mixin
    RunArgument argument = new RunArgument();

    @Mixin
    OutputOptions output = new OutputOptions();

    WatchCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws InterruptedException {
        try (MessageView view = surroundings.messages(output.format);
                FineTuner tuner = surroundings.open(view)) {
            RunArgument.refuseUnbegun(tuner.folder(argument.run));
            RunHandle<RunOutcome> handle = tuner.attach(argument.run);
            view.took(handle.id(), handle.begin());
            RunOutcome outcome = new Follower(surroundings.screen(), output).followRun(handle, view);
            return new RunEnd(surroundings, tuner, output, view)
                    .tell(handle.id(), outcome)
                    .number();
        }
    }
}
