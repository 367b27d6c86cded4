package dev.finetune4j.engine.check;

import dev.finetune4j.data.Part;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.engine.check.RenderedRow.RenderedToken;
import dev.finetune4j.engine.check.tokens.TokenSample.Choice;
import dev.finetune4j.engine.check.tokens.WeightedQuantiles;
import dev.finetune4j.error.Location;
import dev.finetune4j.spi.EncodedExample;
import dev.finetune4j.spi.TextCodec;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Adds up what the rows are as tokens, reports what is wrong with single rows, and picks rows to show. */
final class TokenTotals {
    private static final int NAMED_ROWS = 5;

    private final int limitTokens;
    private final FindingLog log;
    private final LongestRows longestRows;
    final WeightedQuantiles tokens = new WeightedQuantiles();
    final WeightedQuantiles trainedTokens = new WeightedQuantiles();
    private final WeightedQuantiles trainingTokens = new WeightedQuantiles();
    private final List<CutRow> firstTruncated = new ArrayList<>();
    private long truncatedRows;
    private long cutTokens;
    private long rowsWithCutAnswer;
    private long rowsWithoutTrainedToken;
    private long certain;
    private long sampled;
    private long leftOut;
    private long seenTokens;
    private long longestTokens;
    private long unfamiliarTokens;
    private @Nullable EncodedExample firstLearned;
    private int prefixTokens;
    private @Nullable Shown first;
    private @Nullable Shown shortest;
    private @Nullable Shown longest;

    /**
     * A row over the limit.
     *
     * @param row where it comes from
     * @param tokens its tokens before it is cut
     */
    record CutRow(RowRef row, int tokens) {}

    private record Shown(
            RowRef row, EncodedExample encoded, @Nullable String label) {}

    TokenTotals(int limitTokens, int batchSize, FindingLog log) {
        this.limitTokens = limitTokens;
        this.longestRows = new LongestRows(batchSize);
        this.log = log;
    }

    /** Takes a row; {@code mayShow} says whether its text may stand in the report. */
    void add(Part part, RowRef row, TokenFacts facts, boolean mayShow) {
        switch (facts.choice()) {
            case CERTAIN -> certain++;
            case SAMPLED -> sampled++;
            case LEFT_OUT -> leftOut++;
        }
        if (facts.refusal() != null) {
            addRefusal(row, facts.refusal());
        }
        if (facts.encoded() != null) {
            boolean isSampled = facts.choice() == Choice.SAMPLED;
            tokens.add(facts.encoded().untruncatedTokens(), isSampled);
            trainedTokens.add(facts.trained(), isSampled);
            if (part == Part.TRAIN) {
                trainingTokens.add(facts.trained(), isSampled);
                longestRows.add(facts.encoded().length());
            }
            if (part != Part.TEST && facts.trained() > 0) {
                addPrefix(facts.encoded());
            }
            seenTokens += facts.encoded().length();
            longestTokens = Math.max(longestTokens, facts.encoded().length());
            unfamiliarTokens += facts.unfamiliar();
            addCut(row, facts, facts.encoded());
            if (mayShow && part == Part.TRAIN) {
                show(new Shown(row, facts.encoded(), facts.label()));
            }
        }
    }

    private void addRefusal(RowRef row, RowRefusal refusal) {
        log.add(CheckProblems.UNRENDERABLE_ROW.code(), () -> refusal.at(row));
    }

    private void addPrefix(EncodedExample row) {
        EncodedExample first = firstLearned == null ? row : firstLearned;
        int shared = first.sharedPrefix(row);
        prefixTokens = firstLearned == null ? shared : Math.min(prefixTokens, shared);
        firstLearned = first;
    }

    private void addCut(RowRef row, TokenFacts facts, EncodedExample encoded) {
        Location place = new Location.InRow(row.source(), row.row(), null);
        if (encoded.isTruncated()) {
            truncatedRows++;
            cutTokens += encoded.untruncatedTokens() - encoded.length();
            if (firstTruncated.size() < NAMED_ROWS) {
                firstTruncated.add(new CutRow(row, encoded.untruncatedTokens()));
            }
        }
        if (facts.trained() == 0) {
            rowsWithoutTrainedToken++;
            log.add(
                    CheckProblems.NOTHING_TO_LEARN.code(),
                    () -> CheckProblems.NOTHING_TO_LEARN
                            .error("no token of this row is learned")
                            .at(place)
                            .because(Counted.of(encoded.untruncatedTokens(), "token") + " in the row, limit "
                                    + limitTokens)
                            .build());
        } else if (facts.trained() < facts.trainedBeforeCut()) {
            rowsWithCutAnswer++;
            log.add(
                    CheckProblems.ANSWER_CUT.code(),
                    () -> CheckProblems.ANSWER_CUT
                            .warning("truncation cuts "
                                    + Counted.of(facts.trainedBeforeCut() - facts.trained(), "token")
                                    + " that would be learned")
                            .at(place)
                            .because(Counted.of(encoded.untruncatedTokens(), "token") + " in the row, limit "
                                    + limitTokens)
                            .build());
        }
    }

    private void show(Shown row) {
        int length = row.encoded().untruncatedTokens();
        if (first == null) {
            first = row;
        }
        if (shortest == null || length < shortest.encoded().untruncatedTokens()) {
            shortest = row;
        }
        if (longest == null || length > longest.encoded().untruncatedTokens()) {
            longest = row;
        }
    }

    /** The first, the shortest and the longest training row that may be shown. */
    List<RenderedRow> rendered(TextCodec codec) {
        Map<RowRef, RenderedRow> rows = new LinkedHashMap<>();
        for (Shown shown : new Shown[] {first, shortest, longest}) {
            if (shown != null) {
                rows.putIfAbsent(shown.row(), render(shown, codec));
            }
        }
        return List.copyOf(rows.values());
    }

    private static RenderedRow render(Shown shown, TextCodec codec) {
        List<String> pieces = codec.pieces(shown.encoded().tokenIds());
        BitSet trained = shown.encoded().trained();
        List<RenderedToken> tokens = new ArrayList<>(pieces.size());
        for (int i = 0; i < pieces.size(); i++) {
            tokens.add(new RenderedToken(pieces.get(i), trained.get(i)));
        }
        return new RenderedRow(shown.row(), tokens, shown.encoded().untruncatedTokens(), shown.label());
    }

    TokenFigures figures() {
        return new TokenFigures(
                limitTokens,
                Math.round(trainingTokens.total(sampleWeight())),
                cutTokens,
                rowsWithCutAnswer,
                rowsWithoutTrainedToken,
                longestTokens,
                longestRows.total(),
                leftOut == 0 ? prefixTokens : 0,
                seenTokens == 0 ? 0 : (double) unfamiliarTokens / seenTokens);
    }

    /** How many rows each sampled one stands for. */
    double sampleWeight() {
        return sampled == 0 ? 1 : (double) (sampled + leftOut) / sampled;
    }

    /** Share of the rows that were tokenized; 1 without rows. */
    double tokenizedShare() {
        long rows = certain + sampled + leftOut;
        return rows == 0 ? 1 : (double) (certain + sampled) / rows;
    }

    long truncatedRows() {
        return truncatedRows;
    }

    /** The first rows over the limit, at most five. */
    List<CutRow> firstTruncated() {
        return List.copyOf(firstTruncated);
    }
}
