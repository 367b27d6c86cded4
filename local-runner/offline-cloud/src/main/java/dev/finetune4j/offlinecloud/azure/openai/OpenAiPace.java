package dev.finetune4j.offlinecloud.azure.openai;

import java.time.Duration;

/**
 * How long the service takes.
 *
 * @param importing until a file that was sent is processed
 * @param validation until a new job is queued
 * @param training from a job's start until its model is there
 * @param deploying until a deployment answers
 * @param listing until lists show a file or a job that is there
 */
public record OpenAiPace(
        Duration importing, Duration validation, Duration training, Duration deploying, Duration listing) {
    /** About as the service itself with little data; for a clock that is virtual. */
    public static final OpenAiPace LIFELIKE = new OpenAiPace(
            Duration.ofSeconds(20),
            Duration.ofMinutes(3),
            Duration.ofMinutes(45),
            Duration.ofMinutes(5),
            Duration.ofSeconds(10));

    /** Fast enough for tests on a real clock. */
    public static final OpenAiPace SWIFT = new OpenAiPace(
            Duration.ofMillis(100),
            Duration.ofMillis(100),
            Duration.ofMillis(500),
            Duration.ofMillis(100),
            Duration.ofMillis(50));

    /** The same where lists are so late. */
    public OpenAiPace listingAfter(Duration time) {
        return new OpenAiPace(importing, validation, training, deploying, time);
    }
}
