package dev.finetune4j.spi;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Whether launches may be under way whose jobs are not there yet, and which need inputs that lie in a store already: told by when their
 * {@linkplain StagedOrder orders} and inputs were stored.
 */
public final class ComingLaunches {
    /** A launch that has stored its order, or an input, goes on soon after. */
    private static final Duration LAUNCHING = Duration.ofHours(1);

    /** How long the upload of what a launch needs may take; an order that is older belongs to none. */
    private static final Duration UPLOADING = Duration.ofDays(1);

    private final Instant now;
    private final Duration patience;
    private boolean isAnyComing;

    /**
     * None is known yet.
     *
     * @param inputs when each input was stored: where one was a moment ago, more may follow it, and the order, which goes before them, is older
     */
    public ComingLaunches(Instant now, Stream<Instant> inputs) {
        this.now = now;
        this.patience = inputs.anyMatch(input -> isWithin(LAUNCHING, input)) ? UPLOADING : LAUNCHING;
    }

    private boolean isWithin(Duration age, Instant stored) {
        return stored.plus(age).isAfter(now);
    }

    /** Whether a run may be about to be launched whose order was stored then, so that its jobs are worth being asked for. */
    public boolean mayBelongToOne(Instant order) {
        return isWithin(patience, order);
    }

    /**
     * Tells of a run whose order may belong to a launch. It is about to be launched if it never was, and about to be launched again if its order
     * was stored after its last launch.
     *
     * @param lastLaunch when that was; empty where there was none
     */
    public void tell(Instant order, Optional<Instant> lastLaunch) {
        isAnyComing |= lastLaunch.isEmpty() || order.isAfter(lastLaunch.get());
    }

    /** Why an input must stay, as {@link Leftover#use()} tells it: no run but the one that is launched knows which inputs it needs. */
    public String use(boolean isRead) {
        if (isRead) {
            return "a job that has not ended";
        }
        return isAnyComing ? "a launch may be under way" : "";
    }
}
