package dev.finetune4j.cli;

import dev.finetune4j.cli.view.Farewell;
import dev.finetune4j.cli.view.MessageView;
import dev.finetune4j.cli.view.PlanCsv;
import dev.finetune4j.cli.view.PlanExplanation;
import dev.finetune4j.cli.view.PlanView;
import dev.finetune4j.engine.FineTuner;
import dev.finetune4j.engine.estimate.Architecture;
import dev.finetune4j.engine.launch.RunHandle;
import dev.finetune4j.engine.plan.PlanRequest;
import dev.finetune4j.engine.plan.RehearsalRun;
import dev.finetune4j.engine.plan.SavedPlan;
import dev.finetune4j.engine.report.Remedies;
import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.Problem;
import dev.finetune4j.json.Durations;
import dev.finetune4j.json.Json;
import dev.finetune4j.plan.Objective;
import dev.finetune4j.plan.Offer;
import dev.finetune4j.plan.Plan;
import dev.finetune4j.run.Rehearsal;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says what a job will take on every target. */
@Command(
        name = "plan",
        mixinStandardHelpOptions = true,
        description = {
            "Says what a job will take on every target: memory, time and cost as ranges.",
            "Launches and buys nothing. Prices are those that \"finetune prices\" shows.",
            "--rehearse trains a few steps on this machine, and keeps nothing of them but the figures."
        },
        footer = {
            "",
            "Exit code 5 when nothing takes the job, 6 when nothing keeps the limits.",
            "",
            "Example:",
            "  finetune plan job.yaml",
            "  finetune plan job.yaml --optimize time --max-cost \"10 USD\" --region eu",
            "  finetune plan job.yaml --explain 1",
            "  finetune plan job.yaml --rehearse",
            "  finetune plan job.yaml --target local --save plan.json"
        })
final class PlanCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Parameters(paramLabel = "JOB", description = "The job file.")
    Path job = Path.of("");

    @Option(
            names = "--optimize",
            paramLabel = "FOR",
            defaultValue = "balanced",
            description = "cost, time or balanced (default): the geometric mean of both, each against the best.")
    Objective objective = Objective.BALANCED;

    @Option(names = "--max-cost", paramLabel = "MONEY", description = "Most that the run may cost, such as \"10 USD\".")
    @Nullable
    String maxCost;

    @Option(names = "--deadline", paramLabel = "TIME", description = "Longest that the run may take, such as 3h.")
    @Nullable
    String deadline;

    @Mixin
    OfferOptions wanted = new OfferOptions();

    @Option(
            names = {"-a", "--all"},
            description = "Every option in every region, not just the first.")
    boolean all;

    @Option(
            names = "--explain",
            paramLabel = "OPTION",
            description =
                    "The items of one option, by its number, id, name or place, and where each figure comes from.")
    @Nullable
    String explain;

    @Option(
            names = "--save",
            paramLabel = "FILE",
            description = "Save the plan; \"finetune run FILE\" runs it, unless job, data or price have moved.")
    @Nullable
    Path save;

    @Option(
            names = "--rehearse",
            description =
                    "Do the first steps on this machine first: what they measure narrows the plan, this one and later ones.")
    boolean rehearse;

    @Option(names = "--hidden-size", paramLabel = "C", description = "Width of a model of which nothing is known.")
    @Nullable
    Integer hiddenSize;

    @Option(names = "--layers", paramLabel = "L", description = "Its layers.")
    @Nullable
    Integer layers;

    @Option(names = "--vocabulary", paramLabel = "V", description = "Its vocabulary.")
    @Nullable
    Integer vocabulary;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            defaultValue = "table",
            description = "table, json or csv (default: table).")
    ListFormat format = ListFormat.TABLE;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    CommandSpec spec;

    private @Nullable Plan unchosen;

    PlanCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** The plan that was made where it has no choice, which a program reads beside why. */
    Optional<Plan> unchosen() {
        return Optional.ofNullable(unchosen);
    }

    @Override
    public Integer call() throws InterruptedException {
        if (rehearse) {
            rehearse(surroundings.read(job));
        }
        Plan plan;
        Optional<Problem> impasse;
        try (MessageView view = surroundings.messages(format.messages());
                Opening opening = new Opening(() -> surroundings.open(view))) {
            JobFile file = surroundings.read(job);
            FineTuner tuner = opening.await();
            PlanRequest request = request(tuner.offers());
            plan = tuner.plan(file, request);
            view.problems(Remedies.named(plan.warnings(), job.toString(), null));
            impasse = tuner.impasse(file, request, plan);
            if (save != null && impasse.isEmpty()) {
                SavedPlan.write(job, plan, save);
                view.file(save);
            }
        }
        if (impasse.isEmpty() || format != ListFormat.JSON) { // of JSON there is one document
            print(plan);
        }
        if (impasse.isPresent()) {
            unchosen = plan;
            throw impasse.get().asException();
        }
        return ExitCode.OK.number();
    }

    private void rehearse(JobFile file) throws InterruptedException {
        try (MessageView view = surroundings.messages(format.messages());
                FineTuner tuner = surroundings.open(view)) {
            RehearsalRun rehearsal = tuner.rehearsal(file);
            view.doing(rehearsal.words());
            OutputOptions output = new OutputOptions();
            output.format = format.messages();
            RunHandle<Rehearsal> handle = rehearsal.start();
            new Follower(surroundings.screen(), output)
                    .follow(handle, Farewell.toRehearsal(handle.id(), "finetune plan " + job + " --rehearse"), view);
        }
    }

    private PlanRequest request(List<Offer> market) {
        return new PlanRequest(
                wanted.ofJob(market, spec),
                objective,
                limit("--max-cost", maxCost, MoneyText::parse),
                limit("--deadline", deadline, PlanCommand::duration),
                all,
                said());
    }

    private <T> @Nullable T limit(String option, @Nullable String text, Function<String, T> parser) {
        try {
            return text == null ? null : parser.apply(text);
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new ParameterException(spec.commandLine(), option + ": " + e.getMessage(), e);
        }
    }

    private static Duration duration(String text) {
        Duration time = Durations.parse(text);
        if (time.isNegative() || time.isZero()) {
            throw new IllegalArgumentException("must be longer than nothing, was " + text);
        }
        return time;
    }

    private @Nullable Architecture said() {
        if (hiddenSize == null && layers == null && vocabulary == null) {
            return null;
        }
        if (hiddenSize == null || layers == null || vocabulary == null) {
            throw new ParameterException(
                    spec.commandLine(), "--hidden-size, --layers and --vocabulary go together: name all three");
        }
        try {
            return Architecture.ofSizes(hiddenSize, layers, vocabulary);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private void print(Plan plan) {
        if (explain != null) {
            PlanExplanation explanation = PlanExplanation.of(plan, explain);
            if (format == ListFormat.JSON) {
                surroundings.screen().line(Json.pretty(explanation.option()));
            } else {
                explanation.print(surroundings.screen());
            }
            return;
        }
        switch (format) {
            case TABLE -> new PlanView(surroundings.screen(), job).print(plan, all);
            case JSON -> surroundings.screen().line(Json.pretty(plan));
            case CSV -> PlanCsv.print(surroundings.screen(), plan);
        }
    }
}
