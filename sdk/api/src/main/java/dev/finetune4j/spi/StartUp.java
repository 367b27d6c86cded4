package dev.finetune4j.spi;

import dev.finetune4j.plan.DurationRange;
import dev.finetune4j.value.ProviderId;

/**
 * How long a machine of a place takes from the end of the queue until the job's own program begins.
 *
 * @param target the place
 * @param time how long
 * @param basis where that comes from, in words
 */
public record StartUp(ProviderId target, DurationRange time, String basis) {}
