package dev.finetune4j.plan;

import java.util.Locale;

/** What the best option is best at. */
public enum Objective {
    /** The least likely cost. */
    COST,
    /** The least likely time. */
    TIME,
    /**
     * The least geometric mean of likely cost and likely time, each against the best of its kind. Costs below 0.10 count as 0.10, and an
     * hour of one's own machine as 0.20, so that what is free does not beat everything however long it takes.
     */
    BALANCED;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
