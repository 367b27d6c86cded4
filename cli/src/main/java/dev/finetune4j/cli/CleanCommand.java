package dev.finetune4j.cli;

import dev.finetune4j.cli.view.MessageView;
import dev.finetune4j.engine.FineTuner;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.json.Json;
import dev.finetune4j.value.RunId;
import java.nio.file.Path;
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
            description =
                    "Also remove a run that cannot be resumed any more, such as one with a damaged journal, and one whose place does not"
                            + " answer; a job that it has there all the same goes on.")
    boolean force;

    @Mixin
    RunArgument argument = new RunArgument();

    @Mixin
    OutputOptions output = new OutputOptions();

    CleanCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        try (MessageView view = surroundings.messages(output.format);
                FineTuner tuner = surroundings.open(view)) {
            RunFolder folder = tuner.folder(argument.run);
            RunId id = folder.id();
            view.doing("removing " + id);
            view.problems(tuner.clean(id.value(), force));
            surroundings.screen().line(output.isJson() ? Json.pretty(new Removed(id, folder.path())) : "removed " + id);
            return ExitCode.OK.number();
        }
    }

    /**
     * What was removed.
     *
     * @param run its id
     * @param folder the folder that it had; what its provider kept of it is gone too
     */
    private record Removed(RunId run, Path folder) {}
}
