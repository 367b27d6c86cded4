package dev.finetune4j.engine.evaluate;

import dev.finetune4j.evaluation.Calibration;
import dev.finetune4j.evaluation.ClassScore;
import dev.finetune4j.evaluation.ConfusionMatrix;
import dev.finetune4j.evaluation.Prediction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** One model's answers to a classification, as indexes into the list of labels in report order. */
final class LabelledAnswers {
    private static final int BINS = 10;

    private final List<String> labels;
    private final List<Prediction> predictions;
    private final int[] references;
    private final int[] answers;

    /** Looks up every label; every prediction must have an answer. */
    LabelledAnswers(List<String> labels, List<Prediction> predictions) {
        this.labels = labels;
        this.predictions = predictions;
        this.references = predictions.stream()
                .mapToInt(prediction -> labels.indexOf(prediction.reference()))
                .toArray();
        this.answers = predictions.stream()
                .mapToInt(prediction -> labels.indexOf(prediction.answer()))
                .toArray();
    }

    /**
     * The labels of an evaluation: the closed list of the job, then labels that models chose between, then, by name, labels that
     * only held-out rows have. The last can never be answered and count as wrong.
     */
    static List<String> labelsOf(List<String> closedList, Collection<List<Prediction>> variants) {
        Set<String> labels = new LinkedHashSet<>(closedList);
        Set<String> others = new TreeSet<>();
        for (List<Prediction> predictions : variants) {
            for (Prediction prediction : predictions) {
                labels.addAll(prediction.scoreByLabel().keySet());
                others.add(prediction.reference());
                String answer = prediction.answer();
                if (answer != null) {
                    others.add(answer);
                }
            }
        }
        labels.addAll(others);
        return List.copyOf(labels);
    }

    /** Macro-averaged F1 over the labels. */
    Statistic macroF1() {
        return new MacroF1Statistic(references, answers, labels.size());
    }

    /** 1 for each row that is right, 0 for each other. */
    double[] right() {
        double[] right = new double[references.length];
        for (int row = 0; row < right.length; row++) {
            right[row] = references[row] == answers[row] ? 1 : 0;
        }
        return right;
    }

    ConfusionMatrix confusion() {
        long[][] counts = new long[labels.size()][labels.size()];
        for (int row = 0; row < references.length; row++) {
            counts[references[row]][answers[row]]++;
        }
        List<List<Long>> rows = new ArrayList<>();
        for (long[] row : counts) {
            rows.add(Arrays.stream(row).boxed().toList());
        }
        return new ConfusionMatrix(labels, rows);
    }

    List<ClassScore> classScores() {
        ConfusionMatrix confusion = confusion();
        List<ClassScore> scores = new ArrayList<>();
        for (int label = 0; label < labels.size(); label++) {
            long right = confusion.count(label, label);
            long support = confusion.support(label);
            long given = confusion.given(label);
            scores.add(new ClassScore(
                    labels.get(label),
                    quotient((double) right, (double) given),
                    quotient((double) right, (double) support),
                    quotient(2.0 * right, (double) (given + support)),
                    support));
        }
        return scores;
    }

    /** Confidence against accuracy, or null where a model did not say how sure it was. */
    @Nullable
    Calibration calibration() {
        long[] rows = new long[BINS];
        double[] confidences = new double[BINS];
        double[] rights = new double[BINS];
        for (int row = 0; row < references.length; row++) {
            double confidence = confidence(predictions.get(row));
            if (!Double.isFinite(confidence)) {
                return null;
            }
            int bin = Math.max(0, (int) Math.ceil(confidence * BINS) - 1);
            rows[bin]++;
            confidences[bin] += confidence;
            rights[bin] += references[row] == answers[row] ? 1 : 0;
        }
        double error = 0;
        List<Calibration.Bin> bins = new ArrayList<>();
        for (int bin = 0; bin < BINS; bin++) {
            error += Math.abs(rights[bin] - confidences[bin]) / references.length;
            bins.add(new Calibration.Bin(
                    (double) bin / BINS,
                    (double) (bin + 1) / BINS,
                    rows[bin],
                    quotient(confidences[bin], (double) rows[bin]),
                    quotient(rights[bin], (double) rows[bin])));
        }
        return new Calibration(error, bins);
    }

    /** Softmax of the scores at the chosen label; NaN where it has no score. */
    private static double confidence(Prediction prediction) {
        Map<String, Double> scores = prediction.scoreByLabel();
        Double chosen = scores.get(prediction.answer());
        if (chosen == null) {
            return Double.NaN;
        }
        // Differences to the chosen score keep the exponentials in range: log-likelihoods can be far below zero.
        double sum = 0;
        for (double score : scores.values()) {
            sum += Math.exp(score - chosen);
        }
        return 1 / sum;
    }

    private static double quotient(double dividend, double divisor) {
        return divisor == 0 ? 0 : dividend / divisor;
    }
}
