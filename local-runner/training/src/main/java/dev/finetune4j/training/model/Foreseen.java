package dev.finetune4j.training.model;

import dev.finetune4j.job.Precision;

/**
 * What training will take, decided before a weight is read.
 *
 * @param peakBytes resident memory of the process at its peak, of training or of the answers after it
 * @param precision number format chosen
 */
public record Foreseen(long peakBytes, Precision precision) {}
