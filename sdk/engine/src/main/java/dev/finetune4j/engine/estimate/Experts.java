package dev.finetune4j.engine.estimate;

import dev.finetune4j.value.Checks;

/**
 * The feed-forward layers of a mixture of experts.
 *
 * @param count routed experts of a layer
 * @param active routed experts that a token passes
 * @param shared experts that every token passes, in sizes of a routed one
 * @param feedForwardSize inner width of one expert
 * @param denseLayers first layers that have one feed-forward layer instead
 */
public record Experts(int count, int active, double shared, int feedForwardSize, int denseLayers) {
    /** Checks that no more experts are active than there are. */
    public Experts {
        Checks.inRange("count", count, 2, 1 << 16);
        Checks.inRange("active", active, 1, count);
        Checks.inRange("shared", shared, 0.0, 1 << 10);
        Checks.inRange("feedForwardSize", feedForwardSize, 1, 1 << 24);
        Checks.inRange("denseLayers", denseLayers, 0, 10_000);
    }
}
