package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.DurableFiles;
import dev.finetune4j.engine.journal.Journal;
import dev.finetune4j.engine.journal.JournalContent;
import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.engine.journal.Redaction;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.RunLock;
import dev.finetune4j.engine.journal.RunProblems;
import dev.finetune4j.engine.journal.RunStore;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.engine.launch.RunHandle.Begin;
import dev.finetune4j.engine.report.RunReport;
import dev.finetune4j.engine.report.view.ReportFiles;
import dev.finetune4j.engine.spec.Profile;
import dev.finetune4j.engine.watch.Sleeper;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.plan.Foreseen;
import dev.finetune4j.plan.LaunchTerms;
import dev.finetune4j.run.Divergence;
import dev.finetune4j.run.Rehearsal;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunOutcome;
import dev.finetune4j.run.RunState;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.Billing;
import dev.finetune4j.spi.Capabilities;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.LogPage;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.value.ProviderId;
import dev.finetune4j.value.RunId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Launches prepared jobs and takes up runs that are there. One launcher serves any number of runs; what it knows is in the home
 * folder, so any number of launchers, in any process, may serve the same.
 */
public final class Launcher implements AutoCloseable {
    private final RunStore store;
    private final LaunchContext context;
    private final KeptRehearsals rehearsals;
    private final Supplier<Profile> profile;
    private final FollowThreads threads = new FollowThreads();
    private final JobPlaces places;

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
     * @param modelDigests the digest of the files of a model that was prepared before, as they are now; empty where that cannot be told
     */
    public Launcher(
            Path home,
            Providers providers,
            Map<String, String> environment,
            DurableFiles files,
            Clock clock,
            Sleeper sleeper,
            String version,
            Function<PreparedJob, Optional<Foreseen>> foresight,
            Function<Path, Optional<String>> modelDigests) {
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
                new BaseModels(modelDigests, providers),
                foresight);
        profile = () -> Profile.of(home, environment);
        rehearsals = new KeptRehearsals(home, version);
        places = new JobPlaces(context, store, home);
    }

    /** The places that jobs can be launched at. */
    public JobPlaces places() {
        return places;
    }

    /** Hosting of the models of runs that have ended. */
    public ModelHosting hosting() {
        return new ModelHosting(context, store, sideJobs(), profile);
    }

    /** What the models of runs that have ended can be asked. */
    public ModelQuestions questions() {
        return new ModelQuestions(context, threads);
    }

    /** Further work with what runs left that have ended. */
    public SideJobs sideJobs() {
        return new SideJobs(context, threads);
    }

    /**
     * The last run of a job that its place ever said to have, however it stands.
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
                    .flatMap(digest -> Attempts.read(store, job.name(), digest).launched());
        }
    }

    /**
     * Launches a job on terms that somebody agreed to. Where the same job, data and model has a run, that one is taken up, or told of if
     * it has ended, and nothing is launched. A run that no place ever had, as it was refused or left before, is begun anew under its name by
     * the job and the terms of now; where its place turns out to have it, it is taken up as it is.
     *
     * @param terms what it may take at the first of its targets that is there
     * @param isAgain whether a run that has ended is followed by another attempt
     * @param secrets values in the job that must not be written down
     * @throws FineTuneException with FT0113 if none of its targets is there, FT0501 if the run's folder cannot be written
     */
    public RunHandle<RunOutcome> launch(
            PreparedJob prepared, LaunchTerms terms, boolean isAgain, List<String> secrets) {
        threads.requireOpen();
        return untilHandled(() -> {
            Optional<RunFolder> last =
                    isAgain ? Optional.empty() : attempts(prepared).launched();
            return last.isPresent()
                    ? Optional.of(attach(last.get()))
                    : tryLaunch(prepared, terms, isAgain, secrets, run -> false);
        });
    }

    private Attempts attempts(PreparedJob prepared) {
        return Attempts.read(store, prepared.file().job().name(), prepared.digest());
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
        threads.requireOpen();
        Billing billing = places.billing(prepared.file().job());
        if (billing != Billing.NOTHING) {
            throw LaunchProblems.NOT_AGREED
                    .error(context.providers().choose(prepared.file().job())
                            + (billing == Billing.TIME ? " bills for running time" : " bills the tokens of the rows"))
                    .remedy("finetune launch " + prepared.file().source())
                    .asException();
        }
        return untilHandled(() -> tryLaunch(prepared, null, false, secrets, reusable));
    }

    /**
     * As {@link #launchOnce} where any success will do, but a last run by this version that failed or was stopped in training goes on from
     * its checkpoint, where its place lets it and bills nothing for that. Not one that its budget stopped, nor one that was resumed and came
     * no step further. Of several programs that ask at the same time one resumes it and the others look on.
     *
     * @param secrets values in the job that must not be written down
     * @throws FineTuneException with FT0113 if none of its targets is there, FT0522 if its place bills for time, FT0501 if the run's
     *     folder cannot be written, or if its place does not answer
     */
    public RunHandle<RunOutcome> goOnOrLaunchOnce(PreparedJob prepared, List<String> secrets) {
        threads.requireOpen();
        return interrupted(prepared)
                .flatMap(folder -> tryGoOn(prepared, folder, secrets))
                .orElseGet(() -> launchOnce(prepared, secrets, run -> true));
    }

    /** Lets a run go on that was found interrupted; empty where it is so no longer, as another process was faster. */
    Optional<RunHandle<RunOutcome>> tryGoOn(PreparedJob prepared, RunFolder folder, List<String> secrets) {
        Optional<RunLock> lock = RunLock.tryTake(folder, context.files());
        if (lock.isEmpty()) {
            return Optional.of(observeOnceReopened(prepared, folder, secrets));
        }
        boolean isStill;
        try {
            isStill = isGoingOn(prepared, folder);
        } catch (RuntimeException e) {
            lock.get().close();
            throw e;
        }
        return drivenUnless(!isStill, folder, lock.get(), secrets, this::askToResume);
    }

    /**
     * The last run of a job, data and model by this version, where it failed or was stopped in training, or was lost together with whoever
     * followed it, and its place lets it go on from its checkpoint, which costs nothing there. Not one that its budget stopped, nor one that
     * was resumed and came no step further, nor one whose base model has changed where it lies; and none where an earlier run has succeeded.
     *
     * @throws FineTuneException if its place does not answer
     */
    Optional<RunFolder> interrupted(PreparedJob prepared) {
        return goingOn(prepared).filter(folder -> isClosed(folder.read()) || isFollowedByNobody(folder));
    }

    /** The same, whoever follows it. */
    private Optional<RunFolder> goingOn(PreparedJob prepared) {
        return attempts(prepared).interrupted(prepared, context.version()).filter(this::goesOn);
    }

    private boolean isGoingOn(PreparedJob prepared, RunFolder folder) {
        return goingOn(prepared).filter(folder::equals).isPresent();
    }

    /**
     * Whether {@link #goOnOrLaunchOnce} lets this run of a job go on, which has ended, and does not launch another; true where its place
     * does not answer, which nothing is launched at then either.
     */
    public boolean goesOn(PreparedJob prepared, RunId run) {
        try {
            return interrupted(prepared).map(RunFolder::id).filter(run::equals).isPresent();
        } catch (FineTuneException e) {
            return true;
        }
    }

    private boolean goesOn(RunFolder folder) {
        RunView view = RunView.read(folder);
        boolean isWorthIt = !view.closed() || cameFurther(SavedEvents.read(folder));
        if (!view.isLaunchedHere() || !isWorthIt || !hasBaseModel(view)) {
            return false;
        }
        try (Provider provider = Outcomes.open(view, context.providers())) {
            return provider.capabilities().supportsResume()
                    && !provider.capabilities().bills()
                    && provider.find(folder.id())
                            .map(JobSnapshot::state)
                            .filter(state -> state == RunState.FAILED || (state == RunState.STOPPED && view.closed()))
                            .isPresent();
        }
    }

    /** Whoever follows it hears of its end and closes it. */
    private boolean isFollowedByNobody(RunFolder folder) {
        Optional<RunLock> lock = RunLock.tryTake(folder, context.files());
        lock.ifPresent(RunLock::close);
        return lock.isPresent();
    }

    /** The last run of a job, data and model by this version, where its training diverged: it would do so again. */
    public Optional<RunFolder> diverged(PreparedJob prepared) {
        return attempts(prepared)
                .interrupted(prepared, context.version())
                .filter(folder -> Divergence.isIn(RunView.read(folder).problem()));
    }

    /** Whether the base model of a run lies where it was, and is the one that the run was prepared with. */
    public boolean hasBaseModel(RunView run) {
        return context.bases().isUnchanged(run);
    }

    /**
     * What was resumed and came no step further would end there again. Steps from its checkpoint on that it had done before are not further.
     */
    private static boolean cameFurther(List<RunEvent> events) {
        int before = 0;
        int since = 0;
        boolean hasEnded = false;
        for (RunEvent event : events) {
            if (hasEnded) {
                before = Math.max(before, since);
                since = 0;
            }
            if (event instanceof RunEvent.StepCompleted done) {
                since = Math.max(since, done.step());
            }
            hasEnded = event instanceof RunEvent.StateChanged change
                    && change.state().isTerminal();
        }
        return since > before;
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
            PreparedJob prepared,
            @Nullable LaunchTerms terms,
            boolean isAgain,
            List<String> secrets,
            Predicate<RunView> reusable) {
        // Read once: a run that ends while we look is either still open to us and observed, or done and reused.
        Attempts attempts = attempts(prepared);
        Optional<RunFolder> done = attempts.success(prepared, context.version(), reusable);
        if (done.isPresent()) {
            return Optional.of(ended(done.get()));
        }
        boolean isTakenUp = terms != null && !isAgain;
        int attempt = isTakenUp ? attempts.newest() : attempts.next();
        RunFolder folder = store.folder(RunStore.id(prepared.file().job().name(), prepared.digest(), attempt));
        Optional<RunLock> lock = RunLock.tryTake(folder, context.files());
        if (lock.isEmpty()) {
            return Optional.of(observe(folder));
        }
        boolean isDone = isClosed(folder.read()) && !(isTakenUp && Unlaunched.is(folder.read()));
        return drivenUnless(isDone, folder, lock.get(), secrets, (journal, begin) -> {
            try (Provider provider = openFor(prepared.file().job())) {
                StageDataStep stage = new StageDataStep(context);
                if (terms != null && new Unlaunched(context, journal.content()).isToBeRenewed(prepared, terms)) {
                    stage.renew(journal, prepared);
                }
                UntoldEnd.reopen(journal);
                stage.stage(folder, journal, prepared, terms, attempt, provider.capabilities());
            }
        });
    }

    /**
     * Takes up a run: follows it to its end where nobody does, looks on where somebody does, tells the outcome where it has ended. One that
     * was closed without its place's word is followed on where the place has its job.
     *
     * @throws FineTuneException with FT0502 or FT0503 if its journal cannot be read
     */
    public RunHandle<RunOutcome> attach(RunFolder folder) {
        threads.requireOpen();
        boolean isContradicted = UntoldEnd.isContradicted(folder, true, context.providers());
        if (isOver(folder, isContradicted)) {
            return ended(folder);
        }
        Optional<RunLock> lock = RunLock.tryTake(folder, context.files());
        if (lock.isEmpty()) {
            return observe(folder);
        }
        return drivenUnless(
                        isOver(folder, isContradicted),
                        folder,
                        lock.get(),
                        List.of(),
                        (journal, begin) -> UntoldEnd.reopen(journal))
                .orElseGet(() -> ended(folder));
    }

    /**
     * Lets a run that was stopped, failed or lost its driver go on from its checkpoint.
     *
     * @throws FineTuneException with FT0505 if another process drives it, FT0509 if there is nothing to go on with, FT0510 if its
     *     provider cannot resume, FT0541 if its base model has changed and is read here
     */
    public RunHandle<RunOutcome> resume(RunFolder folder) {
        threads.requireOpen();
        RunLock lock =
                RunLock.tryTake(folder, context.files()).orElseThrow(() -> RunProblems.drivenElsewhere(folder.id()));
        return drivenUnless(false, folder, lock, List.of(), this::askToResume).orElseThrow();
    }

    /** The command that lets a run go on that was stopped; empty where there is nothing to go on with. */
    public Optional<String> goOn(RunView view, RunOutcome.Stopped stopped) {
        return NextCommand.goOn(view, stopped, context.providers());
    }

    /**
     * Stops a run. Its checkpoints stay, so that it can be resumed. One that was closed without its place's word is asked for there first.
     *
     * @return a handle whose outcome comes when the run has ended
     * @throws FineTuneException with FT0510 if its provider cannot stop jobs, FT0505 if another process is about to launch it, or if the
     *     provider does not answer
     */
    public RunHandle<RunOutcome> stop(RunFolder folder, String by) {
        threads.requireOpen();
        boolean isContradicted = UntoldEnd.isContradicted(folder, false, context.providers());
        if (isOver(folder, isContradicted)) {
            return ended(folder);
        }
        Optional<RunLock> lock = RunLock.tryTake(folder, context.files());
        if (lock.isEmpty()) {
            RunView view = RunView.read(folder);
            if (view.provider() == null) {
                throw RunProblems.drivenElsewhere(folder.id());
            }
            try (Provider provider = context.providers().open(view.provider(), view.job())) {
                if (!view.isLaunchedHere() && provider.find(folder.id()).isEmpty()) {
                    throw RunProblems.drivenElsewhere(folder.id()); // who may launch it a moment later
                }
                stopAt(provider, folder.id());
            }
            new HomeComparison(context, folder, new EventLog(Runnable::run)).stop(view);
            return observe(folder);
        }
        return drivenUnless(isOver(folder, isContradicted), folder, lock.get(), List.of(), (journal, begin) -> {
                    UntoldEnd.reopen(journal);
                    askToStop(journal, by);
                })
                .orElseGet(() -> ended(folder));
    }

    /**
     * A run with the state that its provider tells now. As the journal has it where it is closed, was not launched there, or its provider
     * does not answer.
     */
    public RunView seenNow(RunView view) {
        return Outcomes.toldNow(view, context.providers()).map(view::seenAs).orElse(view);
    }

    /**
     * What the processes of a run printed after a cursor, at the place that had it last; of the next place, which it went on to, from the
     * first line.
     *
     * @param cursor {@link LogPage#START} for the first lines, then what the page before says
     * @return no lines where there is nothing new, or the run was not launched yet
     * @throws FineTuneException with FT0510 if its place keeps no such lines
     */
    public LogPage logs(RunFolder folder, String cursor) {
        RunView view = RunView.read(folder);
        if (view.submitted() == null) {
            return new LogPage(List.of(), cursor);
        }
        try (Provider provider = Outcomes.openLaunched(view, context.providers())) {
            String ours = provider.id() + " ";
            String there = cursor.startsWith(ours) ? cursor.substring(ours.length()) : LogPage.START;
            LogPage page = provider.logs(view.id(), there)
                    .orElseThrow(() -> RunProblems.notSupported(provider.id(), "tell what its processes print"));
            return new LogPage(page.lines(), ours + page.next());
        }
    }

    /**
     * Does the first steps of a job at a place, and some of its answers, and keeps what that showed for later plans.
     *
     * @param prepared the job, without errors
     * @param extent how much of it is done
     * @return the handle fails with why a step failed, a checkpoint could not be written or read, or the place refused
     */
    public RunHandle<Rehearsal> rehearse(PreparedJob prepared, ProviderId place, WorkStep.Rehearse.Extent extent) {
        threads.requireOpen();
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
     * Brings what an ended run left at its place to this machine: of one that was stopped or failed its checkpoints, where the place keeps
     * any. A run that has ended at its place, and that nobody followed, is first taken to its end here.
     *
     * @return the handle fails with FT0505 if another process drives the run, or with what its place has against it
     * @throws FineTuneException with FT0508 if it has not ended
     */
    public RunHandle<FetchedFiles> fetch(RunFolder folder) {
        threads.requireOpen();
        if (isOver(folder, UntoldEnd.isContradicted(folder, true, context.providers()))) {
            return threads.start(folder.id(), Begin.ENDED, events -> new EndedRunFetch(context).fetch(folder));
        }
        new EndedRunFetch(context).refuseWhatGoesOn(folder);
        RunLock lock =
                RunLock.tryTake(folder, context.files()).orElseThrow(() -> RunProblems.drivenElsewhere(folder.id()));
        return driven(
                folder,
                lock,
                List.of(),
                (journal, begin) -> UntoldEnd.reopen(journal),
                outcome -> new EndedRunFetch(context).fetch(folder));
    }

    /**
     * The report of a run that has ended. Where {@code report.json} is gone it is first written anew from what else the run wrote down; the
     * SHA-256 of row files and tuned weights is not told then, since they may have changed, and of versions only what the run wrote down.
     *
     * @return empty where the run has not ended
     * @throws FineTuneException with FT0722 if it cannot be read, or is gone with what it would be written from, FT0505 if another process
     *     has the run, or with what of the run cannot be read
     */
    public Optional<RunReport> report(RunFolder folder) {
        new LostReport(context, folder).restore();
        return Files.exists(folder.path().resolve(ReportFiles.JSON))
                ? Optional.of(ReportFiles.read(folder.path()))
                : Optional.empty();
    }

    /**
     * Removes a run that has ended: what the provider keeps of it, and its folder.
     *
     * @param force removes the folder also where its journal is damaged, or no provider answers that it has the run
     * @return a warning for each provider that did not answer, and may keep something of the run
     * @throws FineTuneException with FT0505 if another process drives it, FT0508 if it has not ended
     */
    public List<Problem> clean(RunFolder folder, boolean force) {
        RunLock lock =
                RunLock.tryTake(folder, context.files()).orElseThrow(() -> RunProblems.drivenElsewhere(folder.id()));
        try (lock) {
            return new CleanStep(context).clean(folder, force);
        }
    }

    /** Stops following everything; runs go on. What starts or follows work ends in an {@link IllegalStateException} from then on. */
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
        return Optional.of(driven(folder, lock, secrets, prelude, outcome -> outcome));
    }

    /** Drives a run in the background, and does something with its outcome once its lock is given back. */
    private <T> RunHandle<T> driven(
            RunFolder folder, RunLock lock, List<String> secrets, Prelude prelude, Function<RunOutcome, T> result) {
        Journal journal = null;
        try {
            journal = open(folder, secrets);
            Begin begin = journal.content().lines().isEmpty() ? Begin.LAUNCHED : Begin.CONTINUED;
            prelude.play(journal, begin);
            Journal open = journal;
            return threads.start(folder.id(), begin, () -> SubmitStep.isAtPlace(folder.read()), events -> {
                RunOutcome outcome;
                try (lock;
                        open) {
                    outcome = new RunDriver(context, folder, open, events).drive();
                }
                return result.apply(outcome);
            });
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

    /**
     * Whoever has the lock of a closed run may be about to let it go on, without having written that down yet, or may only look at what it
     * left: then it goes on from here.
     */
    private RunHandle<RunOutcome> observeOnceReopened(PreparedJob prepared, RunFolder folder, List<String> secrets) {
        return threads.start(folder.id(), Begin.ATTACHED, events -> {
            while (isClosed(folder.read())) {
                Optional<RunLock> lock = RunLock.tryTake(folder, context.files());
                if (lock.isPresent()) {
                    Optional<RunOutcome> outcome = goOnHere(prepared, folder, lock.get(), secrets, events);
                    if (outcome.isPresent()) {
                        return outcome.get();
                    }
                    break;
                }
                context.sleeper().sleep(RunObserver.PAUSE);
            }
            return new RunObserver(context, folder, events).observe();
        });
    }

    /** Lets a run go on and drives it to its end; empty where it goes on no longer. Gives the lock back. */
    private Optional<RunOutcome> goOnHere(
            PreparedJob prepared, RunFolder folder, RunLock lock, List<String> secrets, EventLog events)
            throws InterruptedException {
        try (lock) {
            if (!isGoingOn(prepared, folder)) {
                return Optional.empty();
            }
            try (Journal journal = open(folder, secrets)) {
                askToResume(journal, Begin.CONTINUED);
                return Optional.of(new RunDriver(context, folder, journal, events).drive());
            }
        }
    }

    private Journal open(RunFolder folder, List<String> secrets) {
        return Journal.open(
                folder, context.files(), context.clock(), context.redaction().and(secrets));
    }

    private RunHandle<RunOutcome> ended(RunFolder folder) {
        return threads.start(folder.id(), Begin.ENDED, events -> {
            SavedEvents.read(folder).forEach(events::add);
            return Outcomes.of(RunView.read(folder), folder.read());
        });
    }

    private void askToResume(Journal journal, Begin begin) {
        RunView view = view(journal);
        if (!view.isLaunchedHere() || view.provider() == null) {
            if (view.closed() || view.prepared() == null) {
                throw RunProblems.notResumable(
                        view.id(), whyUnlaunched(view), NextCommand.launch(view, context.providers()));
            }
            refuseToLaunchWithAnotherBase(view);
            return; // its driver died before the launch: driving it on launches it
        }
        if (view.state() == RunState.SUCCEEDED) {
            throw RunProblems.notResumable(view.id(), "it has succeeded");
        }
        try (Provider provider = context.providers().open(view.provider(), view.job())) {
            RunState now = provider.find(view.id()).map(JobSnapshot::state).orElse(RunState.FAILED);
            boolean endedBadly = now == RunState.STOPPED || now == RunState.FAILED;
            if (endedBadly && !provider.capabilities().supportsResume()) {
                throw RunProblems.NOT_SUPPORTED
                        .error(provider.id() + " cannot resume a job")
                        .remedy(NextCommand.launch(view, context.providers()))
                        .asException();
            }
            if (endedBadly && readsModelHere(provider.capabilities())) {
                context.bases().refuseChanged(view);
            }
            if (endedBadly || view.closed()) {
                journal.append(new JournalEntry.ResumeAsked(view.resumes() + 1));
            }
        }
    }

    /** What its place has after all, as no answer to its launch came, has its model. */
    private void refuseToLaunchWithAnotherBase(RunView view) {
        try (Provider provider = Outcomes.open(view, context.providers())) {
            if (readsModelHere(provider.capabilities())
                    && provider.find(view.id()).isEmpty()) {
                context.bases().refuseChanged(view);
            }
        }
    }

    /** A place that bills was given a copy of the model at the launch. */
    private static boolean readsModelHere(Capabilities place) {
        return place.supportsCustomWork() && !place.bills();
    }

    private static String whyUnlaunched(RunView view) {
        ProviderId left = view.launchedAt();
        return left == null
                ? "it was never launched"
                : "it left " + left + " and was never launched at " + view.provider()
                        + "; \"finetune fetch\" brings what it left at " + left;
    }

    private void askToStop(Journal journal, String by) {
        RunView view = view(journal);
        if (view.provider() == null) {
            journal.append(new JournalEntry.StopAsked(by)); // its driver closes it
            return;
        }
        try (Provider provider = Outcomes.open(view, context.providers())) {
            Optional<JobSnapshot> job = provider.find(view.id());
            if (PendingLaunch.isIn(journal.content()) && PendingLaunch.isAway(view, job)) {
                journal.append(new JournalEntry.StopAsked(by));
            } else if (job.isPresent()) {
                stopAt(provider, view.id());
                journal.append(new JournalEntry.StopAsked(by));
            }
        }
    }

    private static void stopAt(Provider provider, RunId id) {
        if (!provider.capabilities().supportsStop()) {
            throw RunProblems.notSupported(provider.id(), "stop a job");
        }
        provider.stop(id);
    }

    /**
     * Whether there is nothing more to do for a run.
     *
     * @param isContradicted whether its place was found to say otherwise; somebody may have seen to it meanwhile
     */
    private static boolean isOver(RunFolder folder, boolean isContradicted) {
        JournalContent content = folder.read();
        return isClosed(content) && !(isContradicted && UntoldEnd.isIn(content));
    }

    private static boolean isClosed(JournalContent content) {
        return RunView.of(content).filter(RunView::closed).isPresent();
    }

    private static RunView view(Journal journal) {
        return RunView.of(journal.content())
                .orElseThrow(() -> new IllegalStateException("a journal begins with its creation"));
    }
}
