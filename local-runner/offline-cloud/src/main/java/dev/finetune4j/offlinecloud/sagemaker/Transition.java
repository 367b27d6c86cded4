package dev.finetune4j.offlinecloud.sagemaker;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A time during which a job had one status.
 *
 * @param status the status
 * @param start since when
 * @param end until when, or null while it has it
 * @param message why, for people
 */
record Transition(
        SecondaryStatus status, Instant start, @Nullable Instant end, String message) {}
