package dev.finetune4j.evaluation;

import java.util.List;

/**
 * Whether a model that says 80 % is right in 80 of 100 cases. Confidence is the softmax over the label scores of the chosen
 * label.
 *
 * @param expectedError expected calibration error: the mean over rows of the distance between accuracy and mean confidence of
 *     the row's bin (<a href="https://arxiv.org/abs/1706.04599">Guo et al. 2017</a>)
 * @param bins bins of equal width over the confidence from 0 to 1, empty ones included
 */
public record Calibration(double expectedError, List<Bin> bins) {
    /** Copies the bins. */
    public Calibration {
        bins = List.copyOf(bins);
    }

    /**
     * Rows of similar confidence.
     *
     * @param low lowest confidence, exclusive except for 0
     * @param high highest confidence, inclusive
     * @param rows how many
     * @param meanConfidence mean confidence of the rows, 0 without rows
     * @param accuracy share of right answers among the rows, 0 without rows
     */
    public record Bin(double low, double high, long rows, double meanConfidence, double accuracy) {}
}
