package dev.finetune4j.engine.watch;

import dev.finetune4j.spi.Billing;
import dev.finetune4j.spi.Capabilities;
import java.time.Duration;

/**
 * How often a watcher looks.
 *
 * @param shortest pause after something new was seen
 * @param longest pause while nothing happens; each silent look makes the pause half as long again
 * @param patience how long a provider may be unreachable before the watcher gives up; the run goes on all the same
 */
public record WatchPace(Duration shortest, Duration longest, Duration patience) {
    /** For a job on this machine: files are read, which costs nothing, and a person looks on. */
    public static final WatchPace NEAR =
            new WatchPace(Duration.ofMillis(100), Duration.ofSeconds(1), Duration.ofMinutes(1));

    /** For a job in a cloud: services throttle lookers, and hours do not pass faster. */
    public static final WatchPace FAR =
            new WatchPace(Duration.ofSeconds(5), Duration.ofSeconds(60), Duration.ofHours(1));

    /** Refuses pauses that are not positive or in the wrong order. */
    public WatchPace {
        if (shortest.isNegative() || shortest.isZero() || longest.compareTo(shortest) < 0) {
            throw new IllegalArgumentException(
                    "pauses must be positive and ordered, were " + shortest + ", " + longest);
        }
    }

    /** For a service that tunes a model in half an hour or more, tells three or four states of it, and the steps at the end. */
    public static final WatchPace SERVICE =
            new WatchPace(Duration.ofSeconds(5), Duration.ofMinutes(2), Duration.ofHours(1));

    /** The pace that suits a provider: near where nothing is billed and steps can be followed. */
    public static WatchPace of(Capabilities capabilities) {
        if (capabilities.billing() == Billing.TOKENS) {
            return SERVICE;
        }
        return capabilities.supportsStepEvents() && !capabilities.bills() ? NEAR : FAR;
    }

    /** The pause after a silent look that followed {@code pause}. */
    Duration longer(Duration pause) {
        Duration next = pause.multipliedBy(3).dividedBy(2);
        return next.compareTo(longest) > 0 ? longest : next;
    }
}
