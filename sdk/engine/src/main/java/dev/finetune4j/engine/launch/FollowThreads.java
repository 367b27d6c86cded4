package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.launch.RunHandle.Begin;
import dev.finetune4j.value.RunId;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** The threads that follow runs and serve subscribers. They keep no program alive: a run goes on without its followers. */
final class FollowThreads implements AutoCloseable {
    private final ExecutorService pool = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "finetune4j-follow");
        thread.setDaemon(true);
        return thread;
    });

    /** What a thread does until the outcome is known. */
    @FunctionalInterface
    interface Work<T> {
        T follow(EventLog events) throws InterruptedException;
    }

    /** Starts following; letting go of the handle interrupts the thread. */
    <T> RunHandle<T> start(RunId id, Begin begin, Work<T> work) {
        Follower<T> follower = new Follower<>(new EventLog(pool), work);
        pool.execute(follower);
        var unused = follower.outcome.whenComplete((result, failure) -> {
            if (failure instanceof CancellationException) {
                follower.detach(failure);
            }
        });
        return new RunHandle<>(id, begin, follower.events, follower.outcome);
    }

    /** Interrupts every thread. */
    @Override
    public void close() {
        pool.shutdownNow();
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
                outcome.complete(work.follow(events));
                events.close(null);
            } catch (InterruptedException e) {
                CancellationException detached = new CancellationException("detached");
                outcome.completeExceptionally(detached);
                events.close(detached);
            } catch (RuntimeException | Error e) {
                outcome.completeExceptionally(e);
                events.close(e);
            } finally {
                synchronized (this) {
                    thread = null;
                    boolean unused = Thread.interrupted(); // the pool's next task must not inherit it
                }
            }
        }

        synchronized void detach(Throwable why) {
            if (thread != null) {
                thread.interrupt();
            }
            events.close(why);
        }
    }
}
