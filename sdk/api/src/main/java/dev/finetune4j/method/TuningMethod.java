package dev.finetune4j.method;

/** How weights are tuned. */
public sealed interface TuningMethod permits LoraTuning {}
