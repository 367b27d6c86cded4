package dev.finetune4j.azure.internal;

import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.time.Duration;

/** Waiting for what a service takes a while to do. */
public final class Pause {
    private Pause() {}

    /**
     * Waits.
     *
     * @throws UncheckedIOException if the thread is interrupted
     */
    public static void of(Duration time) {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new InterruptedIOException("waiting was interrupted"));
        }
    }
}
