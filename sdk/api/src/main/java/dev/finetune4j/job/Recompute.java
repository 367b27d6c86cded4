package dev.finetune4j.job;

/** What the backward pass computes again instead of keeping (gradient checkpointing): memory against time. */
public enum Recompute {
    /** The fastest level that fits the memory. */
    AUTO,
    /** Keep every activation. */
    NONE,
    /** Compute the feed-forward activations again. */
    FEED_FORWARD,
    /** Keep only the input of each layer. */
    LAYER
}
