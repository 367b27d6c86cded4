package dev.finetune4j.error;

import java.util.ArrayList;
import java.util.List;

/**
 * Problems with the rows of one file: of errors and of warnings the first {@value #MOST_TOLD} one by one, and how many more there are. However
 * many warnings come first, no error is left out for them. Not safe for use by several threads.
 */
public final class RowProblems {
    /** Rows that are told one by one, of each severity. */
    public static final int MOST_TOLD = 20;

    private final ProblemKind kind;
    private final Location file;
    private final List<Problem> errors = new ArrayList<>();
    private final List<Problem> warnings = new ArrayList<>();
    private long bad;
    private long doubtful;

    /**
     * None yet.
     *
     * @param kind of what is told of all further rows
     * @param file whose rows they are
     */
    public RowProblems(ProblemKind kind, Location file) {
        this.kind = kind;
        this.file = file;
    }

    /** Adds what is wrong with a row. */
    public void add(Problem problem) {
        if (problem.isError()) {
            bad++;
            keep(problem, errors);
        } else {
            doubtful++;
            keep(problem, warnings);
        }
    }

    private static void keep(Problem problem, List<Problem> list) {
        if (list.size() < MOST_TOLD) {
            list.add(problem);
        }
    }

    /** Errors, and then warnings, each in the order of rows. */
    public List<Problem> told() {
        List<Problem> told = new ArrayList<>(errors);
        if (bad > errors.size()) {
            told.add(further(kind.error(alike(bad - errors.size()))));
        }
        told.addAll(warnings);
        if (doubtful > warnings.size()) {
            told.add(further(kind.warning(alike(doubtful - warnings.size()))));
        }
        return List.copyOf(told);
    }

    private static String alike(long count) {
        return count == 1 ? "1 further row is alike" : count + " further rows are alike";
    }

    private Problem further(Problem.Builder problem) {
        return problem.at(file).remedy("mend the rows above first").build();
    }
}
