package dev.finetune4j.engine.check;

import dev.finetune4j.data.Part;
import dev.finetune4j.engine.check.RowPair.Relation;
import dev.finetune4j.engine.check.duplicates.FirstSeen;
import dev.finetune4j.engine.check.duplicates.Hashing;
import dev.finetune4j.engine.check.duplicates.SimilarTexts;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Which rows repeat an earlier row of their part, contradict one, or leak from training into evaluation. */
final class RepeatedRows {
    private static final int NONE = -1;

    private final RowTable table;
    private final int[] duplicateOf;
    private final int[] nearDuplicateOf;
    private final int[] conflictsWith;
    private final int[] leaksFrom;
    private final float[] leakSimilarity;
    private final float[] nearSimilarity;

    private RepeatedRows(RowTable table) {
        this.table = table;
        duplicateOf = none(table.size());
        nearDuplicateOf = none(table.size());
        conflictsWith = none(table.size());
        leaksFrom = none(table.size());
        leakSimilarity = new float[table.size()];
        nearSimilarity = new float[table.size()];
    }

    /** Searches a complete table. */
    static RepeatedRows of(RowTable table) {
        RepeatedRows repeated = new RepeatedRows(table);
        repeated.findEqual();
        repeated.findSimilar();
        repeated.leakCopies();
        return repeated;
    }

    /** Rows of a relation in a part. */
    long count(Relation relation, Part part) {
        int[] others = others(relation);
        return IntStream.range(0, table.size())
                .filter(row -> others[row] != NONE && table.part(row) == part)
                .count();
    }

    /** Rows of a relation in all parts. */
    long count(Relation relation) {
        return Arrays.stream(others(relation)).filter(other -> other != NONE).count();
    }

    /** The first pairs of a relation, in the order of their later rows. */
    List<RowPair> pairs(Relation relation, int limit) {
        int[] others = others(relation);
        return IntStream.range(0, table.size())
                .filter(row -> others[row] != NONE)
                .limit(limit)
                .mapToObj(row -> new RowPair(
                        relation,
                        table.part(row),
                        table.ref(row),
                        table.part(others[row]),
                        table.ref(others[row]),
                        similarity(relation, row)))
                .toList();
    }

    private double similarity(Relation relation, int row) {
        return switch (relation) {
            case EXACT_DUPLICATE, CONFLICT -> 1;
            case NEAR_DUPLICATE -> nearSimilarity[row];
            case OVERLAP -> leakSimilarity[row];
        };
    }

    private int[] others(Relation relation) {
        return switch (relation) {
            case EXACT_DUPLICATE -> duplicateOf;
            case NEAR_DUPLICATE -> nearDuplicateOf;
            case CONFLICT -> conflictsWith;
            case OVERLAP -> leaksFrom;
        };
    }

    private void findEqual() {
        Map<Part, FirstSeen> rowsByPart = new EnumMap<>(Part.class);
        for (Part part : Part.values()) {
            rowsByPart.put(part, new FirstSeen());
        }
        FirstSeen texts = new FirstSeen();
        FirstSeen trainingTexts = new FirstSeen();
        for (int row = 0; row < table.size(); row++) {
            Part part = table.part(row);
            long text = table.textHash(row);
            FirstSeen ofPart = rowsByPart.get(part);
            int first = ofPart == null ? row : ofPart.firstOrPut(Hashing.mix(text) ^ table.answerHash(row), row);
            duplicateOf[row] = first == row ? NONE : first;
            int sameText = texts.firstOrPut(text, row);
            if (table.label(row) != null && !table.haveSameLabel(row, sameText)) {
                conflictsWith[row] = sameText;
            }
            int trained = part == Part.TRAIN ? trainingTexts.firstOrPut(text, row) : trainingTexts.first(text);
            if (part != Part.TRAIN && trained >= 0) {
                leaksFrom[row] = trained;
                leakSimilarity[row] = 1;
            }
        }
    }

    private void findSimilar() {
        table.texts().visit(Part.values().length, new SimilarTexts.Visitor() {
            @Override
            public boolean wants(int earlier, int later) {
                if (table.part(earlier) == table.part(later)) {
                    return nearDuplicateOf[later] == NONE && table.answerHash(earlier) == table.answerHash(later);
                }
                return table.part(earlier) == Part.TRAIN && leaksFrom[later] == NONE;
            }

            @Override
            public void found(int earlier, int later, double similarity) {
                if (table.part(earlier) == table.part(later)) {
                    nearDuplicateOf[later] = earlier;
                    nearSimilarity[later] = (float) similarity;
                } else {
                    leaksFrom[later] = earlier;
                    leakSimilarity[later] = (float) similarity;
                }
            }

            @Override
            public int lane(int text) {
                return duplicateOf[text] == NONE ? table.partNumber(text) : NONE;
            }
        });
    }

    /** An evaluation row that copies a leaked one leaks too; only the first of them was compared. */
    private void leakCopies() {
        for (int row = 0; row < table.size(); row++) {
            int original = duplicateOf[row];
            if (original != NONE && leaksFrom[row] == NONE && leaksFrom[original] != NONE) {
                leaksFrom[row] = leaksFrom[original];
                leakSimilarity[row] = leakSimilarity[original];
            }
        }
    }

    private static int[] none(int length) {
        int[] array = new int[length];
        Arrays.fill(array, NONE);
        return array;
    }
}
