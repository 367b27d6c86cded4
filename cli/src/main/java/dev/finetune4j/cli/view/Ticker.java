package dev.finetune4j.cli.view;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Calls something again and again in a thread that never keeps the process alive. */
final class Ticker implements AutoCloseable {
    private final ScheduledExecutorService timer;

    Ticker(Runnable work, long everyMillis) {
        timer = Executors.newSingleThreadScheduledExecutor(call -> {
            Thread thread = new Thread(call, "ticker");
            thread.setDaemon(true);
            return thread;
        });
        var unused = timer.scheduleAtFixedRate(work, everyMillis, everyMillis, TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
