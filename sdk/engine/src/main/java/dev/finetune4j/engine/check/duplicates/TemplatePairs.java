package dev.finetune4j.engine.check.duplicates;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Word pairs that stand in nearly every row because the prompt's template wrote them, not the row's author. Left in, they would
 * make short rows of any content look alike.
 */
public final class TemplatePairs {
    /** Rows that are needed to tell a template from a coincidence. */
    static final int MIN_ROWS = 20;

    /** Share of the rows in which a pair of the template stands. */
    static final double MIN_SHARE = 0.9;

    private static final TemplatePairs NONE = new TemplatePairs(new int[0]);

    private final int[] pairs;

    private TemplatePairs(int[] pairs) {
        this.pairs = pairs;
    }

    /** The template of rows like these; none where they are too few to tell. */
    public static TemplatePairs of(List<String> sample) {
        if (sample.size() < MIN_ROWS) {
            return NONE;
        }
        Map<Integer, Integer> rowsByPair = new HashMap<>();
        for (String text : sample) {
            for (int pair : WordPairs.of(text)) {
                rowsByPair.merge(pair, 1, Integer::sum);
            }
        }
        double enough = MIN_SHARE * sample.size();
        return new TemplatePairs(rowsByPair.entrySet().stream()
                .filter(entry -> entry.getValue() >= enough)
                .mapToInt(Map.Entry::getKey)
                .sorted()
                .toArray());
    }

    /** The pairs that are not the template's, in their order. */
    int[] without(int[] ascending) {
        if (pairs.length == 0) {
            return ascending;
        }
        int[] own = new int[ascending.length];
        int kept = 0;
        for (int pair : ascending) {
            if (Arrays.binarySearch(pairs, pair) < 0) {
                own[kept++] = pair;
            }
        }
        return Arrays.copyOf(own, kept);
    }
}
