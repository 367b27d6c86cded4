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
import dev.finetune4j.engine.watch.PlaceProblems;
import dev.finetune4j.engine.watch.Sleeper;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.plan.Foreseen;
import dev.finetune4j.plan.LaunchTerms;
import dev.finetune4j.run.Rehearsal;
import dev.finetune4j.run.RunOutcome;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.Billing;
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
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
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

    /** Launches of jobs that belong to a series. */
    public SeriesLauncher series() {
        return new SeriesLauncher(context, store, threads, this);
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
                    isAgain ? Optional.empty() : Attempts.read(store, prepared).launched();
            return last.isPresent()
                    ? Optional.of(attach(last.get()))
                    : tryLaunch(prepared, terms, isAgain, secrets, run -> false);
        });
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

    /** Whether the base model of a run lies where it was, and is the one that the run was prepared with. */
    public boolean hasBaseModel(RunView run) {
        return context.bases().isUnchanged(run);
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
        Attempts attempts = Attempts.read(store, prepared);
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
        BooleanSupplier isDone = () -> isClosed(folder.read()) && !(isTakenUp && Unlaunched.is(folder.read()));
        return drivenUnless(isDone, folder, lock.get(), secrets, journal -> {
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
        return drivenUnless(() -> isOver(folder, isContradicted), folder, lock.get(), List.of(), UntoldEnd::reopen)
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
        return HeldRun.open(
                        context,
                        folder,
                        lock,
                        List.of(),
                        journal -> new ResumeStep(context).ask(journal, view(journal)))
                .follow(threads, outcome -> outcome);
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
        return drivenUnless(() -> isOver(folder, isContradicted), folder, lock.get(), List.of(), journal -> {
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
                    .orElseThrow(() -> PlaceProblems.notSupported(provider.id(), "tell what its processes print"));
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
        return HeldRun.open(context, folder, lock, List.of(), UntoldEnd::reopen)
                .follow(threads, outcome -> new EndedRunFetch(context).fetch(folder));
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

    /** Drives a run in the background; gives the lock back and returns empty where there is nothing to drive. */
    private Optional<RunHandle<RunOutcome>> drivenUnless(
            BooleanSupplier isOver, RunFolder folder, RunLock lock, List<String> secrets, Consumer<Journal> prelude) {
        return HeldRun.openUnless(isOver, context, folder, lock, secrets, prelude)
                .map(run -> run.follow(threads, outcome -> outcome));
    }

    private RunHandle<RunOutcome> observe(RunFolder folder) {
        return threads.start(folder.id(), Begin.ATTACHED, events -> new RunObserver(context, folder, events).observe());
    }

    private RunHandle<RunOutcome> ended(RunFolder folder) {
        return threads.start(folder.id(), Begin.ENDED, events -> {
            SavedEvents.read(folder).forEach(events::add);
            return Outcomes.of(RunView.read(folder), folder.read());
        });
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
            throw PlaceProblems.notSupported(provider.id(), "stop a job");
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

    static RunView view(Journal journal) {
        return RunView.of(journal.content())
                .orElseThrow(() -> new IllegalStateException("a journal begins with its creation"));
    }
}
