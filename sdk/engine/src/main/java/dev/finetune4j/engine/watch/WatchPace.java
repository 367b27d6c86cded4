package dev.finetune4j.engine.watch;

import dev.finetune4j.spi.Billing;
import dev.finetune4j.spi.Capabilities;
import java.time.Duration;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * How often a watcher looks.
 *
 * @param first pause after the first look; each further look makes it half as long again until it is the shortest, so that what fails at once
 *     is told at once
 * @param shortest pause after something new was seen
 * @param longest pause while nothing happens; each silent look makes the pause half as long again
 * @param patience how long a provider may be unreachable before the watcher gives up; the run goes on all the same
 * @param scatter by which share of it a pause may be longer, so that watchers who began together do not go on looking together
 */
public record WatchPace(Duration first, Duration shortest, Duration longest, Duration patience, double scatter) {
    /** For a job on this machine: files are read, which costs nothing, and a person looks on. */
    public static final WatchPace NEAR = new WatchPace(
            Duration.ofMillis(100), Duration.ofMillis(100), Duration.ofSeconds(1), Duration.ofMinutes(1), 0);

    /** For a job in a cloud: services throttle lookers, and hours do not pass faster. */
    public static final WatchPace FAR = new WatchPace(
            Duration.ofSeconds(1), Duration.ofSeconds(10), Duration.ofSeconds(60), Duration.ofHours(1), 0.2);

    /** Refuses pauses that are not positive or in the wrong order, and a share that is negative. */
    public WatchPace {
        if (first.isNegative() || first.isZero() || shortest.compareTo(first) < 0 || longest.compareTo(shortest) < 0) {
            throw new IllegalArgumentException(
                    "pauses must be positive and ordered, were " + first + ", " + shortest + ", " + longest);
        }
        if (!(scatter >= 0)) {
            throw new IllegalArgumentException("scatter must not be negative, was " + scatter);
        }
    }

    /** For a service that tunes a model in half an hour or more, tells three or four states of it, and the steps at the end. */
    public static final WatchPace SERVICE = new WatchPace(
            Duration.ofSeconds(1), Duration.ofSeconds(10), Duration.ofMinutes(2), Duration.ofHours(1), 0.2);

    /** The pace that suits a provider: near where nothing is billed and steps can be followed. */
    public static WatchPace of(Capabilities capabilities) {
        if (capabilities.billing() == Billing.TOKENS) {
            return SERVICE;
        }
        return capabilities.supportsStepEvents() && !capabilities.bills() ? NEAR : FAR;
    }

    /** A pause as one watcher makes it. */
    Duration scattered(Duration pause, Random random) {
        return pause.plusMillis((long) (pause.toMillis() * scatter * random.nextDouble()));
    }

    /**
     * The pause after a silent look.
     *
     * @param pause before that look; null where it was the first
     */
    Duration afterSilence(@Nullable Duration pause) {
        return pause == null ? first : longer(pause, longest);
    }

    /** The pause after a look that brought something new. */
    Duration afterNews(@Nullable Duration pause) {
        return pause == null ? first : longer(pause, shortest);
    }

    /** The pause after a look that failed, or found no job; never so short as those of the beginning. */
    Duration afterFailure(@Nullable Duration pause) {
        return afterSilence(pause == null || pause.compareTo(shortest) < 0 ? shortest : pause);
    }

    private static Duration longer(Duration pause, Duration most) {
        Duration next = pause.multipliedBy(3).dividedBy(2);
        return next.compareTo(most) > 0 ? most : next;
    }
}
