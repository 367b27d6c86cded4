package dev.finetune4j.cli;

import dev.finetune4j.cli.view.MessageView;
import dev.finetune4j.cli.view.PlannedCallsView;
import dev.finetune4j.engine.FineTuner;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.engine.launch.LaunchProblems;
import dev.finetune4j.engine.launch.RunHandle;
import dev.finetune4j.engine.plan.PlanRequest;
import dev.finetune4j.engine.plan.SavedPlan;
import dev.finetune4j.engine.price.OfferFilter;
import dev.finetune4j.engine.report.Remedies;
import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.plan.LaunchTerms;
import dev.finetune4j.plan.Objective;
import dev.finetune4j.plan.Plan;
import dev.finetune4j.run.RunOutcome;
import dev.finetune4j.spi.Billing;
import dev.finetune4j.value.ProviderId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Plans a job, asks for agreement to what it may cost, and launches it once. */
@Command(
        name = "launch",
        mixinStandardHelpOptions = true,
        description = {
            "Plans a job, says what it may cost at most, and launches it, once.",
            "The place is the best of the job's targets, unless --target names another."
        },
        footer = {
            "",
            "The same command again takes the run up, or tells how it ended; --again starts anew.",
            "What was refused, or never reached its place, is launched as the job file has it now.",
            "Exit code 5 when nothing takes the job, 6 when the budget does not suffice.",
            "",
            "Example:",
            "  finetune launch job.yaml",
            "  finetune launch plan.json --yes --detach"
        })
final class LaunchCommand implements Callable<Integer> {
    /** Launches a job once more, where the same command would else take its run up. */
    static final String AGAIN = "--again";

    private final Surroundings surroundings;

    @Parameters(paramLabel = "JOB", description = "The job file, or a plan that \"finetune plan --save\" saved.")
    Path job = Path.of("");

    @Mixin
    OfferOptions wanted = new OfferOptions();

    @Option(
            names = "--optimize",
            paramLabel = "FOR",
            defaultValue = "balanced",
            description = "cost, time or balanced (default): the geometric mean of both, each against the best.")
    Objective objective = Objective.BALANCED;

    @Mixin
    Consent consent = new Consent();

    @Option(names = AGAIN, description = "Another attempt, also where the job has been run.")
    boolean again;

    @Option(
            names = "--failover",
            description =
                    "Where its place has no machine, go on at the plan's other places, from the start and within the same"
                            + " budget. Said at the first launch of a job with several targets.")
    boolean failover;

    @Option(
            names = "--dry-run",
            description =
                    "Print every writing call that the launch would make, with its exact request, and make none. A place"
                            + " that is asked for something first needs credentials all the same.")
    boolean dryRun;

    @Option(
            names = "--detach",
            description =
                    "Launch, print the run's id, and come back. What has to go to another machine waits until somebody watches it.")
    boolean detach;

    @Mixin
    OutputOptions output = new OutputOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    CommandSpec spec;

    LaunchCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws InterruptedException, IOException {
        Optional<SavedPlan> saved = SavedPlan.read(job);
        Path planned = saved.map(plan -> plan.foundJobFile(job)).orElse(job);
        JobFile file = surroundings.read(planned);
        try (MessageView view = surroundings.messages(output.format);
                FineTuner tuner = surroundings.open(view)) {
            Plan plan = plan(tuner, file, saved);
            if (dryRun) {
                show(tuner.terms(plan, failover), tuner, plan, file, view);
                view.doing("checking " + job);
                new PlannedCallsView(surroundings.screen(), output.isJson()).print(tuner.dryRun(plan));
                return ExitCode.OK.number();
            }
            Optional<RunView> last = again ? Optional.empty() : tuner.last(plan);
            if (last.isEmpty() && saved.isEmpty()) { // of a saved plan it was told when it was made
                view.problems(Remedies.named(plan.warnings(), file.source(), null));
            }
            RunHandle<RunOutcome> handle;
            if (last.isPresent()) {
                view.doing("checking " + job);
                handle = tuner.attach(last.get().id().value());
            } else {
                LaunchTerms terms = tuner.terms(plan, failover);
                if (detach && terms.onlyWatched()) {
                    throw LaunchProblems.unwatched(terms);
                }
                if (!isAgreed(terms, tuner, plan, file, view)) {
                    view.declined("nothing was launched");
                    return ExitCode.OK.number();
                }
                view.doing("checking " + job);
                handle = tuner.launch(plan, terms, again);
            }
            RunEnd end = new RunEnd(surroundings, tuner, output, view);
            if (detach) {
                Optional<ExitCode> letGo = end.detach(handle);
                if (letGo.isPresent()) {
                    return letGo.get().number();
                }
            }
            view.took(handle.id(), handle.begin());
            RunOutcome outcome = new Follower(surroundings.screen(), output).followRun(handle, view);
            ExitCode exit = end.tell(handle.id(), outcome);
            if (handle.begin() == RunHandle.Begin.ENDED && !output.isJson()) {
                surroundings.screen().say("  anew:   finetune launch " + job + " " + AGAIN);
            }
            return exit.number();
        }
    }

    private Plan plan(FineTuner tuner, JobFile file, Optional<SavedPlan> saved) {
        if (saved.isPresent()) {
            return tuner.plan(saved.get(), file);
        }
        PlanRequest request = new PlanRequest(filter(tuner, file), objective, null, null, false, null);
        Plan plan = tuner.plan(file, request);
        tuner.impasse(file, request, plan).ifPresent(problem -> {
            tuner.refuseContradictions(file, request);
            throw problem.asException();
        });
        return plan;
    }

    /** Where the job may run; what no provider launches at is left to the launch to refuse. */
    private OfferFilter filter(FineTuner tuner, JobFile file) {
        OfferFilter said = wanted.ofJob(tuner.offers(), spec);
        if (!said.targets().isEmpty()) {
            return said;
        }
        List<ProviderId> there =
                file.job().targets().stream().filter(tuner.places()::contains).toList();
        return new OfferFilter(
                there.isEmpty() ? file.job().targets() : there, said.regions(), said.gpus(), said.spot(), null);
    }

    private static void show(LaunchTerms terms, FineTuner tuner, Plan plan, JobFile file, MessageView view) {
        view.terms(terms, file.job().budget());
        view.problems(Remedies.named(tuner.placeWarnings(plan), file.source(), null));
    }

    /** Shows the terms, and asks where the place bills anything. */
    private boolean isAgreed(LaunchTerms terms, FineTuner tuner, Plan plan, JobFile file, MessageView view)
            throws IOException {
        show(terms, tuner, plan, file, view);
        Billing billing = tuner.billing(file.at(plan.choice().orElseThrow()));
        return billing == Billing.NOTHING || consent.isGiven("launch at these terms", view, surroundings, spec);
    }
}
