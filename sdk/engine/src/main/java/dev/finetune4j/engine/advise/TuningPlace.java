package dev.finetune4j.engine.advise;

import dev.finetune4j.plan.PriceFact;
import dev.finetune4j.value.ProviderId;
import org.jspecify.annotations.Nullable;

/**
 * A place where a model can be tuned.
 *
 * @param target the place
 * @param on what it runs on there: a machine, or the place's own name of the model where it tunes as a service
 * @param region where that is cheapest; empty on this machine
 * @param method how it can be tuned there: {@code full}, {@code lora} or {@code qlora}; {@code service} where the place decides, and
 *     {@code preference} where it learns which of two answers is better
 * @param price for one hour of the machine or a million tokens, or null where it is not known or nothing is billed
 */
public record TuningPlace(
        ProviderId target,
        String on,
        String region,
        String method,
        @Nullable PriceFact price) {}
