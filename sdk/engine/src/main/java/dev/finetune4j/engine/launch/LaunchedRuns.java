package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.Journal;
import dev.finetune4j.engine.journal.JournalContent;
import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.RunLock;
import dev.finetune4j.engine.journal.RunProblems;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.engine.launch.RunHandle.Begin;
import dev.finetune4j.engine.place.PlaceProblems;
import dev.finetune4j.engine.report.RunReport;
import dev.finetune4j.engine.report.view.ReportFiles;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.run.RunOutcome;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.LogPage;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.value.RunId;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Runs that are there: follows them, stops them, lets them go on, tells of them, brings home what they left, and removes them. */
public final class LaunchedRuns {
    private final LaunchContext context;
    private final FollowThreads threads;

    LaunchedRuns(LaunchContext context, FollowThreads threads) {
        this.context = context;
        this.threads = threads;
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

    /** Drives a run in the background; gives the lock back and returns empty where there is nothing to drive. */
    Optional<RunHandle<RunOutcome>> drivenUnless(
            BooleanSupplier isOver, RunFolder folder, RunLock lock, List<String> secrets, Consumer<Journal> prelude) {
        return HeldRun.openUnless(isOver, context, folder, lock, secrets, prelude)
                .map(run -> run.follow(threads, outcome -> outcome));
    }

    /** Looks on at a run that another process drives. */
    RunHandle<RunOutcome> observe(RunFolder folder) {
        return threads.start(folder.id(), Begin.ATTACHED, events -> new RunObserver(context, folder, events).observe());
    }

    /** Tells the outcome of a run that has ended. */
    RunHandle<RunOutcome> ended(RunFolder folder) {
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

    static boolean isClosed(JournalContent content) {
        return RunView.of(content).filter(RunView::closed).isPresent();
    }

    static RunView view(Journal journal) {
        return RunView.of(journal.content())
                .orElseThrow(() -> new IllegalStateException("a journal begins with its creation"));
    }
}
