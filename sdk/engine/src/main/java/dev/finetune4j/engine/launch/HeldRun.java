package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.Journal;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.RunLock;
import dev.finetune4j.engine.launch.RunHandle.Begin;
import dev.finetune4j.run.RunOutcome;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A run that is driven from here: its lock and its journal, which are open until its end. */
final class HeldRun {
    private final LaunchContext context;
    private final RunFolder folder;
    private final RunLock lock;
    private final Journal journal;
    private final Begin begin;

    private HeldRun(LaunchContext context, RunFolder folder, RunLock lock, Journal journal, Begin begin) {
        this.context = context;
        this.folder = folder;
        this.lock = lock;
        this.journal = journal;
        this.begin = begin;
    }

    /**
     * Opens the journal of a run; gives its lock back where that or the prelude fails.
     *
     * @param secrets values in the job that must not be written down
     * @param prelude what happens to the journal before the run is driven
     */
    static HeldRun open(
            LaunchContext context, RunFolder folder, RunLock lock, List<String> secrets, Consumer<Journal> prelude) {
        Journal journal = null;
        try {
            journal = Journal.open(
                    folder,
                    context.files(),
                    context.clock(),
                    context.redaction().and(secrets));
            Begin begin = journal.content().lines().isEmpty() ? Begin.LAUNCHED : Begin.CONTINUED;
            prelude.accept(journal);
            return new HeldRun(context, folder, lock, journal, begin);
        } catch (RuntimeException | Error e) {
            giveBack(journal, lock, e);
            throw e;
        }
    }

    /**
     * As {@link #open}, but gives the lock back, too, where there is nothing to drive, or that cannot be told.
     *
     * @param isOver whether there is nothing to drive, asked now that nobody else has the run
     */
    static Optional<HeldRun> openUnless(
            BooleanSupplier isOver,
            LaunchContext context,
            RunFolder folder,
            RunLock lock,
            List<String> secrets,
            Consumer<Journal> prelude) {
        boolean isToBeDriven = false;
        try {
            isToBeDriven = !isOver.getAsBoolean();
        } finally {
            if (!isToBeDriven) {
                lock.close();
            }
        }
        return isToBeDriven ? Optional.of(open(context, folder, lock, secrets, prelude)) : Optional.empty();
    }

    /**
     * Drives it to its end in the background, and does something with its outcome once its lock is given back.
     *
     * @throws IllegalStateException if the threads are closed; its lock is given back then
     */
    <T> RunHandle<T> follow(FollowThreads threads, Function<RunOutcome, T> result) {
        try {
            return threads.start(
                    folder.id(),
                    begin,
                    () -> SubmitStep.isAtPlace(folder.read()),
                    events -> result.apply(drive(events)));
        } catch (RuntimeException | Error e) {
            giveBack(journal, lock, e);
            throw e;
        }
    }

    /** Drives it to its end, and gives its lock back. */
    RunOutcome drive(EventLog events) throws InterruptedException {
        try (lock;
                journal) {
            return new RunDriver(context, folder, journal, events).drive();
        }
    }

    /** Closes both for a reason, which is told whatever else goes wrong. */
    private static void giveBack(@Nullable Journal journal, RunLock lock, Throwable why) {
        try (lock) {
            if (journal != null) {
                journal.close();
            }
        } catch (RuntimeException e) {
            why.addSuppressed(e);
        }
    }
}
