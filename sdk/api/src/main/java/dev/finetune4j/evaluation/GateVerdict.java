package dev.finetune4j.evaluation;

import java.util.List;

/**
 * Whether the tuned model is good enough.
 *
 * @param passed whether every clause is met; true without clauses
 * @param clauses each demand with its numbers; empty where the job demands nothing
 */
public record GateVerdict(boolean passed, List<GateClause> clauses) {
    /** Copies the clauses. */
    public GateVerdict {
        clauses = List.copyOf(clauses);
    }

    /** The verdict on all clauses together. */
    public static GateVerdict of(List<GateClause> clauses) {
        return new GateVerdict(clauses.stream().allMatch(GateClause::passed), clauses);
    }
}
