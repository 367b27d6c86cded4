package dev.finetune4j.engine.launch;

import dev.finetune4j.spi.HostedModel;
import dev.finetune4j.value.ProviderId;
import dev.finetune4j.value.RunId;

/**
 * A run whose model is hosted.
 *
 * @param run the run
 * @param place where
 * @param model what hosts it
 * @param isSeenNow whether the place tells so now; otherwise it cannot be reached, and this is what it told last
 */
public record HostedRun(RunId run, ProviderId place, HostedModel model, boolean isSeenNow) {}
