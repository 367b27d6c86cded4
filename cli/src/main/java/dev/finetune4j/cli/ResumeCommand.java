package dev.finetune4j.cli;

import dev.finetune4j.cli.view.Farewell;
import dev.finetune4j.cli.view.MessageView;
import dev.finetune4j.engine.FineTuner;
import dev.finetune4j.engine.launch.RunHandle;
import dev.finetune4j.run.RunOutcome;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lets a stopped or failed run go on. */
@Command(
        name = "resume",
        mixinStandardHelpOptions = true,
        description = "Lets a stopped or failed run go on from its last checkpoint.",
        footer = {"", "Example:", "  finetune resume attack-tactics-3f9c2a71-1"})
final class ResumeCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Mixin
    RunArgument argument = new RunArgument();

    @Mixin
    OutputOptions output = new OutputOptions();

    ResumeCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws InterruptedException {
        try (MessageView view = surroundings.messages(output.format);
                FineTuner tuner = surroundings.open(view)) {
            RunHandle<RunOutcome> handle = tuner.resume(argument.run);
            view.took(handle.id(), handle.begin());
            RunOutcome outcome =
                    new Follower(surroundings.screen(), output).follow(handle, Farewell.toRun(handle.id()), view);
            return new RunEnd(surroundings, tuner, output, view)
                    .tell(handle.id(), outcome)
                    .number();
        }
    }
}
