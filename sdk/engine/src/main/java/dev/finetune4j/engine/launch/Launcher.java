package dev.finetune4j.engine.launch;

import dev.finetune4j.data.Message;
import dev.finetune4j.engine.chat.Chat;
import dev.finetune4j.engine.data.PreparedData;
import dev.finetune4j.engine.journal.DurableFiles;
import dev.finetune4j.engine.journal.Journal;
import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.engine.journal.Redaction;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.RunLock;
import dev.finetune4j.engine.journal.RunProblems;
import dev.finetune4j.engine.journal.RunStore;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.engine.launch.RunHandle.Begin;
import dev.finetune4j.engine.watch.Sleeper;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.evaluation.EvaluationReport;
import dev.finetune4j.evaluation.Prediction;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.method.FullTuning;
import dev.finetune4j.plan.Foreseen;
import dev.finetune4j.plan.LaunchTerms;
import dev.finetune4j.plan.PlanOption;
import dev.finetune4j.plan.TrainerSettings;
import dev.finetune4j.run.GeneratedText;
import dev.finetune4j.run.MergedModel;
import dev.finetune4j.run.ModelFormat;
import dev.finetune4j.run.Rehearsal;
import dev.finetune4j.run.Replay;
import dev.finetune4j.run.RunOutcome;
import dev.finetune4j.run.RunState;
import dev.finetune4j.run.Sampling;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.AccessPolicy;
import dev.finetune4j.spi.Billing;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.LogPage;
import dev.finetune4j.spi.PlannedCall;
import dev.finetune4j.spi.Proposal;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.value.ProviderId;
import dev.finetune4j.value.RunId;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Launches prepared jobs and takes up runs that are there. One launcher serves any number of runs; what it knows is in the home
 * folder, so any number of launchers, in any process, may serve the same.
 */
public final class Launcher implements AutoCloseable {
    private final Path home;
    private final RunStore store;
    private final LaunchContext context;
    private final KeptRehearsals rehearsals;
    private final FollowThreads threads = new FollowThreads();

    /**
     * A launcher.
     *
     * @param home finetune4j's folder on this machine
     * @param providers the places that are there
     * @param environment whose secrets must not be written down
     * @param files how journals are written
     * @param clock the clock
     * @param sleeper how to wait
     * @param version version of finetune4j
     * @param foresight tells what a run will take, before it is launched; empty where that cannot be told
     */
    public Launcher(
            Path home,
            Providers providers,
            Map<String, String> environment,
            DurableFiles files,
            Clock clock,
            Sleeper sleeper,
            String version,
            Function<PreparedJob, Optional<Foreseen>> foresight) {
        this.home = home;
        store = new RunStore(home);
        Redaction redaction = Redaction.of(environment, providers.secretSettings());
        context = new LaunchContext(
                providers,
                new Workers(home),
                files,
                redaction,
                clock,
                sleeper,
                version,
                new EstimateHistory(home),
                foresight);
        rehearsals = new KeptRehearsals(home, version);
    }

    /** The places that are there. */
    public Set<ProviderId> places() {
        return context.providers().ids();
    }

    /**
     * The place that a job would run at.
     *
     * @throws FineTuneException with FT0113 if none of its targets is there
     */
    public ProviderId place(FineTuneJob job) {
        return context.providers().choose(job);
    }

    /**
     * Refuses a job that no place here can run, before anything is fetched for it.
     *
     * @throws FineTuneException with FT0113 for each target if none is there
     */
    public void refuseAbsentTargets(FineTuneJob job) {
        context.providers().choose(job);
    }

    /**
     * What costs money at the place that a job would run at.
     *
     * @throws FineTuneException with FT0113 if none of its targets is there
     */
    public Billing billing(FineTuneJob job) {
        try (Provider provider = openFor(job)) {
            return provider.capabilities().billing();
        }
    }

    /**
     * What must be allowed at the place where a job would run.
     *
     * @return empty where nothing has to be allowed
     * @throws FineTuneException with FT0113 if none of its targets is there, FT0510 if its place does not tell, or with what is wrong with
     *     the place's settings
     */
    public List<AccessPolicy> policies(FineTuneJob job) {
        try (Provider provider = openFor(job)) {
            List<AccessPolicy> policies = provider.policies(RunStore.beginning(job.name()));
            if (policies.isEmpty() && provider.capabilities().bills()) {
                throw RunProblems.notSupported(provider.id(), "tell what must be allowed there");
            }
            return policies;
        }
    }

    /**
     * What each place that has a machine of its own says of a job. Where the model's files are not here it cannot be asked; then of this
     * machine alone is known that it is there.
     */
    public List<OwnMachine> ownMachines(JobFigures job) {
        Optional<Proposal> proposed = job.proposal();
        if (proposed.isEmpty()) {
            boolean isHere = context.providers().ids().contains(ProviderId.LOCAL);
            return isHere ? List.of(new OwnMachine(ProviderId.LOCAL, null, List.of())) : List.of();
        }
        Proposal proposal = proposed.get();
        List<OwnMachine> machines = new ArrayList<>();
        for (ProviderId id : context.providers().ids()) {
            try (Provider provider = context.providers().open(id, job.file().job())) {
                provider.footprint(proposal)
                        .ifPresent(footprint -> machines.add(new OwnMachine(id, footprint, List.of())));
            } catch (FineTuneException e) {
                machines.add(new OwnMachine(id, null, e.problems()));
            }
        }
        return machines;
    }

    /**
     * Asks the place that a job would run at whether it would take it.
     *
     * @return the job with what the place has against it among its problems
     * @throws FineTuneException with FT0113 if none of its targets is there, or if the place cannot be reached
     */
    public PreparedJob propose(PreparedJob prepared) {
        try (Provider provider = openFor(prepared.file().job())) {
            List<Problem> problems = new ArrayList<>(provider.refusals(prepared.proposal()));
            if (!provider.capabilities().supportsCustomWork()) {
                problems.add(LaunchProblems.NOT_COMPARED
                        .warning(provider.id()
                                + " only trains: base and tuned model are not compared, and no gate is judged")
                        .at(Location.ofKey("evaluation"))
                        .build());
            }
            return prepared.withProblems(problems).varied(provider.variation());
        }
    }

    /**
     * The last run of a job, however it stands.
     *
     * @param figures what is known of rows and model
     * @param job the job of these figures, at the place where it would run
     * @return empty where there is none, and where the model is not on this machine, without which nothing was run
     */
    public Optional<RunFolder> last(JobFigures figures, FineTuneJob job) {
        if (!context.providers().ids().contains(job.targets().get(0))) {
            return Optional.empty();
        }
        try (Provider provider = openFor(job)) {
            return figures.model()
                    .filesHere()
                    .map(model -> JobDigest.ofWork(
                            job,
                            figures.rows().digest(),
                            model.digest(),
                            PreparedJob.Answering.BASE_AND_TUNED,
                            provider.variation()))
                    .flatMap(digest -> Attempts.read(store, job.name(), digest).last());
        }
    }

    /**
     * Launches a job on terms that somebody agreed to. Where the same job, data and model has a run, that one is taken up, or told of if
     * it has ended, and nothing is launched.
     *
     * @param terms what it may take at the first of its targets that is there
     * @param isAgain whether a run that has ended is followed by another attempt
     * @param secrets values in the job that must not be written down
     * @throws FineTuneException with FT0113 if none of its targets is there, FT0501 if the run's folder cannot be written
     */
    public RunHandle<RunOutcome> launch(
            PreparedJob prepared, LaunchTerms terms, boolean isAgain, List<String> secrets) {
        Attempts attempts = Attempts.read(store, prepared.file().job().name(), prepared.digest());
        Optional<RunFolder> last = isAgain ? Optional.empty() : attempts.last();
        return last.isPresent()
                ? attach(last.get())
                : untilHandled(() -> tryLaunch(prepared, terms, secrets, run -> false));
    }

    /**
     * What a launch of an option may take at most.
     *
     * @param job whose budget counts, with the settings of the place
     * @throws FineTuneException with FT0520 if time is billed and there is no budget, FT0521 if the budget ends before the job is
     *     likely to, FT0523 if no provider launches it
     */
    public LaunchTerms terms(PlanOption option, FineTuneJob job) {
        if (!context.providers().ids().contains(option.target()) || option.otherModel() != null) {
            throw LaunchProblems.NOT_LAUNCHABLE
                    .error(option.name() + " at " + option.target() + " cannot be launched from here")
                    .because(
                            option.otherModel() == null
                                    ? "no provider on the class path is called " + option.target()
                                    : option.target() + " would tune " + option.otherModel() + " instead of "
                                            + job.model())
                    .asException();
        }
        if (job.method() instanceof FullTuning
                && option.settings() != null
                && option.settings().parallelism() == TrainerSettings.Sharing.FSDP) {
            throw LaunchProblems.NOT_LAUNCHABLE
                    .error(option.name() + " would have to share the trained weights out among its GPUs")
                    .because(
                            "weights that are all trained are not shared out yet; those of a base model under an adapter are")
                    .remedy("method: lora")
                    .asException();
        }
        try (Provider provider = context.providers().open(option.target(), job)) {
            return Terms.of(option, job.budget(), provider.capabilities().billing(), provider.windDown());
        }
    }

    /**
     * Launches a job. Where the same job, data and model has a run that has not ended, that one is taken up instead and nothing is
     * launched.
     *
     * @param secrets values in the job that must not be written down
     * @throws FineTuneException with FT0113 if none of its targets is there, FT0522 if its place bills for time, FT0501 if the run's
     *     folder cannot be written
     */
    public RunHandle<RunOutcome> launch(PreparedJob prepared, List<String> secrets) {
        return launchOnce(prepared, secrets, run -> false);
    }

    /**
     * As {@link #launch}, but where this version has run the same job, data and model to success before, and its output is still
     * there, that run is handed out and nothing is launched.
     *
     * @param secrets values in the job that must not be written down
     * @param reusable whether such a run will do
     * @throws FineTuneException with FT0113 if none of its targets is there, FT0522 if its place bills for time, FT0501 if the run's
     *     folder cannot be written
     */
    public RunHandle<RunOutcome> launchOnce(PreparedJob prepared, List<String> secrets, Predicate<RunView> reusable) {
        Billing billing = billing(prepared.file().job());
        if (billing != Billing.NOTHING) {
            throw LaunchProblems.NOT_AGREED
                    .error(context.providers().choose(prepared.file().job())
                            + (billing == Billing.TIME ? " bills for running time" : " bills the tokens of the rows"))
                    .remedy("finetune launch " + prepared.file().source())
                    .asException();
        }
        return untilHandled(() -> tryLaunch(prepared, null, secrets, reusable));
    }

    private static RunHandle<RunOutcome> untilHandled(Supplier<Optional<RunHandle<RunOutcome>>> attempt) {
        while (true) {
            Optional<RunHandle<RunOutcome>> handle = attempt.get();
            if (handle.isPresent()) {
                return handle.get();
            }
        }
    }

    /** One try; empty where another process was faster and the next try will find its run. */
    private Optional<RunHandle<RunOutcome>> tryLaunch(
            PreparedJob prepared, @Nullable LaunchTerms terms, List<String> secrets, Predicate<RunView> reusable) {
        String name = prepared.file().job().name();
        // Read once: a run that ends while we look is either still open to us and observed, or done and reused.
        Attempts attempts = Attempts.read(store, name, prepared.digest());
        Optional<RunFolder> done = attempts.success(prepared, context.version(), reusable);
        if (done.isPresent()) {
            return Optional.of(ended(done.get()));
        }
        RunFolder folder = store.folder(RunStore.id(name, prepared.digest(), attempts.next()));
        Optional<RunLock> lock = RunLock.tryTake(folder, context.files());
        if (lock.isEmpty()) {
            return Optional.of(observe(folder));
        }
        return drivenUnless(isClosed(folder), folder, lock.get(), secrets, (journal, begin) -> {
            try (Provider provider = openFor(prepared.file().job())) {
                new StageDataStep(context)
                        .stage(folder, journal, prepared, terms, attemptOf(folder), provider.capabilities());
            }
        });
    }

    /**
     * Takes up a run: follows it to its end where nobody does, looks on where somebody does, tells the outcome where it has ended.
     *
     * @throws FineTuneException with FT0502 or FT0503 if its journal cannot be read
     */
    public RunHandle<RunOutcome> attach(RunFolder folder) {
        if (isClosed(folder)) {
            return ended(folder);
        }
        Optional<RunLock> lock = RunLock.tryTake(folder, context.files());
        if (lock.isEmpty()) {
            return observe(folder);
        }
        return drivenUnless(isClosed(folder), folder, lock.get(), List.of(), (journal, begin) -> {})
                .orElseGet(() -> ended(folder));
    }

    /**
     * Lets a run that was stopped, failed or lost its driver go on from its checkpoint.
     *
     * @throws FineTuneException with FT0505 if another process drives it, FT0509 if there is nothing to go on with, FT0510 if its
     *     provider cannot resume
     */
    public RunHandle<RunOutcome> resume(RunFolder folder) {
        RunLock lock =
                RunLock.tryTake(folder, context.files()).orElseThrow(() -> RunProblems.drivenElsewhere(folder.id()));
        return drivenUnless(false, folder, lock, List.of(), this::askToResume).orElseThrow();
    }

    /** Whether the place of a run can let it go on; one that was never launched has nothing to go on with. */
    public boolean canResume(RunView view) {
        if (view.submitted() == null) {
            return false;
        }
        try (Provider provider = Outcomes.open(view, context.providers())) {
            return provider.capabilities().supportsResume();
        }
    }

    /**
     * Stops a run. Its checkpoints stay, so that it can be resumed.
     *
     * @return a handle whose outcome comes when the run has ended
     * @throws FineTuneException with FT0510 if its provider cannot stop jobs, or if the provider does not answer
     */
    public RunHandle<RunOutcome> stop(RunFolder folder, String by) {
        if (isClosed(folder)) {
            return ended(folder);
        }
        Optional<RunLock> lock = RunLock.tryTake(folder, context.files());
        if (lock.isEmpty()) {
            RunView view = view(folder);
            if (view.provider() == null) {
                throw RunProblems.drivenElsewhere(folder.id());
            }
            try (Provider provider = context.providers().open(view.provider(), view.job())) {
                stopAt(provider, folder.id());
            }
            return observe(folder);
        }
        return drivenUnless(isClosed(folder), folder, lock.get(), List.of(), (journal, begin) -> askToStop(journal, by))
                .orElseGet(() -> ended(folder));
    }

    /**
     * A run with the state that its provider tells now. As the journal has it where it is closed, was not launched, or its provider
     * does not answer.
     */
    public RunView seenNow(RunView view) {
        if (view.closed() || view.submitted() == null) {
            return view;
        }
        try (Provider provider = Outcomes.open(view, context.providers())) {
            return provider.find(view.id())
                    .map(JobSnapshot::state)
                    .map(view::seenAs)
                    .orElse(view);
        } catch (FineTuneException e) {
            return view; // unreachable says nothing about the run
        }
    }

    /**
     * What the processes of a run printed after a cursor.
     *
     * @param cursor {@link LogPage#START} for the first lines
     * @return no lines where there is nothing new, or the run was not launched yet
     * @throws FineTuneException with FT0510 if its place keeps no such lines
     */
    public LogPage logs(RunFolder folder, String cursor) {
        RunView view = view(folder);
        if (view.submitted() == null) {
            return new LogPage(List.of(), cursor);
        }
        try (Provider provider = Outcomes.open(view, context.providers())) {
            return provider.logs(view.id(), cursor)
                    .orElseThrow(() -> RunProblems.notSupported(provider.id(), "tell what its processes print"));
        }
    }

    /**
     * The calls that a launch would make at its place before the job is there, with what they would send; makes none of them.
     *
     * @throws FineTuneException as {@link #launch(PreparedJob, LaunchTerms, boolean, List)}
     */
    public List<PlannedCall> dryRun(PreparedJob prepared, LaunchTerms terms) {
        return new DryRun(context, store, home).calls(prepared, terms);
    }

    /**
     * Compares base and tuned model of a run on the test rows of other data.
     *
     * @throws FineTuneException with FT0512 if the run has no adapter; the handle fails with FT0510 where the provider answers no
     *     rows
     */
    public RunHandle<EvaluationReport> evaluate(RunFolder folder, PreparedData rows) {
        return new SideJobs(context, threads).evaluate(folder, view(folder), rows);
    }

    /**
     * Lets base and tuned model of a run answer the test rows of other data.
     *
     * @return the answers of the base model without examples in its prompt and of the tuned model, in the order of the rows
     * @throws FineTuneException with FT0512 if the run has no adapter; the handle fails with FT0510 where the provider answers no
     *     rows
     */
    public RunHandle<Map<Variant, List<Prediction>>> predict(RunFolder folder, PreparedData rows) {
        return new SideJobs(context, threads).predict(folder, view(folder), rows);
    }

    /**
     * Lets models of a run answer a conversation, or continue {@code text} where there are no messages.
     *
     * @throws FineTuneException with FT0512 if the run has no adapter; the handle fails with FT0510 where the provider answers no
     *     prompts
     */
    public RunHandle<List<GeneratedText>> generate(
            RunFolder folder, List<Variant> variants, List<Message> messages, String text, Sampling sampling) {
        return new SideJobs(context, threads).generate(folder, view(folder), variants, messages, text, sampling);
    }

    /**
     * Opens a conversation with base and tuned model of a run.
     *
     * @throws FineTuneException with FT0512 if the run has no adapter, FT0510 where its place keeps no model for a conversation
     */
    public Chat chat(RunFolder folder) {
        return new SideJobs(context, threads).chat(folder, view(folder));
    }

    /**
     * Writes the tuned model of a run as a model of its own, its adapter added to the weights of the base model.
     *
     * @param format its form
     * @param target a folder that does not exist or is empty; for GGUF a file that does not exist
     * @throws FineTuneException with FT0512 if the run has no adapter, FT0516 if the folder is not empty, FT0519 if there is such a
     *     file; the handle fails with FT0510 where the provider does no such work
     */
    public RunHandle<MergedModel> export(RunFolder folder, ModelFormat format, Path target) {
        return new SideJobs(context, threads).export(folder, view(folder), format, target);
    }

    /**
     * Goes over the last steps of a stopped or failed run again, from its last checkpoint but one to its last, and compares by SHA-256.
     *
     * @throws FineTuneException with FT0509 if it was never launched; the handle fails with FT0518 where the steps come out otherwise,
     *     with FT0509 or FT0635 where there are no two checkpoints
     */
    public RunHandle<Replay> verify(RunFolder folder) {
        return new SideJobs(context, threads).verify(folder, view(folder));
    }

    /**
     * Does the first steps of a job at a place, and some of its answers, and keeps what that showed for later plans.
     *
     * @param prepared the job, without errors
     * @param extent how much of it is done
     * @return the handle fails with why a step failed, a checkpoint could not be written or read, or the place refused
     */
    public RunHandle<Rehearsal> rehearse(PreparedJob prepared, ProviderId place, WorkStep.Rehearse.Extent extent) {
        return new RehearsalJob(context, threads, rehearsals).start(prepared, place, extent);
    }

    /** The estimates of this home that runs have put to the test. */
    public EstimateHistory estimates() {
        return context.estimates();
    }

    /** What rehearsals in this home showed. */
    public KeptRehearsals rehearsals() {
        return rehearsals;
    }

    /**
     * Removes a run that has ended: what the provider keeps of it, and its folder.
     *
     * @param force removes the folder also where its journal is damaged, so that nothing is known of what the provider keeps
     * @throws FineTuneException with FT0505 if another process drives it, FT0508 if it has not ended
     */
    public void clean(RunFolder folder, boolean force) {
        RunLock lock =
                RunLock.tryTake(folder, context.files()).orElseThrow(() -> RunProblems.drivenElsewhere(folder.id()));
        try (lock) {
            new CleanStep(context).clean(folder, force);
        }
    }

    /** What the places of a job keep where its settings say. */
    public List<Leftovers.Entry> leftovers(FineTuneJob job, Duration age) {
        return leftovers().find(job, age);
    }

    /**
     * Removes what nothing needs.
     *
     * @throws IllegalArgumentException if something needs it
     */
    public void remove(FineTuneJob job, Leftovers.Entry entry) {
        leftovers().remove(job, entry);
    }

    private Leftovers leftovers() {
        return new Leftovers(context.providers(), store, context.clock().instant());
    }

    /** Stops following everything; runs go on. */
    @Override
    public void close() {
        threads.close();
    }

    private Provider openFor(FineTuneJob job) {
        return context.providers().open(context.providers().choose(job), job);
    }

    /** What happens to a run's journal before it is driven. */
    private interface Prelude {
        void play(Journal journal, Begin begin);
    }

    /** Drives a run in the background; gives the lock back and returns empty where there is nothing to drive. */
    private Optional<RunHandle<RunOutcome>> drivenUnless(
            boolean closed, RunFolder folder, RunLock lock, List<String> secrets, Prelude prelude) {
        if (closed) {
            lock.close();
            return Optional.empty();
        }
        Journal journal = null;
        try {
            journal = Journal.open(
                    folder,
                    context.files(),
                    context.clock(),
                    context.redaction().and(secrets));
            Begin begin = journal.content().lines().isEmpty() ? Begin.LAUNCHED : Begin.CONTINUED;
            prelude.play(journal, begin);
            Journal open = journal;
            return Optional.of(threads.start(folder.id(), begin, events -> {
                try (lock;
                        open) {
                    return new RunDriver(context, folder, open, events).drive();
                }
            }));
        } catch (RuntimeException e) {
            if (journal != null) {
                journal.close();
            }
            lock.close();
            throw e;
        }
    }

    private RunHandle<RunOutcome> observe(RunFolder folder) {
        return threads.start(folder.id(), Begin.ATTACHED, events -> new RunObserver(context, folder, events).observe());
    }

    private RunHandle<RunOutcome> ended(RunFolder folder) {
        return threads.start(folder.id(), Begin.ENDED, events -> {
            SavedEvents.read(folder).forEach(events::add);
            return Outcomes.of(view(folder), folder.read());
        });
    }

    private void askToResume(Journal journal, Begin begin) {
        RunView view = view(journal);
        if (view.submitted() == null || view.provider() == null) {
            if (view.closed() || view.prepared() == null) {
                throw RunProblems.notResumable(view.id(), "it was never launched");
            }
            return; // its driver died before the launch: driving it on launches it
        }
        if (view.state() == RunState.SUCCEEDED) {
            throw RunProblems.notResumable(view.id(), "it has succeeded");
        }
        try (Provider provider = context.providers().open(view.provider(), view.job())) {
            RunState now = provider.find(view.id()).map(JobSnapshot::state).orElse(RunState.FAILED);
            boolean endedBadly = now == RunState.STOPPED || now == RunState.FAILED;
            if (endedBadly && !provider.capabilities().supportsResume()) {
                throw RunProblems.notSupported(provider.id(), "resume a job");
            }
            if (endedBadly || view.closed()) {
                journal.append(new JournalEntry.ResumeAsked(view.resumes() + 1));
            }
        }
    }

    private void askToStop(Journal journal, String by) {
        RunView view = view(journal);
        if (view.provider() == null) {
            journal.append(new JournalEntry.StopAsked(by));
            journal.append(
                    new JournalEntry.Closed(RunState.STOPPED, null, "stopped by " + by + " before launch", false));
            return;
        }
        try (Provider provider = context.providers().open(view.provider(), view.job())) {
            if (provider.find(view.id()).isPresent()) {
                stopAt(provider, view.id());
                journal.append(new JournalEntry.StopAsked(by));
            } else if (view.submitted() == null) {
                journal.append(new JournalEntry.StopAsked(by));
                journal.append(
                        new JournalEntry.Closed(RunState.STOPPED, null, "stopped by " + by + " before launch", false));
            }
        }
    }

    private static void stopAt(Provider provider, RunId id) {
        if (!provider.capabilities().supportsStop()) {
            throw RunProblems.notSupported(provider.id(), "stop a job");
        }
        provider.stop(id);
    }

    private static boolean isClosed(RunFolder folder) {
        return RunView.of(folder.read()).filter(RunView::closed).isPresent();
    }

    private static RunView view(RunFolder folder) {
        return RunView.of(folder.read()).orElseThrow(() -> RunProblems.filesMissing(folder.id(), folder.journal()));
    }

    private static RunView view(Journal journal) {
        return RunView.of(journal.content())
                .orElseThrow(() -> new IllegalStateException("a journal begins with its creation"));
    }

    private static int attemptOf(RunFolder folder) {
        String id = folder.id().value();
        return Integer.parseInt(id.substring(id.lastIndexOf('-') + 1));
    }
}
