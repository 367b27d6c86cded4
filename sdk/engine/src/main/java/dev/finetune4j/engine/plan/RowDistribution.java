package dev.finetune4j.engine.plan;

import dev.finetune4j.data.Quantiles;

/** Lengths of rows in tokens as they are trained: cut to a limit. Between known quantiles lengths are taken to rise evenly. */
final class RowDistribution {
    private static final int STEPS = 400;

    private final double[] shares = {0, 0.5, 0.9, 0.99, 1};
    private final double[] lengths;
    private final double scale;
    private final int limit;

    /**
     * Rows.
     *
     * @param tokens quantiles before rows are cut
     * @param limit most tokens of a row, with what the method puts in front of it
     * @param inFront tokens that the method puts in front of every row
     */
    RowDistribution(Quantiles tokens, int limit, int inFront) {
        this.limit = limit;
        long[] known = {tokens.min(), tokens.p50(), tokens.p90(), tokens.p99(), tokens.max()};
        lengths = new double[known.length];
        for (int i = 0; i < known.length; i++) {
            lengths[i] = Math.max(1, Math.min(limit, known[i] + inFront));
        }
        // Five quantiles do not give the mean; where no row is cut the true one is known.
        boolean isCut = tokens.max() + inFront > limit;
        scale = isCut ? 1 : Math.max(1, tokens.mean() + inFront) / plainMeanOfLongest(1);
    }

    /** Most tokens that a row may have. */
    int limit() {
        return limit;
    }

    /** Tokens of the mean row. */
    double mean() {
        return meanOfLongest(1);
    }

    /** Tokens of the longest row. */
    int longest() {
        return (int) lengths[lengths.length - 1];
    }

    /** Tokens of the longest of {@code rows} rows that come together by chance, in the mean: what a batch is padded to. */
    double meanOfLongest(int rows) {
        return Math.min(longest(), scale * plainMeanOfLongest(rows));
    }

    /** {@code E[max] = integral of Q(u^(1/rows)) du} over 0 to 1, with Q the quantile function. */
    private double plainMeanOfLongest(int rows) {
        double sum = 0;
        for (int i = 0; i < STEPS; i++) {
            sum += quantile(Math.pow((i + 0.5) / STEPS, 1.0 / rows));
        }
        return sum / STEPS;
    }

    private double quantile(double share) {
        int above = 1;
        while (above < shares.length - 1 && shares[above] < share) {
            above++;
        }
        double part = (share - shares[above - 1]) / (shares[above] - shares[above - 1]);
        return lengths[above - 1] + part * (lengths[above] - lengths[above - 1]);
    }
}
