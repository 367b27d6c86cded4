package dev.finetune4j.engine.advise;

import java.util.Comparator;
import java.util.List;

/**
 * An approach with what speaks for and against it.
 *
 * @param approach the approach
 * @param points what its reasons add up to
 * @param isRuledOut whether a reason rules it out
 * @param reasons the strongest first; those that rule it out before all others
 */
public record RankedApproach(Approach approach, int points, boolean isRuledOut, List<Reason> reasons) {
    /** Best first: what is not ruled out, by points, the cheaper of two alike. No two different approaches are equal. */
    static final Comparator<RankedApproach> BEST_FIRST = Comparator.comparing(RankedApproach::isRuledOut)
            .thenComparing(Comparator.comparingInt(RankedApproach::effective).reversed())
            .thenComparing(RankedApproach::approach);

    /** Copies the list. */
    public RankedApproach {
        reasons = List.copyOf(reasons);
    }

    /** The same with its reasons. */
    RankedApproach because(List<Reason> all) {
        List<Reason> sorted = all.stream().sorted(Reason.STRONGEST_FIRST).toList();
        return new RankedApproach(approach, points, isRuledOut, sorted);
    }

    /** What is ruled out is not ranked by points. */
    private int effective() {
        return isRuledOut ? 0 : points;
    }
}
