package dev.finetune4j.engine.watch;

import java.time.Duration;

/** Waits, for real or on a virtual clock. */
@FunctionalInterface
public interface Sleeper {
    /** The thread sleeps. */
    Sleeper REAL = pause -> Thread.sleep(pause.toMillis());

    /**
     * Returns after the pause.
     *
     * @throws InterruptedException if the wait was broken off
     */
    void sleep(Duration pause) throws InterruptedException;
}
