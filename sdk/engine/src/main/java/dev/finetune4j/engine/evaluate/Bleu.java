package dev.finetune4j.engine.evaluate;

import java.util.List;
import java.util.Map;

/**
 * Corpus BLEU (<a href="https://aclanthology.org/P02-1040/">Papineni et al. 2002</a>) with sacreBLEU's defaults but for the tokenizer,
 * which is chosen by the right answers: up to 4-grams, exponential smoothing, one reference, 0 to 100.
 */
final class Bleu {
    private static final int ORDER = 4;
    private static final int ANSWER_LENGTH = 0;
    private static final int REFERENCE_LENGTH = 1;
    private static final int MATCHES = 2;
    private static final int TOTALS = MATCHES + ORDER;

    private Bleu() {}

    /** How the figure was taken, as sacreBLEU signs its own; published figures compare where both are equal. */
    static String signature(BleuTokenizer tokenizer) {
        return "nrefs:1|case:mixed|eff:no|tok:" + tokenizer.id() + "|smooth:exp";
    }

    /** What one row adds: lengths of answer and reference, matches of each order, n-grams of each order. */
    static double[] addends(BleuTokenizer tokenizer, String reference, String answer) {
        List<String> right = tokenizer.tokens(reference);
        List<String> given = tokenizer.tokens(answer);
        double[] addends = new double[TOTALS + ORDER];
        addends[ANSWER_LENGTH] = given.size();
        addends[REFERENCE_LENGTH] = right.size();
        for (int n = 1; n <= ORDER; n++) {
            Map<List<String>, Integer> ofAnswer = Words.counts(Words.grams(given, n));
            Map<List<String>, Integer> ofReference = Words.counts(Words.grams(right, n));
            addends[MATCHES + n - 1] = Words.shared(ofAnswer, ofReference);
            addends[TOTALS + n - 1] = Math.max(0, given.size() - n + 1);
        }
        return addends;
    }

    /** The score from the sums over all rows. */
    static double score(double[] sums) {
        if (sums[MATCHES] == 0) {
            // No word matches, so no longer n-gram does.
            return 0;
        }
        double logPrecisions = 0;
        double smoothing = 1;
        for (int n = 0; n < ORDER; n++) {
            double total = sums[TOTALS + n];
            if (total == 0) {
                return 0;
            }
            double matches = sums[MATCHES + n];
            if (matches == 0) {
                smoothing *= 2;
                logPrecisions += Math.log(100 / (smoothing * total));
            } else {
                logPrecisions += Math.log(100 * matches / total);
            }
        }
        double length = sums[ANSWER_LENGTH];
        double brevity = Math.min(0, 1 - sums[REFERENCE_LENGTH] / length);
        return Math.exp(brevity + logPrecisions / ORDER);
    }
}
