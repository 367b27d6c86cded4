package dev.finetune4j.engine.evaluate;

/** Fits a {@link PowerLaw} to measured errors. */
final class PowerLawFit {
    /** This many exponents are tried; around the best of them it is looked for more closely. */
    private static final int EXPONENTS = 20;

    private static final double PRECISION = 1e-3;
    private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;

    /** Slower than any that Hestness et al. measured (0.07 to 0.35). */
    private static final double SLOWEST = 0.05;

    /** Faster than what theory knows for well-specified models (0.5 to 1). */
    private static final double FASTEST = 2;

    private final double[] rows;
    private final double[] errors;
    private final double[] weights;

    private PowerLawFit(double[] rows, double[] errors, double[] weights) {
        this.rows = rows;
        this.errors = errors;
        this.weights = weights;
    }

    /**
     * The law with the smallest weighted sum of squared deviations, neither scale nor floor below 0. For a given exponent the other two
     * follow from linear least squares.
     *
     * @param rows training rows of each measurement; the last is the law's reference
     * @param errors measured errors
     * @param weights of the measurements: the inverse of each one's variance
     */
    static PowerLaw of(double[] rows, double[] errors, double[] weights) {
        return new PowerLawFit(rows, errors, weights).best();
    }

    private PowerLaw best() {
        double ratio = Math.pow(FASTEST / SLOWEST, 1 / (EXPONENTS - 1.0));
        double best = SLOWEST;
        for (double exponent = SLOWEST; exponent < FASTEST * Math.sqrt(ratio); exponent *= ratio) {
            best = misfit(exponent) < misfit(best) ? exponent : best;
        }
        return law(best(Math.max(SLOWEST, best / ratio), Math.min(FASTEST, best * ratio)));
    }

    /** The best exponent between two, by golden section. */
    private double best(double from, double to) {
        double low = from;
        double high = to;
        while (high - low > PRECISION) {
            double left = high - GOLDEN * (high - low);
            double right = low + GOLDEN * (high - low);
            if (misfit(left) <= misfit(right)) {
                high = right;
            } else {
                low = left;
            }
        }
        return (low + high) / 2;
    }

    private double misfit(double exponent) {
        return law(exponent).misfit(rows, errors, weights);
    }

    /** The best law of an exponent. */
    private PowerLaw law(double exponent) {
        double reference = rows[rows.length - 1];
        double sum = 0;
        double sumX = 0;
        double sumXx = 0;
        double sumY = 0;
        double sumXy = 0;
        for (int i = 0; i < rows.length; i++) {
            double x = Math.pow(rows[i] / reference, -exponent);
            sum += weights[i];
            sumX += weights[i] * x;
            sumXx += weights[i] * x * x;
            sumY += weights[i] * errors[i];
            sumXy += weights[i] * x * errors[i];
        }
        double scale = (sum * sumXy - sumX * sumY) / (sum * sumXx - sumX * sumX);
        double floor = (sumY - scale * sumX) / sum;
        if (!(scale > 0)) { // more rows do not help: the mean
            return new PowerLaw(reference, 0, exponent, Math.max(0, sumY / sum));
        }
        return floor >= 0
                ? new PowerLaw(reference, scale, exponent, floor)
                : new PowerLaw(reference, Math.max(0, sumXy / sumXx), exponent, 0);
    }
}
