package dev.finetune4j.cli;

import dev.finetune4j.cli.view.LeftoversView;
import dev.finetune4j.cli.view.MessageView;
import dev.finetune4j.engine.FineTuner;
import dev.finetune4j.engine.launch.Leftovers;
import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.json.Durations;
import dev.finetune4j.json.Json;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Finds, and removes, what places keep of jobs that nobody needs. */
@Command(
        name = "gc",
        mixinStandardHelpOptions = true,
        description =
                "Lists what is kept, and paid for, at the places of a job (rows, models, orders, checkpoints and outputs),"
                        + " what is hosted, and which jobs run in the account, with prices, also of other jobs with the same"
                        + " settings; removes, if --yes is said, what no job needs that has not ended.",
        footer = {
            "",
            "What is young stays: another machine may be about to use it.",
            "So do results, until a run of this machine has fetched them, models that only",
            "their place can hold, what hosts a model, unless --hosted is said and its run is",
            "not on this machine, and what runs, unless --running is said and no run of this",
            "machine follows it: somebody else may.",
            "It must be allowed more than \"finetune policy\" prints: it looks at other jobs,",
            "and removes inputs that jobs share.",
            "",
            "Example:",
            "  finetune gc job.yaml --older-than 72h"
        })
final class GcCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Parameters(paramLabel = "JOB", description = "A job file that names places and their settings.")
    Path job = Path.of("");

    @Option(
            names = "--older-than",
            paramLabel = "TIME",
            defaultValue = "168h",
            description = "Keep what was written since; 168h, a week, by default.")
    String olderThan = "168h";

    @Option(names = "--unfetched", description = "Remove results too that no run of this machine has fetched.")
    boolean unfetched;

    @Option(
            names = {"-y", "--yes"},
            description = "Remove; without it nothing is removed.")
    boolean yes;

    @Option(
            names = "--hosted",
            description = "With --yes, also end what hosts models of runs that this machine does not know.")
    boolean hosted;

    @Option(
            names = "--running",
            description = "With --yes, also stop jobs that run and that no run of this machine follows.")
    boolean running;

    @Mixin
    OutputOptions output = new OutputOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    CommandSpec spec;

    GcCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        Duration age = age();
        JobFile file = surroundings.read(job);
        try (MessageView view = surroundings.messages(output.format);
                FineTuner tuner = surroundings.open(view)) {
            view.doing("looking through the places of " + job);
            List<Leftovers.Entry> entries =
                    tuner.leftovers(file, new Leftovers.Limits(age, unfetched, hosted, running));
            List<Problem> problems = new ArrayList<>();
            List<Leftovers.Entry> left = yes
                    ? entries.stream()
                            .map(one -> removed(tuner, file, one, problems))
                            .toList()
                    : entries;
            if (output.isJson()) {
                surroundings.screen().line(Json.pretty(left));
            } else {
                new LeftoversView(surroundings.screen(), surroundings.clock()).print(left, yes, !problems.isEmpty());
            }
            view.problems(problems);
            return worst(problems).number();
        }
    }

    private static ExitCode worst(List<Problem> problems) {
        return problems.stream()
                .map(problem -> problem.kind().exitCode())
                .max(Comparator.comparing(ExitCode::number))
                .orElse(ExitCode.OK);
    }

    /** Removes an entry that nothing needs; one that its place does not let go stays, with the reason, and keeps no other from going. */
    private static Leftovers.Entry removed(
            FineTuner tuner, JobFile file, Leftovers.Entry entry, List<Problem> problems) {
        if (!entry.isRemovable()) {
            return entry;
        }
        try {
            tuner.remove(file, entry);
            return entry;
        } catch (FineTuneException e) {
            problems.addAll(e.problems());
            return entry.keptFor("not removed: " + e.problems().get(0).code());
        }
    }

    private Duration age() {
        try {
            return Durations.parse(olderThan);
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new ParameterException(spec.commandLine(), "--older-than: " + e.getMessage(), e);
        }
    }
}
