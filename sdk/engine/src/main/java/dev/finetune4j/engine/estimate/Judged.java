package dev.finetune4j.engine.estimate;

/**
 * A published figure beside its estimate.
 *
 * @param run the run
 * @param observed what was published
 * @param range what was estimated
 */
record Judged(PublishedRun run, double observed, Range range) {
    /** The estimate of a run by a calibration. */
    static Judged of(Quantity quantity, Calibration calibration, PublishedRun run) {
        Evidence evidence = quantity.evidence(run);
        return new Judged(run, evidence.observed(), evidence.range(calibration, quantity.coefficients()));
    }

    /** How far the likely value is off, as a share of what was published. */
    double error() {
        return Math.abs(range.likely() / observed - 1);
    }

    boolean isInside() {
        return range.holds(observed);
    }
}
