package dev.finetune4j.engine.check;

import dev.finetune4j.data.DatasetProfile;
import dev.finetune4j.data.Example;
import dev.finetune4j.data.Part;
import dev.finetune4j.engine.check.RowPair.Relation;
import dev.finetune4j.engine.check.duplicates.TemplatePairs;
import dev.finetune4j.engine.check.privacy.PrivacyScanner;
import dev.finetune4j.engine.check.tokens.SpecialTokens;
import dev.finetune4j.engine.check.tokens.TokenSample;
import dev.finetune4j.engine.data.RowSource;
import dev.finetune4j.engine.data.format.RowFormat;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.CheckSpec;
import dev.finetune4j.job.DataSpec;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.job.TaskSpec;
import dev.finetune4j.spi.TextCodec;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Looks at every row of a data set and tells what is wrong with it, all at once. Reads the rows twice, first as texts, then as
 * tokens; keeps hashes and sketches, at most about 1 KB a row, never the rows.
 */
public final class DatasetCheck {
    private static final int TEMPLATE_SAMPLE_ROWS = 200;
    private static final int ROW_PAIRS_OF_RELATION = 100;

    private final TaskSpec task;
    private final CheckSpec limits;
    private final int askedTokens;
    private final int maxTokens;
    private final int batchSize;
    private final long seed;
    private final TextCodec codec;
    private final int threads;
    private final DataSpec data;

    /**
     * Prepares a check.
     *
     * @param task what the rows are for; its labels, if any, are the closed list
     * @param limits from where on a finding is an error
     * @param maxTokens tokens that a row may have, 0 for the model's length, which also caps larger values
     * @param batchSize rows of a micro-batch
     * @param seed of the token sample of large data sets
     * @param codec the text side of the model; stays open
     * @param threads threads to work with, at least 1
     * @param data where the rows come from, and how they were dealt out
     */
    public DatasetCheck(
            TaskSpec task,
            CheckSpec limits,
            int maxTokens,
            int batchSize,
            long seed,
            TextCodec codec,
            int threads,
            DataSpec data) {
        this.task = task;
        this.limits = limits;
        this.askedTokens = maxTokens;
        this.maxTokens = codec.rowLimit(maxTokens);
        this.batchSize = batchSize;
        this.seed = seed;
        this.codec = codec;
        this.threads = threads;
        this.data = data;
    }

    /** The check that a job asks for, with the labels that its data was prepared with. */
    public static DatasetCheck of(FineTuneJob job, List<String> labels, TextCodec codec, int threads) {
        return new DatasetCheck(
                job.task().withLabels(labels),
                job.check(),
                job.training().maxTokens(),
                job.training().batchSize(),
                job.training().seed(),
                codec,
                threads,
                job.data());
    }

    /**
     * Looks at every row. What the model's text side has to say comes first among the problems; what it says of conversations is left
     * out where the rows are passages.
     *
     * @throws FineTuneException if rows cannot be read
     */
    public DatasetCheckReport inspect(DatasetParts parts) {
        FindingLog log = new FindingLog();
        TextFindings texts = new TextFindings(task, limits, log);
        try (OrderedChunks chunks = new OrderedChunks(threads)) {
            inspectTexts(parts, chunks, texts);
            TokenSample sample =
                    TokenSample.of(maxTokens, texts.bytes(), texts.table().size(), seed);
            TokenTotals totals = new TokenTotals(maxTokens, batchSize, log);
            inspectTokens(parts, chunks, texts.table(), new TokenInspector(codec, sample), totals);
            RepeatedRows repeated = RepeatedRows.of(texts.table());
            new SetFindings(task, limits, askedTokens, codec, data, log).add(texts, repeated, totals);
            return report(parts, log, texts, repeated, totals);
        }
    }

    private void inspectTexts(DatasetParts parts, OrderedChunks chunks, TextFindings texts) {
        RowInspector inspector =
                new RowInspector(task.kind(), template(parts), SpecialTokens.of(codec), PrivacyScanner.of(limits));
        parts.rows().forEach((part, source) -> {
            try (Stream<Example> rows = source.open()) {
                chunks.run(
                        rows,
                        chunk -> chunk.stream().map(inspector::inspect).toList(),
                        facts -> facts.forEach(row -> texts.add(part, row)));
            }
        });
    }

    private TemplatePairs template(DatasetParts parts) {
        RowSource training = parts.rows().get(Part.TRAIN);
        return training == null ? TemplatePairs.of(List.of()) : template(training, task.kind());
    }

    /** What the first training rows share since they were written alike. */
    static TemplatePairs template(RowSource training, TaskKind kind) {
        try (Stream<Example> rows = training.open()) {
            return TemplatePairs.of(rows.limit(TEMPLATE_SAMPLE_ROWS)
                    .map(row -> ComparedText.of(row, kind).text())
                    .toList());
        }
    }

    private void inspectTokens(
            DatasetParts parts, OrderedChunks chunks, RowTable table, TokenInspector inspector, TokenTotals totals) {
        long[] read = {0};
        int[] added = {0};
        parts.rows().forEach((part, source) -> {
            try (Stream<Example> rows = source.open()) {
                chunks.run(
                        rows.map(example -> new NumberedExample(read[0]++, example)),
                        chunk -> chunk.stream()
                                .map(row -> inspector.inspect(row.example(), row.number()))
                                .toList(),
                        facts -> facts.forEach(row -> {
                            int number = added[0]++;
                            totals.add(part, table.ref(number), row, !table.hasPrivateSpan(number));
                        }));
            }
        });
    }

    private DatasetCheckReport report(
            DatasetParts parts, FindingLog log, TextFindings texts, RepeatedRows repeated, TokenTotals totals) {
        Map<Part, Long> rowsByPart = new EnumMap<>(Part.class);
        parts.rows().keySet().forEach(part -> rowsByPart.put(part, texts.table().size(part)));
        DatasetProfile profile = new DatasetProfile(
                rowsByPart,
                texts.labels().byFrequency(),
                totals.tokens.quantiles(totals.sampleWeight()),
                totals.trainedTokens.quantiles(totals.sampleWeight()),
                Math.round(totals.tokens.total(totals.sampleWeight())),
                totals.tokenizedShare(),
                totals.truncatedRows(),
                repeated.count(Relation.EXACT_DUPLICATE),
                repeated.count(Relation.NEAR_DUPLICATE),
                repeated.count(Relation.OVERLAP),
                parts.format(),
                parts.digest());
        List<RowPair> pairs = Stream.of(Relation.values())
                .flatMap(relation -> repeated.pairs(relation, ROW_PAIRS_OF_RELATION).stream())
                .toList();
        List<Problem> problems = new ArrayList<>(codec.notes());
        if (!parts.format().equals(RowFormat.TEXT.id())) {
            problems.addAll(codec.conversationNotes());
        }
        problems.addAll(log.problems());
        return new DatasetCheckReport(
                problems,
                profile,
                log.counts(),
                texts.labels().balance(),
                totals.figures(),
                pairs,
                totals.rendered(codec));
    }

    private record NumberedExample(long number, Example example) {}
}
