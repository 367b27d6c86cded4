package dev.finetune4j.engine.check;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Part;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.engine.check.RowPair.Relation;
import dev.finetune4j.engine.check.duplicates.FirstSeen;
import dev.finetune4j.engine.check.duplicates.Hashing;
import dev.finetune4j.engine.check.duplicates.SimilarTexts;
import dev.finetune4j.engine.check.duplicates.Sketch;
import dev.finetune4j.engine.check.duplicates.TemplatePairs;
import dev.finetune4j.engine.check.duplicates.TextIndex;
import dev.finetune4j.engine.data.RowSource;
import dev.finetune4j.job.TaskKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Rows that models are to answer, with which the rows that they were trained on are compared one after the other: a training row is
 * kept only where it is the one that an asked row repeats. Finds the overlap that {@link RepeatedRows} finds in a table of both, of an
 * asked row always the pair of the first band and in it the first training row.
 */
final class AskedRows {
    /** Most comparisons of a text, so that rows which are all half alike cost no more than these for each asked row. */
    static final int COMPARISONS = 1_000;

    /** Before all bands: the text is the same. */
    private static final int BY_HASH = -1;

    private static final int NO_BAND = Integer.MAX_VALUE;

    private static final int[] NO_KEYS = {};

    private final TaskKind kind;
    private final TemplatePairs template;
    private final List<RowRef> rows;
    private final int[] textOfRow;
    private final FirstSeen textByHash = new FirstSeen();
    private final TextIndex index;
    /** By text, the band in which it was found. */
    private final int[] bands;

    private final int[] comparisons;
    /** Texts that some training row may resemble with which they were not compared any more. */
    private final BitSet cutShort = new BitSet();

    private final Map<Integer, Match> matchByText = new HashMap<>();

    /** A row by its text. */
    @SuppressWarnings("ArrayRecordComponent") // never compared and never shared, as in RowFacts
    private record RowText(RowRef row, long hash, int[] sketch) {
        static RowText of(Example example, TaskKind kind, TemplatePairs template) {
            String text = ComparedText.of(example, kind).text();
            return new RowText(example.row(), Hashing.of(text), Sketch.of(text, template));
        }
    }

    /**
     * A training row that may repeat one.
     *
     * @param row the row
     * @param same the number of the text that it has, or less than 0
     * @param bandKeys of its sketch, empty where it resembles none
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared and never shared, as in RowFacts
    private record Candidate(RowText row, int same, int[] bandKeys) {}

    private record Match(RowRef trained, double similarity) {}

    private AskedRows(List<RowText> asked, TaskKind kind, TemplatePairs template) {
        this.kind = kind;
        this.template = template;
        rows = asked.stream().map(RowText::row).toList();
        textOfRow = new int[asked.size()];
        List<int[]> sketches = new ArrayList<>();
        for (int row = 0; row < textOfRow.length; row++) {
            textOfRow[row] = textByHash.firstOrPut(asked.get(row).hash(), sketches.size());
            if (textOfRow[row] == sketches.size()) {
                sketches.add(asked.get(row).sketch());
            }
        }
        index = new TextIndex(sketches);
        bands = new int[sketches.size()];
        Arrays.fill(bands, NO_BAND);
        comparisons = new int[sketches.size()];
    }

    /** Reads all that are asked. */
    static AskedRows of(RowSource asked, TaskKind kind, TemplatePairs template, OrderedChunks chunks) {
        List<RowText> texts = new ArrayList<>();
        try (Stream<Example> all = asked.open()) {
            chunks.run(
                    all,
                    chunk -> chunk.stream()
                            .map(row -> RowText.of(row, kind, template))
                            .toList(),
                    ofChunk -> texts.addAll(ofChunk));
        }
        return new AskedRows(texts, kind, template);
    }

    /** Compares with all that a model was trained on. */
    void compareWith(RowSource trained, OrderedChunks chunks) {
        try (Stream<Example> all = trained.open()) {
            chunks.run(
                    all,
                    chunk -> chunk.stream()
                            .map(this::candidate)
                            .flatMap(Optional::stream)
                            .toList(),
                    ofChunk -> ofChunk.forEach(this::compare));
        }
    }

    /** Works on several threads, and so reads only what no comparison changes. */
    private Optional<Candidate> candidate(Example trained) {
        RowText row = RowText.of(trained, kind, template);
        int same = textByHash.first(row.hash());
        boolean mayResemble = index.mayResemble(row.sketch());
        return same < 0 && !mayResemble
                ? Optional.empty()
                : Optional.of(new Candidate(row, same, mayResemble ? SimilarTexts.bandKeys(row.sketch()) : NO_KEYS));
    }

    private void compare(Candidate trained) {
        RowRef row = trained.row().row();
        if (trained.same() >= 0 && bands[trained.same()] > BY_HASH) {
            match(trained.same(), BY_HASH, new Match(row, 1));
        }
        index.visit(trained.row().sketch(), trained.bandKeys(), new TextIndex.Visitor() {
            @Override
            public boolean wants(int text, int band) {
                if (band >= bands[text]) {
                    return false;
                }
                if (comparisons[text] == COMPARISONS) {
                    cutShort.set(text);
                    return false;
                }
                comparisons[text]++;
                return true;
            }

            @Override
            public void found(int text, int band, double similarity) {
                match(text, band, new Match(row, similarity));
            }
        });
    }

    private void match(int text, int band, Match match) {
        bands[text] = band;
        matchByText.put(text, match);
    }

    /** Asked rows. */
    int size() {
        return rows.size();
    }

    /** Texts that are kept: those of the asked rows, each once. */
    int texts() {
        return bands.length;
    }

    /** Pairs of texts that were compared so far. */
    long comparisons() {
        return Arrays.stream(comparisons).asLongStream().sum();
    }

    /** Asked rows that repeat no training row as far as is known, and were not compared with all that resemble them. */
    long unsearched() {
        return Arrays.stream(textOfRow)
                .filter(text -> cutShort.get(text) && !matchByText.containsKey(text))
                .count();
    }

    /** The asked rows whose text, or nearly that, a model was trained on, in their order, each with one training row. */
    List<RowPair> seen() {
        List<RowPair> seen = new ArrayList<>();
        for (int row = 0; row < textOfRow.length; row++) {
            Match match = matchByText.get(textOfRow[row]);
            if (match != null) {
                seen.add(new RowPair(
                        Relation.OVERLAP, Part.TEST, rows.get(row), Part.TRAIN, match.trained(), match.similarity()));
            }
        }
        return seen;
    }
}
