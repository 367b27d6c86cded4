package dev.finetune4j.testkit;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** A clock that stands still until it is moved, so that hours of waiting take no time in a test. Safe for several threads. */
public final class VirtualClock extends Clock {
    /** Where a new clock stands. */
    public static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final AtomicLong nanos; // since START
    private final ZoneId zone;

    /** A clock at {@link #START}. */
    public VirtualClock() {
        this(new AtomicLong(), ZoneOffset.UTC);
    }

    private VirtualClock(AtomicLong nanos, ZoneId zone) {
        this.nanos = nanos;
        this.zone = zone;
    }

    /** Moves the clock on; also serves as the sleeper of the code under test. */
    public void advance(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException("time must not be negative, was " + time);
        }
        nanos.addAndGet(time.toNanos());
    }

    /**
     * Lets the clock run while something is done that waits by a clock of its own.
     *
     * @param step by how much it is moved each millisecond
     */
    public <T> T runningDuring(Supplier<T> action, Duration step) {
        Thread time = new Thread(
                () -> {
                    try {
                        while (true) {
                            Thread.sleep(1);
                            advance(step);
                        }
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt(); // done
                    }
                },
                "virtual time");
        time.setDaemon(true);
        time.start();
        try {
            return action.get();
        } finally {
            time.interrupt();
        }
    }

    @Override
    public Instant instant() {
        return START.plusNanos(nanos.get());
    }

    @Override
    public ZoneId getZone() {
        return zone;
    }

    /** The same clock in another zone: both move together. */
    @Override
    public Clock withZone(ZoneId otherZone) {
        return new VirtualClock(nanos, otherZone);
    }
}
