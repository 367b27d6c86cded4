package dev.finetune4j.cli;

import dev.finetune4j.cli.view.RunStoryView;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.RunStore;
import dev.finetune4j.engine.report.RunStory;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.json.Json;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Tells why a run is where it is. */
@Command(
        name = "why",
        mixinStandardHelpOptions = true,
        description = "Tells what was decided and seen in a run, in order, each with its reasons: what was agreed to,"
                + " where it was launched, why it moved, why it ended.",
        footer = {
            "",
            "Asks nobody: all of it stands in the run's journal.",
            "",
            "Example:",
            "  finetune why attack-tactics-3f9c2a71-1"
        })
final class WhyCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Mixin
    RunArgument argument = new RunArgument();

    @Mixin
    OutputOptions output = new OutputOptions();

    WhyCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        RunFolder folder = new RunStore(surroundings.home()).resolve(argument.run);
        RunStory story = RunStory.of(folder.read());
        if (output.isJson()) {
            surroundings.screen().line(Json.pretty(story));
        } else {
            new RunStoryView(surroundings.screen()).print(folder.id(), story);
        }
        return ExitCode.OK.number();
    }
}
