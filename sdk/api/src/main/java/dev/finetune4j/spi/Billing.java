package dev.finetune4j.spi;

/** What a place asks money for while it trains. */
public enum Billing {
    /** Nothing, as one's own machine. */
    NOTHING,
    /** Running time: a limit of time is a limit of cost. */
    TIME,
    /** Tokens that are trained on, each epoch counted: the cost is known before, and no limit of time bounds it. */
    TOKENS
}
