package dev.finetune4j.cli;

import dev.finetune4j.cli.view.MessageView;
import dev.finetune4j.cli.view.Screen;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.RunStore;
import dev.finetune4j.engine.report.RunComparison;
import dev.finetune4j.engine.report.view.ComparisonWriter;
import dev.finetune4j.engine.report.view.ReportFiles;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.json.Json;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lays ended runs side by side. */
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        description = "Lays ended runs side by side: the parameters that differ, and what came of it.",
        footer = {"", "Example:", "  finetune compare attack-tactics-3f9c2a71-1 attack-tactics-91c0de55-1"})
final class CompareCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    CommandSpec spec;

    @Parameters(arity = "2..*", paramLabel = "RUN", description = "Two or more runs, by id or the start of it.")
    List<String> runs = List.of();

    @Option(names = "--html", paramLabel = "FILE", description = "Also write the comparison as an HTML file.")
    Path html = Path.of("");

    @Mixin
    OutputOptions output = new OutputOptions();

    CompareCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        Screen screen = surroundings.screen();
        RunStore store = new RunStore(surroundings.home());
        List<RunFolder> folders = runs.stream().map(store::resolve).toList();
        if (folders.stream().map(RunFolder::id).distinct().count() < folders.size()) {
            throw new ParameterException(spec.commandLine(), "name two or more different runs");
        }
        RunComparison comparison = RunComparison.of(folders.stream()
                .map(folder -> ReportCommand.read(surroundings, folder))
                .toList());
        try (MessageView view = surroundings.messages(output.format)) {
            if (!html.toString().isEmpty()) {
                view.file(ReportFiles.write(html, ComparisonWriter.html(comparison)));
            }
        }
        screen.line((output.isJson() ? Json.pretty(comparison) : ComparisonWriter.text(comparison)).stripTrailing());
        return ExitCode.OK.number();
    }
}
