package dev.finetune4j.cli;

import dev.finetune4j.cli.view.Farewell;
import dev.finetune4j.cli.view.MessageView;
import dev.finetune4j.cli.view.SeriesCost;
import dev.finetune4j.cli.view.SweepView;
import dev.finetune4j.engine.FineTuner;
import dev.finetune4j.engine.launch.RunHandle;
import dev.finetune4j.engine.search.Choices;
import dev.finetune4j.engine.search.SearchSpace;
import dev.finetune4j.engine.search.Sweep;
import dev.finetune4j.engine.search.SweepSpec;
import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.engine.sweep.SweepRuns;
import dev.finetune4j.engine.sweep.Trial;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Severity;
import dev.finetune4j.evaluation.EvaluationReport;
import dev.finetune4j.json.Durations;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.RunOutcome;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Tries other settings of a job and says which are best. */
@Command(
        name = "sweep",
        mixinStandardHelpOptions = true,
        description =
                "Trains a job with other learning rates, ranks and epochs, judges them on its validation rows, and lets the best alone"
                        + " answer the test rows.",
        footer = {
            "",
            "VALUES are numbers such as 1e-4,3e-4, or for a search by chance a range such",
            "as 1e-5..1e-3.",
            "Each trial is a run. Ctrl-C detaches: the run that trains goes on, the others wait.",
            "Unless the budget stopped it, the same command again goes on; what has been",
            "trained is not trained again.",
            "",
            "Example:",
            "  finetune sweep job.yaml --learning-rate 1e-4,3e-4,1e-3 --rank 8,16",
            "  finetune sweep job.yaml --learning-rate 1e-5..1e-3 --search halving"
        })
final class SweepCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    CommandSpec spec;

    @Parameters(paramLabel = "JOB", description = "The job file.")
    Path job = Path.of("");

    @Option(names = "--learning-rate", paramLabel = "VALUES", description = "Learning rates to try.")
    String learningRate = "";

    @Option(names = "--rank", paramLabel = "VALUES", description = "Ranks of LoRA to try; alpha goes with the rank.")
    String rank = "";

    @Option(names = "--epochs", paramLabel = "VALUES", description = "Epochs to try.")
    String epochs = "";

    @Option(
            names = "--search",
            paramLabel = "WAY",
            defaultValue = "grid",
            description =
                    "grid: every combination (default). random: combinations by chance. halving: all for a small share of their"
                            + " epochs, the best third for three times as long, and so on.")
    String search = "";

    @Option(
            names = "--trials",
            paramLabel = "N",
            description = "Combinations drawn by chance (default: 9; with halving all where every value is listed).")
    @Nullable
    Integer trials;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "17", description = "Seed of the draw (default: 17).")
    long seed;

    @Option(
            names = "--max-time",
            paramLabel = "TIME",
            description =
                    "Time for all trials, such as 2h30m (default: budget.max-time of the job). A trial is not begun where it would not"
                            + " fit, as those before it tell; the first always is.")
    String maxTime = "";

    @Mixin
    OutputOptions output = new OutputOptions();

    SweepCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws InterruptedException {
        SweepSpec asked = asked();
        JobFile file = surroundings.read(job);
        MessageView checking = surroundings.messages(output.format);
        try (FineTuner tuner = surroundings.open(checking)) {
            SweepRuns runs = laidDown(file, asked, tuner, checking);
            for (Optional<Trial> next = runs.next(); next.isPresent(); next = runs.next()) {
                run(runs, next.get());
            }
            test(runs);
            Sweep sweep = runs.sweep();
            Path page = runs.write(sweep);
            if (output.isJson()) {
                surroundings.screen().line(Json.pretty(sweep));
            } else {
                new SweepView(surroundings.screen()).print(sweep, page);
            }
            return (sweep.stopped() == null ? ExitCode.OK : ExitCode.BUDGET_STOPPED).number();
        }
    }

    private SweepSpec asked() {
        Integer drawn = trials;
        try {
            if (drawn != null && drawn < 1) {
                throw new IllegalArgumentException("trials must be at least 1, was " + drawn);
            }
            return new SweepSpec(
                    new SearchSpace(choices(learningRate), choices(rank), choices(epochs)),
                    way(),
                    drawn == null ? 0 : drawn,
                    seed,
                    maxTime.isEmpty() ? null : Durations.parse(maxTime));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private SweepSpec.Search way() {
        return List.of(SweepSpec.Search.values()).stream()
                .filter(one -> one.toString().equals(search.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("--search is grid, random or halving, was " + search));
    }

    private static Choices choices(String text) {
        return text.isEmpty() ? Choices.none() : Choices.parse(text);
    }

    /** Each step has a view of its own, since following a run ends the view that shows it. */
    private SweepRuns laidDown(JobFile file, SweepSpec asked, FineTuner tuner, MessageView view) {
        try (view) {
            view.doing("checking " + job);
            SweepRuns runs = tuner.sweep(file, asked);
            view.doing(runs.outlook().words() + SeriesCost.words(tuner.billing(file)));
            return runs;
        }
    }

    private void run(SweepRuns runs, Trial trial) throws InterruptedException {
        try (MessageView view = surroundings.messages(output.format)) {
            view.doing(SweepView.beginning(trial, runs.foresee(trial)));
            RunHandle<RunOutcome> handle = runs.launch(trial);
            view.took(handle.id(), handle.begin());
            String again = "finetune "
                    + String.join(
                            " ", spec.commandLine().getParent().getParseResult().originalArgs());
            RunOutcome outcome = follow(handle, Farewell.toSeries(handle.id(), again), view);
            runs.ended(trial, handle.id(), outcome);
            if (outcome instanceof RunOutcome.Failed failed) {
                tell(failed.problem().with(Severity.WARNING));
            }
        }
    }

    /** The sweep goes on. */
    private void tell(Problem diverged) {
        try (MessageView view = surroundings.messages(output.format)) {
            view.problems(List.of(diverged));
        }
    }

    private void test(SweepRuns runs) throws InterruptedException {
        Optional<RunHandle<EvaluationReport>> answers = runs.test();
        if (answers.isPresent()) {
            try (MessageView view = surroundings.messages(output.format)) {
                view.doing("the winner answers the test rows");
                RunHandle<EvaluationReport> handle = answers.get();
                runs.tested(follow(handle, Farewell.toAnswer(handle.id()), view));
            }
        }
    }

    private <T> T follow(RunHandle<T> handle, Farewell farewell, MessageView view) throws InterruptedException {
        return new Follower(surroundings.screen(), output).follow(handle, farewell, view);
    }
}
