package dev.finetune4j.training.predict;

import dev.finetune4j.job.LabelScoring;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How likely each label is after one prompt.
 *
 * @param labels the labels, in the task's order
 * @param logLikelihoods summed over each label's tokens, end of turn included, in nats
 * @param tokens tokens of each label
 */
@SuppressWarnings("ArrayRecordComponent") // made fresh, read here only
record LabelScores(List<String> labels, double[] logLikelihoods, int[] tokens) {
    /** The figures that the decision is taken on, as {@link LabelScoring} defines them. */
    Map<String, Double> decisionScores(LabelScoring scoring, LabelScores contentFree) {
        Map<String, Double> scores = new LinkedHashMap<>();
        for (int i = 0; i < labels.size(); i++) {
            double score = switch (scoring) {
                case LIKELIHOOD -> logLikelihoods[i];
                case LENGTH_NORMALIZED -> logLikelihoods[i] / tokens[i];
                case CALIBRATED -> logLikelihoods[i] - contentFree.logLikelihoods[i];
            };
            scores.put(labels.get(i), score);
        }
        return scores;
    }

    /** Zero for every label: nothing to calibrate against. */
    static LabelScores none(List<String> labels) {
        return new LabelScores(labels, new double[labels.size()], new int[labels.size()]);
    }

    /** Only the first so many. */
    LabelScores firstOf(int count) {
        return new LabelScores(
                labels.subList(0, count), Arrays.copyOf(logLikelihoods, count), Arrays.copyOf(tokens, count));
    }

    /** The label with the highest score; the first of equals. */
    static String best(Map<String, Double> scores) {
        String best = "";
        double highest = Double.NEGATIVE_INFINITY;
        for (Map.Entry<String, Double> entry : scores.entrySet()) {
            if (best.isEmpty() || entry.getValue() > highest) {
                best = entry.getKey();
                highest = entry.getValue();
            }
        }
        return best;
    }
}
