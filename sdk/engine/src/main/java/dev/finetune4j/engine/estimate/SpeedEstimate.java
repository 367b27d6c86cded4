package dev.finetune4j.engine.estimate;

/**
 * How fast a run goes.
 *
 * @param tokensPerSecond tokens a second of all GPUs together, padding included
 * @param tokensPerSecondPerGpu the same on one of them
 */
public record SpeedEstimate(Range tokensPerSecond, Range tokensPerSecondPerGpu) {}
