package dev.finetune4j.engine.advise;

import java.util.List;

/**
 * Which approach a task calls for.
 *
 * @param situation what it rests on
 * @param ranking all approaches, best first
 * @param together what is to be combined with the first, and why
 * @param changes which other answers would put another approach first
 * @param open criteria that nobody answered and whose answer could change the advice
 */
public record Advice(
        Situation situation,
        List<RankedApproach> ranking,
        List<Together> together,
        List<Change> changes,
        List<Criterion> open) {
    /**
     * An approach to be combined with the first.
     *
     * @param approach the approach
     * @param reason what each of them brings
     */
    public record Together(Approach approach, Reason reason) {}

    /** Copies the lists. */
    public Advice {
        ranking = List.copyOf(ranking);
        together = List.copyOf(together);
        changes = List.copyOf(changes);
        open = List.copyOf(open);
    }

    /** What is advised. */
    public Approach first() {
        return ranking.get(0).approach();
    }

    /** Whether an approach is advised, alone or together with another. */
    public boolean advises(Approach approach) {
        return first() == approach || together.stream().anyMatch(one -> one.approach() == approach);
    }
}
