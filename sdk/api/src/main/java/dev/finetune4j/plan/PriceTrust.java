package dev.finetune4j.plan;

/** How far a price is to be believed, best first. */
public enum PriceTrust {
    /** From the seller's own price list. */
    PUBLISHED,
    /** From the seller, but indirectly: a bill, a copy of a price page, the rate of another component. */
    INDIRECT,
    /** A figure that somebody else states, without a way to see where it came from. */
    QUOTED,
    /** Old, or contradicted by another source. */
    DOUBTFUL
}
