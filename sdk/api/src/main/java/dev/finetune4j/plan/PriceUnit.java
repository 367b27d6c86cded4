package dev.finetune4j.plan;

/** What an amount is paid for. */
public enum PriceUnit {
    /** One hour of one machine, or of a model that is held ready. */
    HOUR,
    /** One million tokens. */
    MILLION_TOKENS,
    /** One model kept for one month. */
    MODEL_MONTH
}
