package dev.finetune4j.engine.plan;

/**
 * A quantity that nobody tells before a launch, with where it comes from.
 *
 * @param name its name
 * @param low P10
 * @param likely P50
 * @param high P90
 * @param unit what it is counted in; empty for a factor
 * @param basis where it comes from
 */
record Assumption(String name, double low, double likely, double high, String unit, String basis) {
    Uncertain quantity() {
        return new Uncertain(low, likely, high);
    }

    /** In words, with the figures. */
    String words() {
        return basis + " (P10 " + figure(low) + ", P50 " + figure(likely) + ", P90 " + figure(high)
                + (unit.isEmpty() ? "" : " " + unit) + ")";
    }

    private static String figure(double value) {
        return value == Math.rint(value) ? Long.toString(Math.round(value)) : Double.toString(value);
    }
}
