package dev.finetune4j.engine.estimate;

/** The weight matrices of a transformer layer, which adapters can be put on. */
public enum Projection {
    /** Queries of attention. */
    QUERY,
    /** Keys of attention. */
    KEY,
    /** Values of attention. */
    VALUE,
    /** Output of attention. */
    OUTPUT,
    /** Gate of the feed-forward layer; absent where that is not gated. */
    GATE,
    /** Into the feed-forward layer. */
    UP,
    /** Out of the feed-forward layer. */
    DOWN;

    /** Whether it belongs to the feed-forward layer, and so to each expert of a mixture. */
    public boolean isFeedForward() {
        return this == GATE || this == UP || this == DOWN;
    }
}
