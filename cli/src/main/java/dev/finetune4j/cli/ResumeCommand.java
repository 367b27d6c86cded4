package dev.finetune4j.cli;

import dev.finetune4j.cli.view.Farewell;
import dev.finetune4j.cli.view.MessageView;
import dev.finetune4j.engine.FineTuner;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.launch.RunHandle;
import dev.finetune4j.run.Replay;
import dev.finetune4j.run.RunOutcome;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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

    @Option(
            names = "--verify",
            description =
                    "First goes over the steps between its last two checkpoints again and compares by SHA-256; goes on"
                            + " only if they are equal.")
    boolean verify;

    @Mixin
    OutputOptions output = new OutputOptions();

    ResumeCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws InterruptedException {
        String replayed = verify ? replayed() : "";
        try (MessageView view = surroundings.messages(output.format);
                FineTuner tuner = surroundings.open(view)) {
            if (verify) {
                view.doing(replayed);
            }
            RunFolder folder = tuner.folder(argument.run);
            RunArgument.refuseUnbegun(folder);
            Past past = Past.seen(folder);
            RunHandle<RunOutcome> handle = tuner.resume(argument.run);
            view.took(handle.id(), handle.begin());
            RunOutcome outcome = new Follower(surroundings.screen(), output).followRun(handle, view, past);
            return new RunEnd(surroundings, tuner, output, view)
                    .tell(handle.id(), outcome)
                    .number();
        }
    }

    /** What came of the replay, which has a view of its own: its steps are none of the run's loss. */
    private String replayed() throws InterruptedException {
        try (MessageView view = surroundings.messages(output.format);
                FineTuner tuner = surroundings.open(view)) {
            view.doing("replaying the last steps");
            RunHandle<Replay> handle = tuner.verify(argument.run);
            Replay replay =
                    new Follower(surroundings.screen(), output).follow(handle, Farewell.toAnswer(handle.id()), view);
            return "steps " + (replay.fromStep() + 1) + " to " + replay.toStep() + " are equal, SHA-256 "
                    + replay.savedSha256();
        }
    }
}
