package dev.finetune4j.job;

/** What the backward pass computes again instead of keeping (gradient checkpointing): memory against time. */
public enum Recompute {
    /** The fastest level that fits the memory. */
    AUTO,
    /** Keep every activation, but for a decoder's stream after attention, which a small product makes again. */
    NONE,
    /** Compute the feed-forward activations again. */
    FEED_FORWARD,
    /** Keep only the input of each layer. */
    LAYER
}
