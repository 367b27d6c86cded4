package dev.finetune4j.engine.estimate;

import dev.finetune4j.plan.Fit;
import java.util.List;

/**
 * Says how much memory a training run needs on each GPU. Formulas count what frameworks keep; their open coefficients are
 * calibrated on published runs, and what a setup leaves open widens the range. Always the same for the same question.
 */
public final class MemoryModel {
    private final Calibration calibration;

    MemoryModel(Calibration calibration) {
        this.calibration = calibration;
    }

    /** The model of this version. */
    public static MemoryModel shipped() {
        return new MemoryModel(Calibration.shipped(Quantity.MEMORY));
    }

    /** What must be there on each GPU for a run not to fail, in GiB: the {@code needed} of {@link #estimate} alone, and four times as fast. */
    public Range needed(Architecture model, TrainingSetup setup) {
        return range(model, setup, Scenarios.needed(model, setup));
    }

    /** Whether what is needed is there. */
    public static Fit fit(Range needed, double usableGib) {
        return needed.high() <= usableGib ? Fit.FITS : needed.low() > usableGib ? Fit.TOO_LARGE : Fit.TIGHT;
    }

    /** The likely peak by part, in GiB. */
    public MemoryParts parts(Architecture model, TrainingSetup setup) {
        return Scenarios.likelyParts(model, setup, calibration.coefficients());
    }

    /** The peak of a run on each of its GPUs, and whether it fits there. */
    public MemoryEstimate estimate(Architecture model, TrainingSetup setup, Gpu gpu) {
        Range needed = needed(model, setup);
        double usable = gpu.usableMemoryGib();
        return new MemoryEstimate(
                parts(model, setup),
                range(model, setup, Scenarios.memory(model, setup, MemoryFigure.ALLOCATED)),
                range(model, setup, Scenarios.memory(model, setup, MemoryFigure.RESERVED)),
                range(model, setup, Scenarios.memory(model, setup, MemoryFigure.DEVICE)),
                needed,
                usable,
                fit(needed, usable));
    }

    private Range range(Architecture model, TrainingSetup setup, List<Scenario> scenarios) {
        Evidence question = new Evidence("", 1, Unfamiliarity.ofMemory(model, setup), scenarios);
        return question.range(calibration, MemoryCoefficient.values());
    }
}
