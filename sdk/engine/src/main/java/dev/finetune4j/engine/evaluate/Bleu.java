package dev.finetune4j.engine.evaluate;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Corpus BLEU (<a href="https://aclanthology.org/P02-1040/">Papineni et al. 2002</a>) with sacreBLEU's defaults: tokenizer 13a,
 * up to 4-grams, exponential smoothing, one reference, 0 to 100.
 */
final class Bleu {
    private static final int ORDER = 4;
    private static final int ANSWER_LENGTH = 0;
    private static final int REFERENCE_LENGTH = 1;
    private static final int MATCHES = 2;
    private static final int TOTALS = MATCHES + ORDER;

    private static final Pattern SYMBOLS = Pattern.compile("([{-~\\[-` -&(-+:-@/])");
    private static final Pattern POINT_AFTER_NO_DIGIT = Pattern.compile("([^0-9])([.,])");
    private static final Pattern POINT_BEFORE_NO_DIGIT = Pattern.compile("([.,])([^0-9])");
    private static final Pattern DASH_AFTER_DIGIT = Pattern.compile("([0-9])(-)");

    private Bleu() {}

    /** What one row adds: lengths of answer and reference, matches of each order, n-grams of each order. */
    static double[] addends(String reference, String answer) {
        List<String> right = tokens(reference);
        List<String> given = tokens(answer);
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

    /** The tokens of mteval-v13a: symbols and punctuation stand alone, unless within a number. */
    private static List<String> tokens(String text) {
        String line = Words.withoutTrailingSpace(text)
                .replace("<skipped>", "")
                .replace("-\n", "")
                .replace("\n", " ")
                .replace("&quot;", "\"")
                .replace("&amp;", "&")
                .replace("&lt;", "<")
                .replace("&gt;", ">");
        line = SYMBOLS.matcher(" " + line + " ").replaceAll(" $1 ");
        line = POINT_AFTER_NO_DIGIT.matcher(line).replaceAll("$1 $2 ");
        line = POINT_BEFORE_NO_DIGIT.matcher(line).replaceAll(" $1 $2");
        line = DASH_AFTER_DIGIT.matcher(line).replaceAll("$1 $2 ");
        return Words.of(line);
    }
}
