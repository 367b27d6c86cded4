package dev.finetune4j.engine.data.source;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Closes a stream on which nothing has come for a while, since the JDK's HTTP client has no time limit for reading a body. */
final class StallGuard implements Closeable {
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(StallGuard::daemon);
    private final ScheduledFuture<?> watch;
    private final AtomicLong lastProgress = new AtomicLong(System.nanoTime());

    StallGuard(Closeable stream, Duration patience) {
        long period = Math.max(1, patience.toMillis() / 4);
        this.watch = clock.scheduleAtFixedRate(
                () -> {
                    if (System.nanoTime() - lastProgress.get() > patience.toNanos()) {
                        closeQuietly(stream);
                    }
                },
                period,
                period,
                TimeUnit.MILLISECONDS);
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "finetune4j-stall-guard");
        thread.setDaemon(true);
        return thread;
    }

    private static void closeQuietly(Closeable stream) {
        try {
            stream.close();
        } catch (IOException e) {
            // The reader notices by itself that the stream is closed.
        }
    }

    /** Something came. */
    void progress() {
        lastProgress.set(System.nanoTime());
    }

    @Override
    public void close() {
        watch.cancel(false);
        clock.shutdownNow();
    }
}
