package dev.finetune4j.engine.estimate;

/** A number that the formulas leave to measurement: where it should lie by the formula alone, and how far it may stray. */
interface Coefficient {
    /** Where it lies before any measurement. */
    double centre();

    /** Standard deviation of its logarithm: between stacks before the fit, and from run to run after it. */
    double deviation();

    /** Its place among the coefficients of its model. */
    int ordinal();
}
