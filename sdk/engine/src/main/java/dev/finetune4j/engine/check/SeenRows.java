package dev.finetune4j.engine.check;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Part;
import dev.finetune4j.engine.check.RowPair.Relation;
import dev.finetune4j.engine.check.privacy.PrivacyScanner;
import dev.finetune4j.engine.check.tokens.SpecialTokens;
import dev.finetune4j.engine.data.RowSource;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.TaskKind;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Rows that a model is to be scored by although it was trained on them. */
public final class SeenRows {
    private static final int LISTED_PAIRS = 5;

    private SeenRows() {}

    /**
     * Warns of rows whose text stands, or nearly stands, in rows that a run was trained on.
     *
     * @param asked rows that the models of the run are to answer
     * @param trained rows that it was trained on
     * @param kind what the rows are for
     * @param threads threads to work with, at least 1
     * @return FT0312, with {@code RUN} in the place of the run; empty where there are none
     * @throws FineTuneException if rows cannot be read
     */
    public static Optional<Problem> among(RowSource asked, RowSource trained, TaskKind kind, int threads) {
        RowInspector inspector = new RowInspector(
                kind, DatasetCheck.template(trained, kind), SpecialTokens.none(), PrivacyScanner.of(Set.of()));
        RowTable table = new RowTable();
        try (OrderedChunks chunks = new OrderedChunks(threads)) {
            add(table, Part.TRAIN, trained, inspector, chunks);
            add(table, Part.TEST, asked, inspector, chunks);
        }
        RepeatedRows repeated = RepeatedRows.of(table);
        long seen = repeated.count(Relation.OVERLAP, Part.TEST);
        if (seen == 0) {
            return Optional.empty();
        }
        List<RowPair> pairs = repeated.pairs(Relation.OVERLAP, LISTED_PAIRS);
        Problem.Builder problem = CheckProblems.OVERLAP
                .warning(Counted.share(seen, table.size(Part.TEST), "row")
                        + " have a text that the run was trained on, or nearly")
                .at(SetFindings.firstRow(pairs))
                .because("by these the score tells how well the model remembers");
        SetFindings.addPairs(problem, pairs, seen, "stands in training as");
        return Optional.of(problem.remedy("finetune eval RUN    # by the rows that it held out")
                .remedy("take these rows out of the file")
                .build());
    }

    private static void add(RowTable table, Part part, RowSource source, RowInspector inspector, OrderedChunks chunks) {
        try (Stream<Example> rows = source.open()) {
            chunks.run(
                    rows,
                    chunk -> chunk.stream().map(inspector::inspect).toList(),
                    facts -> facts.forEach(row -> table.add(part, row)));
        }
    }
}
