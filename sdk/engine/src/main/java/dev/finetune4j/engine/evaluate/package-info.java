/**
 * Whether tuning pays: metrics of each model on the same held-out rows, their intervals, the paired comparison and the gate.
 *
 * <p>Every metric is turned into a {@link dev.finetune4j.engine.evaluate.Statistic} over rows once, and the bootstrap
 * resamples only its sums: no text is looked at twice.
 */
@NullMarked
package dev.finetune4j.engine.evaluate;

import org.jspecify.annotations.NullMarked;
