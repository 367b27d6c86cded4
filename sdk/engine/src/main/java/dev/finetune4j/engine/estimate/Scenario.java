package dev.finetune4j.engine.estimate;

/** One of the things that a setup may mean: says what would be measured under some coefficients. */
interface Scenario {
    /** The quantity, above 0. */
    double value(Coefficients coefficients);
}
