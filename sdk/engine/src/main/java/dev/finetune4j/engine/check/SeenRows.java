package dev.finetune4j.engine.check;

import dev.finetune4j.engine.check.duplicates.TemplatePairs;
import dev.finetune4j.engine.data.RowSource;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.TaskKind;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Rows that a model is to be scored by although it was trained on them. */
public final class SeenRows {
    private static final int LISTED_PAIRS = 5;

    private SeenRows() {}

    /**
     * Warns of rows whose text stands, or nearly stands, in rows that a run was trained on. Memory follows the asked rows; those that it was
     * trained on are read once.
     *
     * @param asked rows that the models of the run are to answer
     * @param trained rows that it was trained on
     * @param kind what the rows are for
     * @param threads threads to work with, at least 1
     * @return FT0312, with {@code RUN} in the place of the run; where there are none but rows that were not compared with all that resemble
     *     them, the note FT0313; else empty
     * @throws FineTuneException if rows cannot be read
     */
    public static Optional<Problem> among(RowSource asked, RowSource trained, TaskKind kind, int threads) {
        AskedRows rows = compared(asked, trained, kind, threads);
        List<RowPair> seen = rows.seen();
        if (seen.isEmpty()) {
            return rows.unsearched() == 0 ? Optional.empty() : Optional.of(unsearched(rows));
        }
        List<RowPair> listed = seen.subList(0, Math.min(LISTED_PAIRS, seen.size()));
        Problem.Builder problem = CheckProblems.OVERLAP
                .warning(Counted.share(seen.size(), rows.size(), "row")
                        + " have a text that the run was trained on, or nearly")
                .at(SetFindings.firstRow(listed))
                .because("by these the score tells how well the model remembers");
        SetFindings.addPairs(problem, listed, seen.size(), "stands in training as");
        if (rows.unsearched() > 0) {
            problem.because(unsearchedRows(rows));
        }
        return Optional.of(problem.remedy(CheckProblems.UNSEARCHED.remedy())
                .remedy("take these rows out of the file")
                .build());
    }

    private static Problem unsearched(AskedRows rows) {
        return CheckProblems.UNSEARCHED.note(unsearchedRows(rows)).build();
    }

    private static String unsearchedRows(AskedRows rows) {
        return String.format(
                Locale.ROOT,
                "%s not compared with every training row that resembles %s, only with %,d of them",
                Counted.share(rows.unsearched(), rows.size(), "row") + (rows.unsearched() == 1 ? " is" : " are"),
                rows.unsearched() == 1 ? "it" : "them",
                AskedRows.COMPARISONS);
    }

    /** The asked rows, once all that a run was trained on are compared with them. */
    static AskedRows compared(RowSource asked, RowSource trained, TaskKind kind, int threads) {
        TemplatePairs template = DatasetCheck.template(trained, kind);
        try (OrderedChunks chunks = new OrderedChunks(threads)) {
            AskedRows rows = AskedRows.of(asked, kind, template, chunks);
            rows.compareWith(trained, chunks);
            return rows;
        }
    }
}
