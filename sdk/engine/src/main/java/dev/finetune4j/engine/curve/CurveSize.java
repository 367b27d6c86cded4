package dev.finetune4j.engine.curve;

import dev.finetune4j.engine.launch.PreparedJob;

/**
 * One point of a learning curve before it is measured.
 *
 * @param rows training rows
 * @param job what is run for it
 */
public record CurveSize(long rows, PreparedJob job) {}
