package dev.finetune4j.engine.check;

import dev.finetune4j.engine.check.duplicates.TemplatePairs;
import dev.finetune4j.engine.data.RowSource;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.TaskKind;
import java.util.List;
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
     * @return FT0312, with {@code RUN} in the place of the run; empty where there are none
     * @throws FineTuneException if rows cannot be read
     */
    public static Optional<Problem> among(RowSource asked, RowSource trained, TaskKind kind, int threads) {
        AskedRows rows = compared(asked, trained, kind, threads);
        List<RowPair> seen = rows.seen();
        if (seen.isEmpty()) {
            return Optional.empty();
        }
        List<RowPair> listed = seen.subList(0, Math.min(LISTED_PAIRS, seen.size()));
        Problem.Builder problem = CheckProblems.OVERLAP
                .warning(Counted.share(seen.size(), rows.size(), "row")
                        + " have a text that the run was trained on, or nearly")
                .at(SetFindings.firstRow(listed))
                .because("by these the score tells how well the model remembers");
        SetFindings.addPairs(problem, listed, seen.size(), "stands in training as");
        return Optional.of(problem.remedy("finetune eval RUN    # by the rows that it held out")
                .remedy("take these rows out of the file")
                .build());
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
