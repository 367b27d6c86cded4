package dev.finetune4j.offlinecloud.sagemaker;

import java.time.Duration;

/**
 * How long the service takes for what is not training.
 *
 * @param start until a machine is there
 * @param download until image and inputs are on it
 * @param upload until the results are in the store
 * @param capacityWait how long it looks for a machine where none is free
 */
public record Pace(Duration start, Duration download, Duration upload, Duration capacityWait) {
    /** About as the service itself; for a clock that is virtual. */
    public static final Pace LIFELIKE =
            new Pace(Duration.ofMinutes(2), Duration.ofMinutes(4), Duration.ofSeconds(40), Duration.ofHours(1));

    /** Fast enough for tests on a real clock. */
    public static final Pace SWIFT =
            new Pace(Duration.ofMillis(50), Duration.ofMillis(50), Duration.ofMillis(50), Duration.ofSeconds(1));

    /** The same where the machine is there already. */
    Pace startingAtOnce() {
        return new Pace(Duration.ZERO, download, upload, capacityWait);
    }
}
