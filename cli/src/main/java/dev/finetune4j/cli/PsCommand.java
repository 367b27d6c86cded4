package dev.finetune4j.cli;

import dev.finetune4j.cli.view.HostingView;
import dev.finetune4j.cli.view.RunsView;
import dev.finetune4j.engine.FineTuner;
import dev.finetune4j.engine.journal.HostedRun;
import dev.finetune4j.engine.journal.RunStore;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.json.Json;
import dev.finetune4j.value.RunId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists the runs of this machine. */
@Command(
        name = "ps",
        mixinStandardHelpOptions = true,
        description = "Lists the runs, newest first.",
        footer = {"", "Example:", "  finetune ps --all"})
final class PsCommand implements Callable<Integer> {
    private static final int SHOWN = 20;

    private final Surroundings surroundings;

    @Option(
            names = {"-a", "--all"},
            description = "Every run, not just the newest " + SHOWN + ".")
    boolean all;

    @Mixin
    OutputOptions output = new OutputOptions();

    PsCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        RunStore.Listing listing = listing();
        List<RunView> runs = listing.runs();
        List<RunId> unreadable = listing.unreadable();
        List<RunView> shown = all ? runs : runs.stream().limit(SHOWN).toList();
        if (output.isJson()) {
            surroundings
                    .screen()
                    .line(Json.pretty(Map.of("runs", shown, "total", runs.size(), "unreadable", unreadable)));
        } else {
            if (!runs.isEmpty() || unreadable.isEmpty()) {
                new RunsView(surroundings.screen(), surroundings.clock()).print(shown, runs.size());
            }
            unreadable.forEach(id -> surroundings.screen().say(id + " cannot be read; finetune show " + id));
            List<HostedRun> hosted = runs.stream()
                    .flatMap(run -> Optional.ofNullable(run.hosted()).stream())
                    .toList();
            if (!hosted.isEmpty()) {
                surroundings.screen().say("hosted: " + HostingView.summary(hosted) + "; finetune host --list");
            }
        }
        return ExitCode.OK.number();
    }

    /** From the journals, and for those that go on from their place. */
    private RunStore.Listing listing() {
        try (FineTuner tuner = surroundings.open()) {
            return tuner.listing();
        }
    }
}
