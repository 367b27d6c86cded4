package dev.finetune4j.engine.evaluate;

/**
 * How an error falls with the number of training rows: a power law that levels off, {@code error(n) = scale (n / reference)^-exponent +
 * floor} (<a href="https://arxiv.org/abs/1712.00409">Hestness et al. 2017</a>, with the irreducible error as the floor;
 * <a href="https://arxiv.org/abs/2103.10948">Viering and Loog 2021</a> review it beside the
 * alternatives).
 *
 * @param reference rows at which the power is 1; only shifts the scale
 * @param scale what more rows can still take away at the reference
 * @param exponent how fast it goes: twice the rows leave {@code 2^-exponent} of it
 * @param floor what no number of rows takes away
 */
public record PowerLaw(double reference, double scale, double exponent, double floor) {
    /** The error at a number of rows. */
    public double at(double rows) {
        return scale * Math.pow(rows / reference, -exponent) + floor;
    }

    /** Squared deviations of measured errors from the law, weighted and summed. */
    double misfit(double[] rows, double[] errors, double[] weights) {
        double sum = 0;
        for (int i = 0; i < rows.length; i++) {
            double off = errors[i] - at(rows[i]);
            sum += weights[i] * off * off;
        }
        return sum;
    }
}
