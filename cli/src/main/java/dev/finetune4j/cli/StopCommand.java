package dev.finetune4j.cli;

import dev.finetune4j.cli.view.MessageView;
import dev.finetune4j.engine.FineTuner;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.launch.RunHandle;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.run.RunOutcome;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Stops a run. */
@Command(
        name = "stop",
        mixinStandardHelpOptions = true,
        description = "Stops a run; its checkpoints stay, so that it can be resumed.",
        footer = {
            "",
            "Exit code 0 when its place has nothing of it that runs any more.",
            "",
            "Example:",
            "  finetune stop attack-tactics-3f9c2a71-1"
        })
final class StopCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Mixin
    RunArgument argument = new RunArgument();

    @Mixin
    OutputOptions output = new OutputOptions();

    StopCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws InterruptedException {
        try (MessageView view = surroundings.messages(output.format);
                FineTuner tuner = surroundings.open(view)) {
            RunFolder folder = tuner.folder(argument.run);
            RunArgument.refuseUnbegun(folder);
            view.doing("stopping " + folder.id());
            Past past = Past.untilItEnds(folder);
            RunHandle<RunOutcome> handle = tuner.stop(argument.run, "finetune stop");
            boolean hasEnded = handle.begin() == RunHandle.Begin.ENDED;
            if (hasEnded) {
                view.took(handle.id(), handle.begin());
            }
            RunOutcome outcome = new Follower(surroundings.screen(), output)
                    .followRun(handle, view, event -> hasEnded || past.test(event));
            new RunEnd(surroundings, tuner, output, view).show(handle.id(), outcome);
            return ExitCode.OK.number();
        }
    }
}
