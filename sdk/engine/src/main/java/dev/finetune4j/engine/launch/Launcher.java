package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.DurableFiles;
import dev.finetune4j.engine.journal.Redaction;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.RunLock;
import dev.finetune4j.engine.journal.RunStore;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.engine.spec.Profile;
import dev.finetune4j.engine.watch.Sleeper;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.plan.Foreseen;
import dev.finetune4j.plan.LaunchTerms;
import dev.finetune4j.run.Rehearsal;
import dev.finetune4j.run.RunOutcome;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.Billing;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.value.ProviderId;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Launches prepared jobs, and leads to what becomes of runs. One launcher serves any number of runs; what it knows is in the home
 * folder, so any number of launchers, in any process, may serve the same.
 */
public final class Launcher implements AutoCloseable {
    private final RunStore store;
    private final LaunchContext context;
    private final KeptRehearsals rehearsals;
    private final Supplier<Profile> profile;
    private final FollowThreads threads = new FollowThreads();
    private final JobPlaces places;
    private final LaunchedRuns runs;

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
        runs = new LaunchedRuns(context, threads);
    }

    /** The places that jobs can be launched at. */
    public JobPlaces places() {
        return places;
    }

    /** The runs that are there. */
    public LaunchedRuns runs() {
        return runs;
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
        try (Provider provider = context.providers().openFor(job)) {
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
                    ? Optional.of(runs.attach(last.get()))
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
            return Optional.of(runs.ended(done.get()));
        }
        boolean isTakenUp = terms != null && !isAgain;
        int attempt = isTakenUp ? attempts.newest() : attempts.next();
        RunFolder folder = store.folder(RunStore.id(prepared.file().job().name(), prepared.digest(), attempt));
        Optional<RunLock> lock = RunLock.tryTake(folder, context.files());
        if (lock.isEmpty()) {
            return Optional.of(runs.observe(folder));
        }
        BooleanSupplier isDone =
                () -> LaunchedRuns.isClosed(folder.read()) && !(isTakenUp && Unlaunched.is(folder.read()));
        return runs.drivenUnless(isDone, folder, lock.get(), secrets, journal -> {
            try (Provider provider = context.providers().openFor(prepared.file().job())) {
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

    /** Stops following everything; runs go on. What starts or follows work ends in an {@link IllegalStateException} from then on. */
    @Override
    public void close() {
        threads.close();
    }
}
