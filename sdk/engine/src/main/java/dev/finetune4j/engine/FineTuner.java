package dev.finetune4j.engine;

import dev.finetune4j.data.Message;
import dev.finetune4j.engine.chat.Chat;
import dev.finetune4j.engine.curve.CurveRuns;
import dev.finetune4j.engine.data.PreparedData;
import dev.finetune4j.engine.journal.DiskFiles;
import dev.finetune4j.engine.journal.Redaction;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.RunProblems;
import dev.finetune4j.engine.journal.RunStore;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.engine.launch.Asking;
import dev.finetune4j.engine.launch.EngineRefusals;
import dev.finetune4j.engine.launch.EstimateScore;
import dev.finetune4j.engine.launch.FetchedFiles;
import dev.finetune4j.engine.launch.JobFigures;
import dev.finetune4j.engine.launch.Launcher;
import dev.finetune4j.engine.launch.Leftovers;
import dev.finetune4j.engine.launch.ModelHosting;
import dev.finetune4j.engine.launch.PastRuns;
import dev.finetune4j.engine.launch.Preparation;
import dev.finetune4j.engine.launch.PreparedJob;
import dev.finetune4j.engine.launch.Providers;
import dev.finetune4j.engine.launch.RunHandle;
import dev.finetune4j.engine.models.ModelCatalogue;
import dev.finetune4j.engine.plan.PlanRequest;
import dev.finetune4j.engine.plan.RehearsalRun;
import dev.finetune4j.engine.plan.SavedPlan;
import dev.finetune4j.engine.report.RunReport;
import dev.finetune4j.engine.search.SweepSpec;
import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.engine.spec.Profile;
import dev.finetune4j.engine.sweep.SweepRuns;
import dev.finetune4j.engine.sweep.TrialRunner;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.evaluation.EvaluationReport;
import dev.finetune4j.evaluation.Prediction;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.plan.Foreseen;
import dev.finetune4j.plan.LaunchTerms;
import dev.finetune4j.plan.Offer;
import dev.finetune4j.plan.Plan;
import dev.finetune4j.run.GeneratedText;
import dev.finetune4j.run.MergedModel;
import dev.finetune4j.run.ModelFormat;
import dev.finetune4j.run.Replay;
import dev.finetune4j.run.RunOutcome;
import dev.finetune4j.run.Sampling;
import dev.finetune4j.spi.AccessPolicy;
import dev.finetune4j.spi.Billing;
import dev.finetune4j.spi.HostedModel;
import dev.finetune4j.spi.LogPage;
import dev.finetune4j.spi.PlannedCall;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.value.ProviderId;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The door of finetune4j: checks jobs, runs them, and takes up runs that are there.
 *
 * <pre>{@code
 * try (FineTuner tuner = FineTuner.open()) {
 *     RunOutcome outcome = tuner.run(tuner.read(Path.of("job.yaml")));
 *     System.exit(outcome.exitCode().number());
 * }
 * }</pre>
 *
 * <p>All that it knows lies in the home folder; any number of programs may use the same at the same time. Runs go on at their
 * provider when the program ends. Safe for use by several threads.
 */
public final class FineTuner implements AutoCloseable {
    private final Path home;
    private final Map<String, String> environment;
    private final Preparation preparation;
    private final RunStore store;
    private final Launcher launcher;
    private final OnceKnownOffers offers;
    private final JobSecrets secrets;
    private final JobChecks checks;
    private final JobPlanning planning;
    private final PlannedLaunches launches;
    private final OtherRows otherRows;

    FineTuner(FineTunerBuilder settings) {
        home = settings.home();
        environment = settings.environment();
        preparation = settings.preparation();
        store = new RunStore(home);
        ProviderContext context = new ProviderContext(home, environment, settings.clock());
        Providers providers = new Providers(settings.providers(), context, ModelCatalogue.shipped());
        launcher = new Launcher(
                home,
                providers,
                environment,
                new DiskFiles(),
                settings.clock(),
                settings.sleeper(),
                settings.version(),
                this::foreseen,
                preparation::digest);
        offers = new OnceKnownOffers(context);
        secrets = new JobSecrets(Redaction.of(environment, providers.secretSettings()), environment);
        checks = new JobChecks(preparation, launcher.places(), offers, secrets, settings.progress());
        planning = new JobPlanning(context, settings.memory(), settings.version(), checks, launcher);
        launches = new PlannedLaunches(planning, checks, launcher);
        otherRows = new OtherRows(checks);
    }

    /** Asked for at a launch, and so once there is planning. */
    private Optional<Foreseen> foreseen(PreparedJob job) {
        return planning.foreseen(job);
    }

    /**
     * A fine-tuner with this process' environment, the home folder {@code FINETUNE_HOME} or {@code ~/.finetune4j}, and the
     * providers on the class path.
     */
    public static FineTuner open() {
        return builder().build();
    }

    /** Starts from this process' environment, its home folder and the providers on its class path. */
    public static FineTunerBuilder builder() {
        return new FineTunerBuilder();
    }

    /**
     * Reads a job file. What it does not say of its places is taken from the {@linkplain Profile profile} of the home.
     *
     * @throws FineTuneException with every problem of the file, or of the profile
     */
    public JobFile read(Path file) {
        return JobFile.read(file, environment, Profile.of(home, environment));
    }

    /**
     * Fetches data and model of a job, looks at every row, and asks the place where it would run whether that would take it. Findings,
     * also those that are errors, are in the result: a job without errors is one that can be launched.
     *
     * @throws FineTuneException with FT0113 if none of its targets is there, or if data or model are not to be had, or rows cannot
     *     be read
     */
    public PreparedJob check(JobFile job) {
        return checks.check(job);
    }

    /** Whether a job's model is on this machine, so that a check fetches none. */
    public boolean hasModel(JobFile job) {
        return preparation.hasModel(job);
    }

    /**
     * The figures of a job's rows and model that a plan is made from. The model is not fetched: where it is not on this machine, lengths are
     * told from characters.
     *
     * @throws FineTuneException as {@link #plan(JobFile)}
     */
    public JobFigures figures(JobFile job) {
        return checks.figures(job, null);
    }

    /**
     * Says what a job will take on every target: memory, time and cost as ranges, ranked. Nothing is launched, bought or fetched but rows;
     * where the model is on this machine its tokenizer counts their tokens.
     *
     * <pre>{@code
     * Plan plan = tuner.plan(tuner.read(Path.of("job.yaml")));
     * plan.choice().ifPresent(option -> System.out.println(option.id() + " " + option.cost()));
     * }</pre>
     *
     * @throws FineTuneException if the data cannot be had, with FT0340 if the model is an encoder and the task needs words, FT0475 if
     *     such models do not have the method, FT0480 or FT0494 if there is no such model, FT0481 if its sizes are not known
     */
    public Plan plan(JobFile job) {
        return plan(job, PlanRequest.anywhere());
    }

    /**
     * The same, of the offers and within the limits of a request.
     *
     * @throws FineTuneException as {@link #plan(JobFile)}
     */
    public Plan plan(JobFile job, PlanRequest request) {
        return planning.plan(job, request);
    }

    /**
     * A plan that was saved, to be launched; nothing is planned anew.
     *
     * <pre>{@code
     * Path file = Path.of("plan.json");
     * SavedPlan saved = SavedPlan.read(file).orElseThrow();
     * Plan plan = tuner.plan(saved, tuner.read(saved.jobFile(file)));
     * }</pre>
     *
     * @param job the plan's job file
     * @throws FineTuneException with FT0765 and what has moved since, if anything has
     */
    public Plan plan(SavedPlan saved, JobFile job) {
        return planning.plan(saved, job);
    }

    /**
     * Why a plan has no option that may be chosen, and what would change that, found by trying.
     *
     * @return empty where the plan has a choice
     * @throws FineTuneException as {@link #plan(JobFile)}
     */
    public Optional<Problem> impasse(JobFile job, PlanRequest request, Plan plan) {
        return planning.impasse(job, request, plan);
    }

    /**
     * Refuses a job whose settings each of some places has something against: that is why a plan has no option, and the plan does not know it.
     * Asks nobody.
     *
     * @param request says where the job may run
     * @throws FineTuneException with what each of the places has against its settings; not where one of them has nothing, or is not here
     */
    public void refuseContradictions(JobFile job, PlanRequest request) {
        List<Problem> problems =
                launcher.places().contradictions(job.job(), request.filter().targets(), offers());
        if (!problems.isEmpty()) {
            throw job.placed(new FineTuneException(problems, null));
        }
    }

    /** The places that jobs can be launched at from here. */
    public Set<ProviderId> places() {
        return launcher.places().ids();
    }

    /**
     * What a launch of a plan's choice may take at most, and where it goes if its machine is not to be had, for somebody to agree to. The
     * choice's place is asked, too, whether it would refuse the job whatever its rows.
     *
     * @throws FineTuneException with FT0484 if the job's settings make the disk of its machine too small, FT0520 if its place bills for time
     *     and the job has no budget, FT0521 if the budget ends before the job is likely to, or may, where its place keeps no checkpoint,
     *     FT0523 if it cannot be launched from here, FT0532 if its first checkpoint may come too late, FT0760 to FT0762 if the plan has no
     *     choice, or with what its place has against it
     * @throws IllegalArgumentException if the plan is none of this fine-tuner's
     */
    public LaunchTerms terms(Plan plan) {
        return terms(plan, false);
    }

    /**
     * The same; where {@code isFailover} says so, the job goes on to machines of the plan's other places where its own has none. It begins from
     * the start there, since no place reads the checkpoints of another, and what was spent before counts.
     *
     * @throws FineTuneException as {@link #terms(Plan)}
     */
    public LaunchTerms terms(Plan plan, boolean isFailover) {
        return launches.terms(plan, isFailover);
    }

    /**
     * What the place of a plan's choice tells of its settings there though it would take the job, and that it compares base and tuned model
     * with nothing, for somebody to know before they agree. Asks nobody.
     *
     * @return warnings
     * @throws IllegalArgumentException if the plan is none of this fine-tuner's, or has no choice
     */
    public List<Problem> placeWarnings(Plan plan) {
        return launches.placeWarnings(plan);
    }

    /**
     * The least that must be allowed at the place where a job would run: to whoever launches it, to the job itself, and to whoever has its
     * tuned model hosted there. Empty where nothing has to be. Asks nobody but a hub, where that alone knows the image of a model.
     *
     * @throws FineTuneException with FT0113 if none of its targets is there, or with what is wrong with the place's settings
     */
    public List<AccessPolicy> policies(JobFile job) {
        try {
            return launcher.places().policies(job.job());
        } catch (FineTuneException e) {
            throw job.placed(e);
        }
    }

    /**
     * Launches a plan's choice, at most once: where the same job, data and model has a run there, it is taken up, or told of if it has
     * ended. Of what is launched, the {@linkplain FineTunerBuilder#progress listener} is told what is odd about the rows, apart from
     * {@link #placeWarnings}.
     *
     * <pre>{@code
     * JobFile job = tuner.read(Path.of("job.yaml"));
     * Plan plan = tuner.plan(job, PlanRequest.atTargetsOf(job.job()));
     * RunHandle<RunOutcome> run = tuner.launch(plan);
     * CompletableFuture<Void> told = run.consume(System.out::println);
     * RunOutcome outcome = run.await();
     * }</pre>
     *
     * @param plan one that a {@code plan} method of this fine-tuner gave, by the rows as they are now
     * @throws FineTuneException as {@link #terms} and {@link #launch(JobFile)}
     * @throws IllegalArgumentException if the plan is none of this fine-tuner's
     */
    public RunHandle<RunOutcome> launch(Plan plan) {
        return launch(plan, false);
    }

    /**
     * The same; where {@code isAgain} says so, a run that has ended is followed by another attempt.
     *
     * @throws FineTuneException as {@link #launch(Plan)}
     */
    public RunHandle<RunOutcome> launch(Plan plan, boolean isAgain) {
        return launches.launch(plan, isAgain);
    }

    /**
     * The same on terms that somebody agreed to, and on no others.
     *
     * @param agreed those that {@link #terms(Plan, boolean)} gave of the plan
     * @throws FineTuneException as {@link #launch(Plan)}, or with what the place has against the job by now
     * @throws IllegalArgumentException if the plan is none of this fine-tuner's, or the terms are of another choice
     */
    public RunHandle<RunOutcome> launch(Plan plan, LaunchTerms agreed, boolean isAgain) {
        return launches.launch(plan, agreed, isAgain);
    }

    /**
     * The last run of a plan's choice that its place ever said to have, which {@link #launch(Plan)} takes up, or tells of if it has ended.
     *
     * @return empty where a launch would launch
     * @throws FineTuneException as {@link #plan(JobFile)}, or with FT0502 if its journal cannot be read
     */
    public Optional<RunView> last(Plan plan) {
        return launches.last(plan);
    }

    /**
     * The calls that {@link #launch(Plan)} would make at the place, in order, with exactly what they would send; makes none of
     * them. No calls where nothing leaves this machine.
     *
     * @throws FineTuneException as {@link #launch(Plan)}
     */
    public List<PlannedCall> dryRun(Plan plan) {
        return launches.dryRun(plan);
    }

    /**
     * Fetches what a job needs, and makes the first steps of it on this machine ready to be begun: later plans of the same job are made
     * from what they show.
     *
     * <pre>{@code
     * Rehearsal measured = tuner.rehearsal(job).start().await();
     * Plan plan = tuner.plan(job);
     * }</pre>
     *
     * @throws FineTuneException with FT0767 if this machine would refuse the job, with every finding if one of them is an error, or as
     *     {@link #plan(JobFile)}
     */
    public RehearsalRun rehearsal(JobFile job) {
        return planning.rehearsal(job);
    }

    /** How good the estimates were that runs of this home have put to the test, by place and by what was known. */
    public List<EstimateScore> estimates() {
        return EstimateScore.of(launcher.estimates().read());
    }

    /** What of them cannot be read, and so does not count; empty where all can. */
    public Optional<Problem> unreadEstimates() {
        return launcher.estimates().unread();
    }

    /** What the engines that places are sent for their GPUs do not do, where no job says anything of a place. Asks nobody. */
    public EngineRefusals refusals() {
        return launcher.places().outlook().refusals();
    }

    /** Everything that the places sell, as it is known on this machine. Asks nobody. */
    public List<Offer> offers() {
        return offers.get().offers();
    }

    /**
     * Runs a job to its outcome: check, launch, follow, compare, report.
     *
     * @throws FineTuneException if the check finds errors, the launch fails or the run cannot be followed to its end
     * @throws InterruptedException if the thread was told to stop waiting; the run goes on
     */
    public RunOutcome run(JobFile job) throws InterruptedException {
        return launch(job).await();
    }

    /**
     * Checks and launches a job. Where the same job, data and model has a run that has not ended, that one is taken up.
     *
     * @throws FineTuneException if the check finds errors or the launch fails
     */
    public RunHandle<RunOutcome> launch(JobFile job) {
        return launch(check(job));
    }

    /**
     * Launches a job that was checked. The {@linkplain FineTunerBuilder#progress listener} is told what is odd about it.
     *
     * @throws FineTuneException with every finding if one of them is an error, or why the launch fails
     */
    public RunHandle<RunOutcome> launch(PreparedJob job) {
        return launcher.launch(checks.told(job), secrets.of(job.file()));
    }

    /**
     * Launches a job that was checked, unless it has been run before: where this version of finetune4j has run the same job on the same
     * data and model to success, and its output is still there, the newest such run is handed out. Of several programs that ask at the
     * same time one launches and the others look on. The {@linkplain FineTunerBuilder#progress listener} is told what is odd about the job.
     *
     * @param reusable whether such a run will do; asked for each, newest first
     * @throws FineTuneException with every finding if one of them is an error, or why the launch fails
     */
    public RunHandle<RunOutcome> launchOnce(PreparedJob job, Predicate<RunView> reusable) {
        return launcher.launchOnce(checks.told(job), secrets.of(job.file()), reusable);
    }

    /**
     * Whether the base model of a run lies where it was, and is the one that the run was prepared with: an adapter answers with no other, and
     * a training goes on with no other.
     */
    public boolean hasBaseModel(RunView run) {
        return launcher.hasBaseModel(run);
    }

    /**
     * What costs money at the place where a job would run.
     *
     * @throws FineTuneException with FT0113 if none of its targets is there
     */
    public Billing billing(JobFile job) {
        return launcher.places().billing(job.job());
    }

    /**
     * Checks a job and deals its training rows out for a learning curve. Nothing is launched yet.
     *
     * <pre>{@code
     * LearningCurve curve = tuner.learningCurve(tuner.read(Path.of("job.yaml"))).await();
     * }</pre>
     *
     * @throws FineTuneException with every finding if one of them is an error, with FT0703 if the job holds out no rows, FT0706 if it
     *     has too few training rows
     */
    public CurveRuns learningCurve(JobFile job) {
        PreparedJob whole = checks.launchable(job);
        try {
            return new CurveRuns(home, whole, trials(), pastRunsFor(whole));
        } catch (FineTuneException e) {
            throw secrets.clean(e, job);
        }
    }

    /**
     * Checks a job and lays the trials of a sweep down. Nothing is launched yet.
     *
     * @throws FineTuneException with every finding if one of them is an error, with FT0707 if the job has no validation rows, FT0708 if
     *     its method lacks a setting of the sweep
     */
    public SweepRuns sweep(JobFile job, SweepSpec spec) {
        PreparedJob whole = checks.launchable(job);
        try {
            return new SweepRuns(home, whole, spec, trials(), pastRunsFor(whole));
        } catch (FineTuneException e) {
            throw secrets.clean(e, job);
        }
    }

    private TrialRunner trials() {
        return new LaunchedTrials(launcher, store, secrets);
    }

    private PastRuns pastRunsFor(PreparedJob job) {
        return new PastRuns(home, launcher.places().outlook().computedShare(job).orElse(null));
    }

    /**
     * Takes up a run: follows it where nobody does, looks on where another process does, tells the outcome where it has ended.
     *
     * @param run its id or the start of it
     * @throws FineTuneException with FT0504 if there is no such run
     */
    public RunHandle<RunOutcome> attach(String run) {
        return launcher.runs().attach(store.resolve(run));
    }

    /**
     * What the processes of a run printed, beside its events.
     *
     * @param run its id or the start of it
     * @param cursor {@link LogPage#START} for the first lines, then what the page before says
     * @return no lines where there is nothing new
     * @throws FineTuneException with FT0504 if there is no such run, FT0510 if its place keeps no such lines
     */
    public LogPage logs(String run, String cursor) {
        return launcher.runs().logs(store.resolve(run), cursor);
    }

    /**
     * What the places of a job keep of it and of other jobs with the same settings: staged rows and models, orders, checkpoints, outputs.
     *
     * @param limits what of it is not free to be removed
     * @throws FineTuneException if a place cannot be asked
     */
    public List<Leftovers.Entry> leftovers(JobFile job, Leftovers.Limits limits) {
        return launcher.places().leftovers(job.job(), limits, this::offers);
    }

    /**
     * Removes what nothing needs any more.
     *
     * @throws IllegalArgumentException if something needs it
     * @throws FineTuneException if its place does not remove it
     */
    public void remove(JobFile job, Leftovers.Entry entry) {
        launcher.places().remove(job.job(), entry);
    }

    /**
     * Stops a run; its checkpoints stay.
     *
     * @param run its id or the start of it
     * @param by who asks, for the run's journal
     * @return a handle whose outcome comes when the run has ended
     * @throws FineTuneException with FT0504 if there is no such run, FT0510 if its provider cannot stop jobs
     */
    public RunHandle<RunOutcome> stop(String run, String by) {
        return launcher.runs().stop(store.resolve(run), by);
    }

    /**
     * Brings what an ended run left at its place to this machine: of one that was stopped or failed its checkpoints, where the place keeps
     * any. A run that has ended at its place, and that nobody followed, is first taken to its end here.
     *
     * @param run its id or the start of it
     * @return the handle fails with FT0505 if another process drives the run, or with what its place has against it
     * @throws FineTuneException with FT0504 if there is no such run, FT0508 if it has not ended
     */
    public RunHandle<FetchedFiles> fetch(String run) {
        return launcher.runs().fetch(store.resolve(run));
    }

    /**
     * Lets a run that was stopped, failed or lost its driver go on from its last checkpoint.
     *
     * @param run its id or the start of it
     * @throws FineTuneException with FT0504 if there is no such run, FT0505 if another process drives it, FT0509 if there is
     *     nothing to go on with, FT0510 if its provider cannot resume, FT0541 if its base model is another one now
     */
    public RunHandle<RunOutcome> resume(String run) {
        return launcher.runs().resume(store.resolve(run));
    }

    /**
     * Goes over the last steps of a stopped or failed run again, from its last checkpoint but one to its last, and compares weights and
     * moments by SHA-256: whether this machine goes on to the same bits. The run stays as it is.
     *
     * @param run its id or the start of it
     * @return a handle that fails with FT0518 where the steps come out otherwise, with FT0509 or FT0635 where there are no two
     *     checkpoints
     * @throws FineTuneException with FT0504 if there is no such run, FT0509 if it was never launched, FT0541 if its base model is
     *     another one now
     */
    public RunHandle<Replay> verify(String run) {
        return launcher.sideJobs().verify(store.resolve(run));
    }

    /** Every run of this home, newest first; what goes on is in the state that its provider tells, where it answers. */
    public List<RunView> list() {
        return listing().runs();
    }

    /** The runs of {@link #list}, and those whose journals cannot be read. */
    public RunStore.Listing listing() {
        RunStore.Listing listing = store.listing();
        return new RunStore.Listing(
                listing.runs().stream().map(launcher.runs()::seenNow).toList(), listing.unreadable());
    }

    /**
     * A run as its journal tells it; one that goes on is in the state that its provider tells, where it answers.
     *
     * @param run its id or the start of it
     * @throws FineTuneException with FT0504 if there is no such run, FT0502 if its journal is damaged
     */
    public RunView show(String run) {
        RunFolder folder = store.resolve(run);
        return RunView.of(folder.read())
                .map(launcher.runs()::seenNow)
                .orElseThrow(() -> RunProblems.noSuchRun(
                        run, store.list().stream().map(RunView::id).toList()));
    }

    /**
     * The command that lets a run go on that was stopped; empty where its place cannot.
     *
     * @param run the run
     * @param stopped how it ended; one whose time is used up begins anew, and the command says what it takes
     */
    public Optional<String> goOn(RunView run, RunOutcome.Stopped stopped) {
        return launcher.runs().goOn(run, stopped);
    }

    /**
     * The folder of a run, with its report, events and output.
     *
     * @param run its id or the start of it
     * @throws FineTuneException with FT0504 if there is no such run
     */
    public RunFolder folder(String run) {
        return store.resolve(run);
    }

    /**
     * The report of a run that has ended. Where its {@code report.json} is gone it is first written anew from journal, events, answers and
     * rows of the run; the SHA-256 of row files and tuned weights is not told then, since they may have changed, and of versions only what
     * the run wrote down.
     *
     * @param run its id or the start of it
     * @return empty where the run has not ended
     * @throws FineTuneException with FT0504 if there is no such run, FT0722 if the report cannot be read, or is gone with what it would be
     *     written from, FT0505 if another process has the run
     */
    public Optional<RunReport> report(String run) {
        return launcher.runs().report(store.resolve(run));
    }

    /**
     * Removes a run that has ended, at its provider and here.
     *
     * @param run its id or the start of it
     * @param force also where its journal is damaged, and where no place answers that it has it: what is there all the same goes on
     * @return a warning for each place that did not answer, and may keep something of the run
     * @throws FineTuneException with FT0504 if there is no such run, FT0505 if another process drives it, FT0508 if it has not
     *     ended
     */
    public List<Problem> clean(String run, boolean force) {
        return launcher.runs().clean(store.resolve(run), force);
    }

    /**
     * Hosts tuned models where places keep them, on request only and once somebody has seen what it costs.
     *
     * <pre>{@code
     * HostingTerms terms = tuner.hosting().terms("tickets", null, 1);
     * System.out.println(terms.perHour() + " an hour");
     * HostedModel model = tuner.hosting().host(terms, state -> {});
     * }</pre>
     */
    public ModelHosting hosting() {
        return launcher.hosting();
    }

    /**
     * Compares base and tuned model of a run on every row of another file, which is read once. The {@linkplain FineTunerBuilder#progress
     * listener} is warned of rows that the run was trained on.
     *
     * <pre>{@code
     * Asking<EvaluationReport> asking = tuner.evaluation("tickets", Path.of("new-rows.jsonl"));
     * AnswerTerms terms = asking.terms().orElseThrow(); // where a place hosts the model
     * EvaluationReport report = asking.start(terms).await();
     * }</pre>
     *
     * @param run its id or the start of it
     * @param file rows in any format that a job may have, with the columns that the job's task names
     * @return what is asked once it is started, which may cost what it tells
     * @throws FineTuneException with FT0504 if there is no such run, or if the rows cannot be read
     */
    public Asking<EvaluationReport> evaluation(String run, Path file) {
        RunFolder folder = store.resolve(run);
        PreparedData rows = otherRows.read(show(run), file);
        otherRows.tellSeen(rows, folder);
        return launcher.questions().evaluation(folder, rows);
    }

    /**
     * Compares base and tuned model of a run on the rows that it held out: by a service that hosts them now, where its place compared
     * nothing, else on this machine, where the tuned model is here. The report of a run that succeeded without a comparison is written anew.
     *
     * @param run its id or the start of it
     * @return what is asked once it is started, which may cost what it tells
     * @throws FineTuneException with FT0504 if there is no such run
     */
    public Asking<EvaluationReport> evaluation(String run) {
        return launcher.questions().heldOutEvaluation(store.resolve(run));
    }

    /**
     * Starts {@link #evaluation(String, Path)}, where its answers cost nothing.
     *
     * @throws FineTuneException as that, with FT0531 if they do, FT0510 if nothing of the run can answer, FT0512 if it has no adapter
     */
    public RunHandle<EvaluationReport> evaluate(String run, Path file) {
        return evaluation(run, file).start();
    }

    /**
     * Starts {@link #evaluation(String)}, where its answers cost nothing.
     *
     * @throws FineTuneException as that, with FT0531 if they do, FT0510 if nothing of the run can answer
     */
    public RunHandle<EvaluationReport> evaluate(String run) {
        return evaluation(run).start();
    }

    /**
     * Lets base and tuned model of a run answer every row of another file. The same rows are answered once; asking again finds the
     * answers that are there.
     *
     * @param run its id or the start of it
     * @param file rows in any format that a job may have, with the columns that the job's task names, the right answer among them
     * @return the answers of the base model without examples in its prompt and of the tuned model, in the order of the rows, once it is
     *     started, which may cost what it tells
     * @throws FineTuneException with FT0504 if there is no such run, or if the rows cannot be read
     */
    public Asking<Map<Variant, List<Prediction>>> predictions(String run, Path file) {
        return launcher.questions().predictions(store.resolve(run), otherRows.read(show(run), file));
    }

    /**
     * Starts {@link #predictions}, where its answers cost nothing.
     *
     * @throws FineTuneException as that, with FT0531 if they do, FT0510 if nothing of the run can answer, FT0512 if it has no adapter
     */
    public RunHandle<Map<Variant, List<Prediction>>> predict(String run, Path file) {
        return predictions(run, file).start();
    }

    /**
     * Lets models of a run answer a conversation.
     *
     * @param run its id or the start of it
     * @return the answers in the order of the variants, once it is started, which may cost what it tells
     * @throws FineTuneException with FT0504 if there is no such run
     */
    public Asking<List<GeneratedText>> generation(
            String run, List<Message> messages, Sampling sampling, Collection<Variant> variants) {
        return launcher.questions().generation(store.resolve(run), List.copyOf(variants), messages, "", sampling);
    }

    /**
     * Starts {@link #generation}, where its answers cost nothing.
     *
     * @throws FineTuneException as that, with FT0531 if they do, FT0510 if nothing of the run can answer, FT0512 if it has no adapter
     */
    public RunHandle<List<GeneratedText>> generate(
            String run, List<Message> messages, Sampling sampling, Collection<Variant> variants) {
        return generation(run, messages, sampling, variants).start();
    }

    /**
     * Lets models of a run continue a text, without a chat template.
     *
     * @param run its id or the start of it
     * @throws FineTuneException with FT0504 if there is no such run, FT0510 where a service answers, FT0512 if it has no adapter
     */
    public RunHandle<List<GeneratedText>> complete(
            String run, String text, Sampling sampling, Collection<Variant> variants) {
        return launcher.questions()
                .generation(store.resolve(run), List.copyOf(variants), List.of(), text, sampling)
                .start();
    }

    /**
     * Opens a conversation with base and tuned model of a run, where their answers cost nothing. Close it to let go of the models.
     *
     * <pre>{@code
     * try (Chat chat = tuner.chat("tickets")) {
     *     System.out.println(chat.say(Variant.TUNED, "Hello", Sampling.greedy(64), piece -> {}).answer().text());
     * }
     * }</pre>
     *
     * @param run its id or the start of it
     * @throws FineTuneException with FT0504 if there is no such run, FT0512 if it has no adapter, FT0510 where its place keeps no model
     *     for a conversation, FT0531 where it bills for answers
     */
    public Chat chat(String run) {
        return launcher.questions().chat(store.resolve(run), null);
    }

    /**
     * The same where a place bills for answers, and somebody has agreed to that.
     *
     * @param agreed what {@link #answering} told, with its prices
     * @throws FineTuneException as {@link #chat(String)}, with FT0531 if another model answers by now, or at other prices
     */
    public Chat chat(String run, HostedModel agreed) {
        return launcher.questions().chat(store.resolve(run), agreed);
    }

    /**
     * What answers for a run at a place that bills for it, with its prices. Empty where a worker answers, which costs nothing.
     *
     * @param run its id or the start of it
     * @throws FineTuneException with FT0504 if there is no such run, FT0510 if nothing of it can answer, or not yet
     */
    public Optional<HostedModel> answering(String run) {
        return launcher.questions().answering(store.resolve(run));
    }

    /**
     * Writes the tuned model of a run as a model of its own, its adapter added to the weights of the base model, after a comparison with
     * the tuned model.
     *
     * @param run its id or the start of it
     * @param format a folder in Hugging Face layout, or one GGUF file
     * @param target a folder that does not exist or is empty; for GGUF a file that does not exist
     * @throws FineTuneException with FT0504 if there is no such run, FT0512 if it has no adapter, FT0516 if the folder is not empty,
     *     FT0519 if there is such a file; the handle fails with FT0424 or FT0434 where the model has no counterpart in GGUF
     */
    public RunHandle<MergedModel> export(String run, ModelFormat format, Path target) {
        return launcher.sideJobs().export(store.resolve(run), format, target);
    }

    /** Stops following everything; runs go on. What starts or follows work ends in an {@link IllegalStateException} from then on. */
    @Override
    public void close() {
        launcher.close();
    }

    /** Names no value of the environment, since it holds secrets. */
    @Override
    public String toString() {
        return "FineTuner[home=" + home + "]";
    }
}
