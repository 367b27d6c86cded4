package dev.finetune4j.engine.estimate;

import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * A measurement beside what the formulas make of its setup.
 *
 * @param family who measured
 * @param observed what was measured
 * @param unfamiliarity by how much more it may scatter than the usual run, see {@link Unfamiliarity}
 * @param scenarios what its setup may mean, each as likely
 */
record Evidence(String family, double observed, double unfamiliarity, List<Scenario> scenarios) {
    /** How far coefficients of another stack stray, in their deviations. */
    private static final double STRAY = 0.5;

    private static final int SAMPLES = 192;
    private static final long SEED = 7;

    /** Logarithms of what may be measured: any meaning, and coefficients as another stack may have them. */
    double[] samples(Coefficients coefficients, Coefficient[] all) {
        RandomGenerator random = new SplittableRandom(SEED);
        double[] logs = new double[SAMPLES];
        for (int i = 0; i < SAMPLES; i++) {
            Coefficients strayed = coefficients.strayed(all, STRAY, random);
            logs[i] = Math.log(scenarios.get(i % scenarios.size()).value(strayed));
        }
        return logs;
    }

    /** The range of what may be measured. */
    Range range(Calibration calibration, Coefficient[] all) {
        return range(samples(calibration.coefficients(), all), calibration.scatter());
    }

    /** The range of what may be measured where runs scatter by {@code scatter} beyond what the formulas know. */
    Range range(double[] logs, double scatter) {
        double all = Math.hypot(scatter, unfamiliarity);
        RandomGenerator random = new SplittableRandom(SEED + 1);
        double[] values = new double[logs.length];
        for (int i = 0; i < logs.length; i++) {
            values[i] = Math.exp(logs[i] + all * random.nextGaussian());
        }
        return Range.of(values);
    }
}
