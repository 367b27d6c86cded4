package dev.finetune4j.engine.evaluate;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Distinct-2 (<a href="https://arxiv.org/abs/1510.03055">Li et al. 2016</a>): share of distinct pairs of neighbouring words
 * among all such pairs of all answers.
 *
 * <p>Drawing rows with replacement repeats rows, and a repeated row brings no new bigram: the plain bootstrap would put its
 * interval far below the value. The statistic is therefore linear in the rows, by the jackknife: the value plus the mean
 * influence of the drawn rows, within 0 to 1, which a row that has most of the bigrams would leave.
 */
final class DistinctBigrams {
    private DistinctBigrams() {}

    /** The statistic over answers. */
    static Statistic of(List<String> answers) {
        List<List<List<String>>> bigrams =
                answers.stream().map(DistinctBigrams::bigrams).toList();
        Map<List<String>, Integer> rowsByBigram = new HashMap<>();
        long total = 0;
        for (List<List<String>> row : bigrams) {
            total += row.size();
            new HashSet<>(row).forEach(bigram -> rowsByBigram.merge(bigram, 1, Integer::sum));
        }
        double value = share(rowsByBigram.size(), total);
        int rows = answers.size();
        double[] pseudoValues = new double[rows];
        for (int i = 0; i < rows; i++) {
            Set<List<String>> ofRow = new HashSet<>(bigrams.get(i));
            long onlyHere = ofRow.stream()
                    .filter(bigram -> rowsByBigram.getOrDefault(bigram, 0) == 1)
                    .count();
            double without =
                    share(rowsByBigram.size() - onlyHere, total - bigrams.get(i).size());
            pseudoValues[i] = rows * value - (rows - 1) * without;
        }
        return centred(pseudoValues, value);
    }

    /** The mean of the pseudo-values, moved so that it is {@code value} over the rows as they are. */
    private static Statistic centred(double[] pseudoValues, double value) {
        double mean = 0;
        for (double pseudoValue : pseudoValues) {
            mean += pseudoValue / pseudoValues.length;
        }
        double[] centred = new double[pseudoValues.length];
        for (int i = 0; i < centred.length; i++) {
            centred[i] = pseudoValues[i] - mean + value;
        }
        Statistic linear = SumStatistic.mean(centred);
        return times -> Math.max(0, Math.min(1, linear.over(times)));
    }

    private static double share(long distinct, long total) {
        return total == 0 ? 0 : (double) distinct / total;
    }

    private static List<List<String>> bigrams(String answer) {
        return Words.grams(Words.of(answer), 2);
    }
}
