package dev.finetune4j.engine.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Corpus chrF2 (<a href="https://aclanthology.org/W15-3049/">Popović 2015</a>) with sacreBLEU's defaults: character n-grams up
 * to 6, recall weighted twice, white space left out, 0 to 100.
 */
final class Chrf {
    private static final int ORDER = 6;
    private static final double BETA_SQUARED = 4;

    private Chrf() {}

    /** What one row adds, for each order: n-grams of the answer, of the reference, and shared ones. */
    static double[] addends(String reference, String answer) {
        int[] right = characters(reference);
        int[] given = characters(answer);
        double[] addends = new double[3 * ORDER];
        for (int n = 1; n <= ORDER; n++) {
            Map<String, Integer> ofAnswer = Words.counts(grams(given, n));
            Map<String, Integer> ofReference = Words.counts(grams(right, n));
            int at = 3 * (n - 1);
            // sacreBLEU counts no n-gram of an answer whose reference is too short to have one.
            addends[at] = ofReference.isEmpty() ? 0 : Math.max(0, given.length - n + 1);
            addends[at + 1] = Math.max(0, right.length - n + 1);
            addends[at + 2] = Words.shared(ofAnswer, ofReference);
        }
        return addends;
    }

    /** The score from the sums over all rows. */
    static double score(double[] sums) {
        double precision = 0;
        double recall = 0;
        int orders = 0;
        for (int at = 0; at < sums.length; at += 3) {
            if (sums[at] > 0 && sums[at + 1] > 0) {
                precision += sums[at + 2] / sums[at];
                recall += sums[at + 2] / sums[at + 1];
                orders++;
            }
        }
        if (precision + recall == 0) {
            return 0;
        }
        precision /= orders;
        recall /= orders;
        return 100 * (1 + BETA_SQUARED) * precision * recall / (BETA_SQUARED * precision + recall);
    }

    private static int[] characters(String text) {
        return String.join("", Words.of(text)).codePoints().toArray();
    }

    private static List<String> grams(int[] characters, int n) {
        List<String> grams = new ArrayList<>();
        for (int i = 0; i + n <= characters.length; i++) {
            grams.add(new String(characters, i, n));
        }
        return grams;
    }
}
