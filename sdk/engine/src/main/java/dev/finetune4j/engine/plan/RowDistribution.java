package dev.finetune4j.engine.plan;

import dev.finetune4j.data.Quantiles;
import dev.finetune4j.spi.Proposal.RowLengths;
import java.util.stream.LongStream;

/** Lengths of rows in tokens as they are trained: cut to a limit. Between known quantiles lengths are taken to rise evenly. */
final class RowDistribution {
    private static final int STEPS = 400;
    private static final double[] SHARES = {0, 0.5, 0.9, 0.99, 1};

    private final double[] lengths;
    private final double scale;
    private final int limit;

    /**
     * Rows.
     *
     * @param tokens quantiles before rows are cut
     * @param asCut the mean row where they are cut at a limit
     * @param limit most tokens of a row, at most that limit
     * @param inFront tokens that the method puts in front of every row, beyond the limit
     */
    RowDistribution(Quantiles tokens, RowLengths asCut, int limit, int inFront) {
        this.limit = limit + inFront;
        lengths = cut(tokens, limit, inFront);
        // Five quantiles do not give the mean, which is known.
        scale = Math.max(1, asCut.mean() + inFront) / meanOfLongest(1, cut(tokens, asCut.limit(), inFront));
    }

    private static double[] cut(Quantiles tokens, int limit, int inFront) {
        return LongStream.of(tokens.min(), tokens.p50(), tokens.p90(), tokens.p99(), tokens.max())
                .mapToDouble(length -> Math.max(1, Math.min(limit, length) + inFront))
                .toArray();
    }

    /** Most tokens that a row may have. */
    int limit() {
        return limit;
    }

    /** Tokens of the mean row. */
    double mean() {
        return meanOfLongest(1);
    }

    /** Tokens of the row that a token stands in, in the mean over all tokens: {@code E[T^2] / E[T]}, since long rows have more of them. */
    double meanByToken() {
        double tokens = 0;
        double squares = 0;
        for (int i = 0; i < STEPS; i++) {
            double length = quantile((i + 0.5) / STEPS, lengths);
            tokens += length;
            squares += length * length;
        }
        return Math.min(longest(), scale * squares / tokens);
    }

    /** Tokens of the longest row. */
    int longest() {
        return (int) lengths[lengths.length - 1];
    }

    /** Tokens of the longest of {@code rows} rows that come together by chance, in the mean: what a batch is padded to. */
    double meanOfLongest(int rows) {
        return Math.min(longest(), scale * meanOfLongest(rows, lengths));
    }

    /** {@code E[max] = integral of Q(u^(1/rows)) du} over 0 to 1, with Q the quantile function. */
    private static double meanOfLongest(int rows, double... lengths) {
        double sum = 0;
        for (int i = 0; i < STEPS; i++) {
            sum += quantile(Math.pow((i + 0.5) / STEPS, 1.0 / rows), lengths);
        }
        return sum / STEPS;
    }

    private static double quantile(double share, double... lengths) {
        int above = 1;
        while (above < SHARES.length - 1 && SHARES[above] < share) {
            above++;
        }
        double part = (share - SHARES[above - 1]) / (SHARES[above] - SHARES[above - 1]);
        return lengths[above - 1] + part * (lengths[above] - lengths[above - 1]);
    }
}
