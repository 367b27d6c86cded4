package dev.finetune4j.engine.estimate;

/**
 * Says how fast a training run goes: a roofline of the GPU, calibrated on published runs; what a setup leaves open widens the
 * range. Start-up, evaluation, checkpoints and transfers come on top. Always the same for the same question.
 */
public final class SpeedModel {
    private final Calibration calibration;

    SpeedModel(Calibration calibration) {
        this.calibration = calibration;
    }

    /** The model of this version. */
    public static SpeedModel shipped() {
        return new SpeedModel(Calibration.shipped(Quantity.SPEED));
    }

    /** The speed of a run in the middle of its training. */
    public SpeedEstimate estimate(Architecture model, TrainingSetup setup, Gpu gpu) {
        Evidence question =
                new Evidence("", 1, Unfamiliarity.ofSpeed(model, setup), Scenarios.speed(model, setup, gpu));
        Range each = question.range(calibration, SpeedCoefficient.values());
        return new SpeedEstimate(each.times(setup.parallelism().gpus()), each);
    }
}
