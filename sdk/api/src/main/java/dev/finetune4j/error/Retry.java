package dev.finetune4j.error;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Whether the same call may succeed later without a change by the user. */
public sealed interface Retry {
    /** The same call fails the same way until somebody changes something. */
    record Never() implements Retry {}

    /**
     * The same call may succeed after a pause.
     *
     * @param pause the shortest sensible wait, never negative
     * @param asked how long a service itself asked to stay away, which often refuses for longer whoever comes before; null where {@code pause} is
     *     a guess of ours
     */
    record After(Duration pause, @Nullable Duration asked) implements Retry {
        /** Refuses a negative pause. */
        public After {
            if (pause.isNegative()) {
                throw new IllegalArgumentException("pause must not be negative, was " + pause);
            }
        }
    }

    /** A retry is pointless. */
    Retry NEVER = new Never();

    /** A retry is sensible after {@code pause}. */
    static Retry after(Duration pause) {
        return new After(pause, null);
    }

    /** The service asked to stay away for so long. */
    static Retry asked(Duration pause) {
        return new After(pause, pause);
    }
}
