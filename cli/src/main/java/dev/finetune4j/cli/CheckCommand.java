package dev.finetune4j.cli;

import dev.finetune4j.cli.view.CheckView;
import dev.finetune4j.cli.view.HintView;
import dev.finetune4j.cli.view.MessageView;
import dev.finetune4j.cli.view.Screen;
import dev.finetune4j.engine.FineTuner;
import dev.finetune4j.engine.check.DatasetCheckReport;
import dev.finetune4j.engine.hints.HintBook;
import dev.finetune4j.engine.launch.PreparedJob;
import dev.finetune4j.engine.report.Remedies;
import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.json.Json;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Checks a job file, fetches its rows and its model's tokenizer, and looks at every row. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = "Checks a job and every row of its data; trains nothing.",
        footer = {"", "Example:", "  finetune check job.yaml", "  finetune check job.yaml --resolved"})
final class CheckCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Parameters(paramLabel = "JOB", description = "The job file.")
    Path job = Path.of("");

    @Option(
            names = "--resolved",
            description = "Print the job with every default and where each value came from; look at no data.")
    boolean resolved;

    @Mixin
    OutputOptions output = new OutputOptions();

    CheckCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        JobFile file = surroundings.read(job);
        return (resolved ? printResolved(file) : checkRows(file)).number();
    }

    private ExitCode printResolved(JobFile file) {
        Screen screen = surroundings.screen();
        String text = output.isJson() ? file.resolved().json() : file.resolved().yaml();
        screen.line(text.stripTrailing());
        return ExitCode.OK;
    }

    private ExitCode checkRows(JobFile file) {
        Screen screen = surroundings.screen();
        PreparedJob prepared;
        DatasetCheckReport report;
        try (MessageView view = surroundings.messages(output.format);
                FineTuner tuner = surroundings.open(view)) {
            view.doing("checking " + job);
            prepared = tuner.check(file);
            report = named(prepared);
            if (output.isJson()) {
                view.problems(report.problems());
            }
        }
        if (output.isJson()) {
            screen.line(Json.pretty(report));
        } else {
            new CheckView(screen).print(report);
            new HintView(screen).count(HintBook.shipped().of(prepared), job);
        }
        return report.hasErrors() ? new FineTuneException(report.problems(), null).exitCode() : ExitCode.OK;
    }

    /** With what reading the rows found, too; remedies with the file that was checked. */
    private DatasetCheckReport named(PreparedJob prepared) {
        return prepared.check().withProblems(Remedies.named(prepared.findings(), job.toString(), null));
    }
}
