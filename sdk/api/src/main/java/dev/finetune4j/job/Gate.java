package dev.finetune4j.job;

import dev.finetune4j.value.Describe;
import org.jspecify.annotations.Nullable;

/**
 * When the tuned model is good enough. A failed gate ends the run with exit code 9.
 *
 * @param metric the metric that is judged; null: the main metric of the task
 * @param atLeast the value that the tuned model must reach (for perplexity: not exceed), or null
 * @param betterThanBase whether the tuned model must beat the base model, zero-shot and few-shot, beyond the 95 % interval
 */
@Describe("When the tuned model is good enough.")
public record Gate(
        @Describe("The metric that is judged; the task's main metric by default.") @Nullable
        MetricName metric,

        @Describe("The value that the tuned model must reach (for perplexity: must not exceed).") @Nullable
        Double atLeast,

        @Describe("The tuned model must beat the base model, zero-shot and few-shot, beyond the 95 % interval.")
        boolean betterThanBase) {
    /** The main metric must beat the base model's. */
    public static Gate defaults() {
        return new Gate(null, null, true);
    }
}
