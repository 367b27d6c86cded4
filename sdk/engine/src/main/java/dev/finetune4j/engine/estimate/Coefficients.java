package dev.finetune4j.engine.estimate;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Values of all coefficients of a model, by {@link Coefficient#ordinal()}. */
final class Coefficients {
    private final double[] values;

    Coefficients(double... values) {
        this.values = values.clone();
    }

    /** The coefficients where no measurement has moved them. */
    static Coefficients centres(Coefficient... coefficients) {
        return new Coefficients(
                Arrays.stream(coefficients).mapToDouble(Coefficient::centre).toArray());
    }

    double get(Coefficient coefficient) {
        return values[coefficient.ordinal()];
    }

    /** These moved by {@code steps} of their deviations. */
    Coefficients moved(Coefficient[] coefficients, double... steps) {
        double[] moved = values.clone();
        for (int i = 0; i < moved.length; i++) {
            moved[i] *= Math.exp(coefficients[i].deviation() * steps[i]);
        }
        return new Coefficients(moved);
    }

    /** These as another stack may have them, each strayed by {@code scale} of its deviation. */
    Coefficients strayed(Coefficient[] coefficients, double scale, RandomGenerator random) {
        double[] steps = new double[values.length];
        for (int i = 0; i < steps.length; i++) {
            steps[i] = scale * random.nextGaussian();
        }
        return moved(coefficients, steps);
    }
}
