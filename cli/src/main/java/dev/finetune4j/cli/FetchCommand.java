package dev.finetune4j.cli;

import dev.finetune4j.cli.view.Farewell;
import dev.finetune4j.cli.view.MessageView;
import dev.finetune4j.cli.view.Screen;
import dev.finetune4j.engine.FineTuner;
import dev.finetune4j.engine.launch.FetchedFiles;
import dev.finetune4j.engine.launch.RunHandle;
import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.json.Json;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Brings home what an ended run left at its place. */
@Command(
        name = "fetch",
        mixinStandardHelpOptions = true,
        description = {
            "Brings what an ended run left at its place to this machine.",
            "Of a run that was stopped or failed these are its checkpoints, where the place keeps any.",
            "One that has ended while nobody followed it is compared and reported first."
        },
        footer = {"", "Example:", "  finetune fetch attack-tactics-3f9c2a71-1"})
final class FetchCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Mixin
    RunArgument argument = new RunArgument();

    @Mixin
    OutputOptions output = new OutputOptions();

    FetchCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws InterruptedException {
        try (MessageView view = surroundings.messages(output.format);
                FineTuner tuner = surroundings.open(view)) {
            view.doing("fetching " + argument.run);
            RunHandle<FetchedFiles> handle = tuner.fetch(argument.run);
            print(new Follower(surroundings.screen(), output).follow(handle, Farewell.toFetch(handle.id()), view));
            return ExitCode.OK.number();
        }
    }

    private void print(FetchedFiles fetched) {
        Screen screen = surroundings.screen();
        if (output.isJson()) {
            screen.line(Json.pretty(fetched));
            return;
        }
        screen.line(fetched.folder() + ": "
                + (fetched.files() == 0
                        ? "nothing is kept of it"
                        : Figures.count(fetched.files())
                                + (fetched.files() == 1 ? " file, " : " files, ")
                                + Figures.bytes(fetched.bytes())));
    }
}
