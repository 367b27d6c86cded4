package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.RunLock;
import dev.finetune4j.engine.journal.RunStore;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.run.Divergence;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunOutcome;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.value.RunId;
import java.util.List;
import java.util.Optional;

/** Launches the jobs of a series, which is asked for as a whole again where one of its runs did not succeed. */
public final class SeriesLauncher {
    private final LaunchContext context;
    private final RunStore store;
    private final FollowThreads threads;
    private final Launcher launcher;

    SeriesLauncher(LaunchContext context, RunStore store, FollowThreads threads, Launcher launcher) {
        this.context = context;
        this.store = store;
        this.threads = threads;
        this.launcher = launcher;
    }

    /**
     * As {@link Launcher#launchOnce} where any success will do, but a last run by this version that failed or was stopped in training goes on
     * from its checkpoint, where its place lets it and bills nothing for that. Not one that was resumed and came no step further; and one
     * whose training diverged, or that its budget stopped, is handed out, as it would end so again. Of several programs that ask at the
     * same time one resumes it and the others look on.
     *
     * @param secrets values in the job that must not be written down
     * @throws FineTuneException with FT0113 if none of its targets is there, FT0522 if its place bills for time, FT0501 if the run's
     *     folder cannot be written, or if its place does not answer
     */
    public RunHandle<RunOutcome> launch(PreparedJob prepared, List<String> secrets) {
        threads.requireOpen();
        return lastUnsuccessful(prepared)
                .flatMap(folder -> tryGoOn(prepared, folder, secrets)
                        // Read anew, as whoever had it meanwhile may have let it go on until it diverged.
                        .or(() -> lastUnsuccessful(prepared)
                                .filter(SeriesLauncher::hasDiverged)
                                .map(launcher.runs()::attach)))
                .or(() -> Attempts.read(store, prepared)
                        .stoppedByBudget(prepared, context.version())
                        .map(launcher.runs()::attach))
                .orElseGet(() -> launcher.launchOnce(prepared, secrets, run -> true));
    }

    /**
     * Whether {@link #launch} lets this run of a job go on, which has ended, and does not launch another; true where its place does not
     * answer, which nothing is launched at then either.
     */
    public boolean goesOn(PreparedJob prepared, RunId run) {
        try {
            return isToGoOn(prepared, store.folder(run));
        } catch (FineTuneException e) {
            return true;
        }
    }

    /** Lets the last run of a job that has not succeeded go on; empty where it does not, or no longer, as another process was faster. */
    Optional<RunHandle<RunOutcome>> tryGoOn(PreparedJob prepared, RunFolder folder, List<String> secrets) {
        if (!isWorthIt(folder, RunView.read(folder))) {
            return Optional.empty();
        }
        Optional<RunLock> lock = RunLock.tryTake(folder, context.files());
        if (lock.isPresent()) {
            return tryAskToResume(prepared, folder, lock.get(), secrets)
                    .map(run -> run.follow(threads, outcome -> outcome));
        }
        return LaunchedRuns.isClosed(folder.read()) && isLetGoOn(folder)
                ? Optional.of(observeOnceReopened(prepared, folder, secrets))
                : Optional.empty();
    }

    /** Writes down that a run is to go on of which nobody else writes now; empty, and its lock given back, where it goes on no longer. */
    private Optional<HeldRun> tryAskToResume(
            PreparedJob prepared, RunFolder folder, RunLock lock, List<String> secrets) {
        return HeldRun.openUnless(
                // Whoever had the lock before may have let it go on, or begun another.
                () -> !isToGoOn(prepared, folder),
                context,
                folder,
                lock,
                secrets,
                journal -> journal.append(
                        new JournalEntry.ResumeAsked(LaunchedRuns.view(journal).resumes() + 1)));
    }

    /**
     * Whoever has the lock of a closed run may be about to let it go on, without having written that down yet, or may only look at what it
     * left: then it goes on from here.
     */
    private RunHandle<RunOutcome> observeOnceReopened(PreparedJob prepared, RunFolder folder, List<String> secrets) {
        return threads.start(folder.id(), RunHandle.Begin.ATTACHED, events -> {
            while (LaunchedRuns.isClosed(folder.read())) {
                Optional<RunLock> lock = RunLock.tryTake(folder, context.files());
                if (lock.isPresent()) {
                    Optional<HeldRun> run = tryAskToResume(prepared, folder, lock.get(), secrets);
                    if (run.isPresent()) {
                        return run.get().drive(events);
                    }
                    break;
                }
                context.sleeper().sleep(RunObserver.PAUSE);
            }
            return new RunObserver(context, folder, events).observe();
        });
    }

    /** The last run of a job, data and model by this version that nothing but its end keeps from its success, whoever follows it. */
    private Optional<RunFolder> lastUnsuccessful(PreparedJob prepared) {
        return Attempts.read(store, prepared).interrupted(prepared, context.version());
    }

    /**
     * Whether a run is the last of a job, data and model by this version, failed or was stopped in training, or was lost together with whoever
     * followed it, and its place lets it go on from its checkpoint, which costs nothing there. Not one that its budget stopped, nor one whose
     * training diverged, nor one that was resumed and came no step further, nor one whose base model has changed where it lies; and none
     * where an earlier run has succeeded.
     *
     * @throws FineTuneException if its place does not answer
     */
    private boolean isToGoOn(PreparedJob prepared, RunFolder run) {
        return lastUnsuccessful(prepared)
                .filter(run::equals)
                .filter(this::isLetGoOn)
                .isPresent();
    }

    private boolean isLetGoOn(RunFolder folder) {
        RunView view = RunView.read(folder);
        if (!isWorthIt(folder, view)) {
            return false;
        }
        try (Provider provider = Outcomes.open(view, context.providers())) {
            return provider.capabilities().supportsResume()
                    && !provider.capabilities().bills()
                    && provider.find(folder.id())
                            .map(JobSnapshot::state)
                            .filter(state -> state == RunState.FAILED || (state == RunState.STOPPED && view.closed()))
                            .isPresent()
                    // Last, since its files may be many gigabytes.
                    && context.bases().isUnchanged(view);
        }
    }

    /** Whether its own files have nothing against it, which nobody else need be asked for. */
    private static boolean isWorthIt(RunFolder folder, RunView view) {
        return view.isLaunchedHere()
                && (!view.closed() || (!Divergence.isIn(view.problem()) && cameFurther(SavedEvents.read(folder))));
    }

    private static boolean hasDiverged(RunFolder folder) {
        return Divergence.isIn(RunView.read(folder).problem());
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
}
