package dev.finetune4j.run;

import dev.finetune4j.value.Money;
import java.util.List;
import java.util.Optional;

/**
 * What a run has cost.
 *
 * @param spent what was billed
 * @param budget what it might cost at most
 * @param atMost whether less may have been billed, as {@link RunEvent.Spent#atMost()} says
 */
public record RunCost(Money spent, Money budget, Boolean atMost) {
    /** Journals of earlier versions tell of nothing that was only bounded. */
    public RunCost {
        atMost = atMost == null ? Boolean.FALSE : atMost;
    }

    /** The last that was told while it ran; empty where nothing is billed, or its place does not tell. */
    public static Optional<RunCost> last(List<RunEvent> events) {
        return events.stream()
                .filter(RunEvent.Spent.class::isInstance)
                .map(RunEvent.Spent.class::cast)
                .reduce((earlier, later) -> later)
                .map(told -> new RunCost(told.spent(), told.budget(), told.atMost()));
    }

    /** What was spent, in words. */
    public String words() {
        return (atMost ? "at most " : "") + spent;
    }
}
