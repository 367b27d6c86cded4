package dev.finetune4j.offlinecloud.bedrock;

import java.time.Duration;

/**
 * How long the service takes.
 *
 * @param validation until it has read the data
 * @param training from then until the model is there
 * @param stopping from the order to stop until nothing is done any more
 * @param hosting until a model that is deployed answers
 */
public record TuningPace(Duration validation, Duration training, Duration stopping, Duration hosting) {
    /** About as the service itself with little data; for a clock that is virtual. */
    public static final TuningPace LIFELIKE = new TuningPace(
            Duration.ofMinutes(5), Duration.ofMinutes(40), Duration.ofMinutes(2), Duration.ofMinutes(10));

    /** Fast enough for tests on a real clock. */
    public static final TuningPace SWIFT = new TuningPace(
            Duration.ofMillis(100), Duration.ofMillis(100), Duration.ofMillis(100), Duration.ofMillis(100));
}
