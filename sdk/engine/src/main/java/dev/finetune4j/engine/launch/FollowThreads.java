package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.launch.RunHandle.Begin;
import dev.finetune4j.value.RunId;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The threads that follow runs and serve subscribers. They keep no program alive: a run goes on without its followers. */
final class FollowThreads implements AutoCloseable {
    /** For a request that is on its way when its thread is interrupted. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** Without a queue: closing it drops nothing that a subscriber waits for. */
    private final ExecutorService pool = Executors.newCachedThreadPool(Own::new);

    /** What a thread does until the outcome is known. */
    @FunctionalInterface
    interface Work<T> {
        T follow(EventLog events) throws InterruptedException;
    }

    /**
     * Asked before anything is written for work that could not start.
     *
     * @throws IllegalStateException if these threads are closed
     */
    void requireOpen() {
        if (pool.isShutdown()) {
            throw new IllegalStateException("the FineTuner is closed: open another one, which takes up its runs");
        }
    }

    /** Starts following; letting go of the handle interrupts the thread. */
    <T> RunHandle<T> start(RunId id, Begin begin, Work<T> work) {
        return start(id, begin, () -> true, work);
    }

    /**
     * The same.
     *
     * @param isThere whether the place has the work now
     * @throws IllegalStateException if these threads are closed
     */
    <T> RunHandle<T> start(RunId id, Begin begin, BooleanSupplier isThere, Work<T> work) {
        requireOpen();
        Follower<T> follower = new Follower<>(new EventLog(pool), work);
        pool.execute(follower);
        var unused = follower.outcome.whenComplete((result, failure) -> {
            if (failure instanceof CancellationException) {
                follower.detach(failure);
            }
        });
        return new RunHandle<>(id, begin, isThere, follower.events, follower.outcome);
    }

    /**
     * Interrupts every thread and waits, 5 s at most, until none works any more: whoever closes may remove the home. A subscriber that
     * closes does not wait for itself.
     */
    @Override
    public void close() {
        pool.shutdownNow();
        if (Thread.currentThread() instanceof Own) {
            return;
        }
        try {
            boolean unused = pool.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static final class Own extends Thread {
        Own(Runnable task) {
            super(task, "finetune4j-follow");
            setDaemon(true);
        }
    }

    /** Work that always runs to some end, so that the locks it was given are given back even where it was let go at once. */
    private static final class Follower<T> implements Runnable {
        private final EventLog events;
        private final Work<T> work;
        private final CompletableFuture<T> outcome = new CompletableFuture<>();
        private @Nullable Thread thread;

        Follower(EventLog events, Work<T> work) {
            this.events = events;
            this.work = work;
        }

        @Override
        public void run() {
            synchronized (this) {
                thread = Thread.currentThread();
                if (outcome.isCancelled()) {
                    thread.interrupt();
                }
            }
            try {
                T result = work.follow(events);
                events.close(null); // first, since whoever waits for the outcome may close everything then
                outcome.complete(result);
            } catch (InterruptedException e) {
                fail(new CancellationException("detached"));
            } catch (RuntimeException e) {
                fail(isBrokenOff(e) ? new CancellationException("detached") : e);
            } catch (Error e) {
                fail(e);
            } finally {
                synchronized (this) {
                    thread = null;
                    boolean unused = Thread.interrupted(); // the pool's next task must not inherit it
                }
            }
        }

        private void fail(Throwable why) {
            events.close(why);
            outcome.completeExceptionally(why);
        }

        /** An interrupt closes the file that is being read or written, which then is told as a failure of that file. */
        private static boolean isBrokenOff(RuntimeException failure) {
            if (Thread.currentThread().isInterrupted()) {
                return true;
            }
            for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
                if (cause instanceof ClosedByInterruptException) {
                    return true;
                }
            }
            return false;
        }

        synchronized void detach(Throwable why) {
            if (thread != null) {
                thread.interrupt();
            }
            events.close(why);
        }
    }
}
