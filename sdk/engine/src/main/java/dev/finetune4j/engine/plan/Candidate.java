package dev.finetune4j.engine.plan;

import dev.finetune4j.plan.PlanOption;

/**
 * An option with what moves its cost.
 *
 * @param option the option
 * @param fixedCost likely cost besides that of the steps; some of it grows with the rows, too
 * @param costOfRow likely cost that each training row adds
 */
record Candidate(PlanOption option, double fixedCost, double costOfRow) {
    /** The same with one more thing that is to be known of the option. */
    Candidate noted(String note) {
        return new Candidate(option.note(note), fixedCost, costOfRow);
    }
}
