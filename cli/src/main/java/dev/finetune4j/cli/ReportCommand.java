package dev.finetune4j.cli;

import dev.finetune4j.cli.view.MessageView;
import dev.finetune4j.cli.view.Screen;
import dev.finetune4j.engine.FineTuner;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.RunStore;
import dev.finetune4j.engine.report.ReportJson;
import dev.finetune4j.engine.report.RunReport;
import dev.finetune4j.engine.report.view.MarkdownReport;
import dev.finetune4j.engine.report.view.ReportFiles;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Severity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Prints the report of a run. */
@Command(
        name = "report",
        mixinStandardHelpOptions = true,
        description = "Prints the report of a run as Markdown or JSON, and says where the HTML file is.",
        footer = {"", "Example:", "  finetune report attack-tactics-3f9c2a71-1 > report.md"})
final class ReportCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Mixin
    RunArgument argument = new RunArgument();

    @Mixin
    OutputOptions output = new OutputOptions();

    ReportCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        Screen screen = surroundings.screen();
        RunFolder folder = new RunStore(surroundings.home()).resolve(argument.run);
        RunReport report = read(surroundings, folder);
        String text = output.isJson() ? ReportJson.write(report) : MarkdownReport.write(report);
        screen.line(text.stripTrailing());
        Path page = folder.path().resolve(ReportFiles.HTML);
        try (MessageView view = surroundings.messages(output.format)) {
            view.problems(unwritten(report, folder));
            if (Files.exists(page)) {
                view.file(page);
            }
        }
        return ExitCode.OK.number();
    }

    /** Writes the pages that are missing; why one cannot be, as warnings, since the report itself is told. */
    private static List<Problem> unwritten(RunReport report, RunFolder folder) {
        try {
            ReportFiles.writeMissing(report, folder.path());
            return List.of();
        } catch (FineTuneException e) {
            String again = "finetune report " + folder.id() + "    # once the folder can be written to";
            return e.problems().stream()
                    .map(problem -> problem.with(Severity.WARNING).withRemedies(List.of(again)))
                    .toList();
        }
    }

    /**
     * The report of a run, as it was written at its end, or from what else it wrote down where that is gone.
     *
     * @throws FineTuneException with FT0006 if the run has none, FT0722 if it cannot be read
     */
    static RunReport read(Surroundings surroundings, RunFolder folder) {
        Path json = folder.path().resolve(ReportFiles.JSON);
        if (Files.exists(json)) {
            return ReportFiles.read(folder.path());
        }
        try (FineTuner tuner = surroundings.open()) {
            return tuner.report(folder.id().value())
                    .orElseThrow(() -> CliProblems.NO_REPORT
                            .error("run " + folder.id() + " has no report")
                            .at(Location.of(json.toString()))
                            .because("a report is written when a run ends, also one that failed or was stopped")
                            .remedy("finetune watch " + folder.id())
                            .remedy("finetune show " + folder.id())
                            .asException());
        }
    }
}
