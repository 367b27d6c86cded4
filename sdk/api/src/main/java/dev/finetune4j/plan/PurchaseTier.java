package dev.finetune4j.plan;

/** On which terms a machine is let. */
public enum PurchaseTier {
    /** Held until it is given back. */
    ON_DEMAND,
    /** Cheaper, and taken away at any time; the price moves. */
    SPOT,
    /** Cheaper, and taken away at any time; the price is fixed. */
    LOW_PRIORITY
}
