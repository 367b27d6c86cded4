package dev.finetune4j.engine.data.format;

import dev.finetune4j.engine.data.DataProblems;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Severity;
import java.util.ArrayList;
import java.util.List;

/** Collects the problems of rows: the first hundred in full, the others as a count. */
public final class RowProblems {
    /** How many are kept in full. */
    public static final int LISTED = 100;

    private final String source;
    private final List<Problem> listed = new ArrayList<>();
    private long brokenRows;
    private long lastListedRow = -1;

    /**
     * An empty collection.
     *
     * @param source what the count of the others points at
     */
    public RowProblems(String source) {
        this.source = source;
    }

    /** Takes the problems of one broken row. */
    public void add(List<Problem> ofOneRow) {
        brokenRows++;
        for (Problem problem : ofOneRow) {
            if (listed.size() < LISTED) {
                listed.add(problem);
            }
        }
        if (listed.size() == LISTED && lastListedRow < 0) {
            lastListedRow = brokenRows;
        }
    }

    /** Rows that are broken. */
    public long brokenRows() {
        return brokenRows;
    }

    /** The problems as they were reported, and the count of the rows beyond. */
    public List<Problem> asErrors() {
        return withCount(Severity.ERROR);
    }

    /** The same as warnings, for a job that allows broken rows to be left out. */
    public List<Problem> asWarnings() {
        return withCount(Severity.WARNING);
    }

    private List<Problem> withCount(Severity severity) {
        List<Problem> all = new ArrayList<>();
        for (Problem problem : listed) {
            all.add(new Problem(
                    problem.kind(),
                    severity,
                    problem.summary(),
                    problem.location(),
                    problem.causes(),
                    problem.remedies(),
                    problem.retry()));
        }
        long others = lastListedRow < 0 ? 0 : brokenRows - lastListedRow;
        if (others > 0) {
            String summary = others == 1 ? "1 more row is broken" : others + " more rows are broken";
            Problem.Builder count = severity == Severity.ERROR
                    ? DataProblems.MORE_ROWS.error(summary)
                    : DataProblems.MORE_ROWS.warning(summary);
            all.add(count.at(Location.of(source)).build());
        }
        return List.copyOf(all);
    }
}
