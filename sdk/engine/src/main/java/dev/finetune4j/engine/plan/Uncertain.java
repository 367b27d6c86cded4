package dev.finetune4j.engine.plan;

/**
 * A quantity above 0 of which percentiles are known: its logarithm is normal on either side of the median, with a deviation of its
 * own.
 *
 * @param low the tenth percentile, P10
 * @param likely the median, P50
 * @param high the ninetieth percentile, P90
 */
record Uncertain(double low, double likely, double high) {
    /** Deviations from the median to the ninetieth percentile of a normal distribution. */
    static final double NINETIETH = 1.2815515655446004;

    /** Refuses ends in the wrong order. */
    Uncertain {
        if (!(low > 0 && low <= likely && likely <= high)) {
            throw new IllegalArgumentException("a range goes up from 0, was " + low + ", " + likely + ", " + high);
        }
    }

    /** Standard deviation of the logarithm below the median. */
    double deviationBelow() {
        return Math.log(likely / low) / NINETIETH;
    }

    /** Standard deviation of the logarithm above the median. */
    double deviationAbove() {
        return Math.log(high / likely) / NINETIETH;
    }

    /** The same in another unit. */
    Uncertain times(double factor) {
        return new Uncertain(low * factor, likely * factor, high * factor);
    }

    /** So much divided by this. */
    Uncertain under(double numerator) {
        return new Uncertain(numerator / high, numerator / likely, numerator / low);
    }
}
