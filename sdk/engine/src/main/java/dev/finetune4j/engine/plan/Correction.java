package dev.finetune4j.engine.plan;

import dev.finetune4j.engine.estimate.Range;
import dev.finetune4j.engine.report.Figures;
import java.util.List;
import java.util.Locale;

/**
 * What past errors of like estimates do to the next one. With n of them, the median ratio of actual to foreseen moves it by
 * {@code n / (n + 2)} of its logarithm, so that one run moves it by a third and many by nearly all; and where the errors that remain are
 * wider than its range says, its ends move as far of the way to where it says as much, and to three times as far from the median at most. They
 * never narrow it: a handful of runs that went well may have been luck. How wide the past ranges were does not count: one that is told from
 * runs which differ is wide for what made them err.
 *
 * @param factor what the estimate is multiplied by
 * @param remaining root mean square of the logarithms of the errors that remain
 * @param runs runs that it comes from
 */
record Correction(double factor, double remaining, int runs) {
    /** Changes nothing. */
    static final Correction NONE = new Correction(1, 0, 0);

    private static final double PRIOR_RUNS = 2;
    private static final double MOST_WIDENING = 3;
    /** Ranges that are narrower than this on a side say nothing that a run could contradict. */
    private static final double LEAST_DEVIATION = 0.01;

    /**
     * An estimate before any correction, and what came of it.
     *
     * @param likely as foreseen, without the correction of its time
     * @param actual above 0
     */
    record Trial(double likely, double actual) {
        private double error() {
            return Math.log(actual / likely);
        }
    }

    /**
     * The correction that trials call for.
     *
     * @param most what the estimate is multiplied by at most, and divided by at most
     */
    static Correction of(List<Trial> trials, double most) {
        if (trials.isEmpty()) {
            return NONE;
        }
        double[] errors = trials.stream().mapToDouble(Trial::error).sorted().toArray();
        double median = (errors[(errors.length - 1) / 2] + errors[errors.length / 2]) / 2;
        double shift = Math.max(-Math.log(most), Math.min(Math.log(most), weight(errors.length) * median));
        double meanSquare = trials.stream()
                .mapToDouble(trial -> Math.pow(trial.error() - shift, 2))
                .average()
                .orElse(0);
        return new Correction(Math.exp(shift), Math.sqrt(meanSquare), errors.length);
    }

    private static double weight(int runs) {
        return runs / (runs + PRIOR_RUNS);
    }

    /** What the logarithm of an end, from the median, is multiplied by where it stands so many deviations of its own from there; at least 1. */
    double widening(double deviation) {
        double own = Math.max(LEAST_DEVIATION, deviation);
        return Math.min(MOST_WIDENING, 1 + weight(runs) * Math.max(0, remaining / own - 1));
    }

    /** The corrected estimate. */
    Uncertain apply(Uncertain quantity) {
        double likely = factor * quantity.likely();
        return new Uncertain(
                likely * Math.exp(-Uncertain.NINETIETH * widened(quantity.deviationBelow())),
                likely,
                likely * Math.exp(Uncertain.NINETIETH * widened(quantity.deviationAbove())));
    }

    /** The corrected range of an estimator. */
    Range apply(Range range) {
        if (runs == 0) {
            return range;
        }
        Uncertain corrected = apply(new Uncertain(range.low(), range.likely(), range.high()));
        return new Range(corrected.low(), corrected.likely(), corrected.high());
    }

    /** A range without width becomes one where errors remain. */
    private double widened(double deviation) {
        double widening = widening(deviation);
        return widening == 1 ? deviation : widening * Math.max(LEAST_DEVIATION, deviation);
    }

    /** In words, for the basis of a figure; empty where it changes nothing. */
    String words() {
        if (runs == 0) {
            return "";
        }
        return String.format(
                Locale.ROOT,
                ", times %.2f by the error of %d such %s%s",
                factor,
                runs,
                runs == 1 ? "run" : "runs",
                remaining < LEAST_DEVIATION
                        ? ""
                        : ", which leaves errors of " + Figures.percent(Math.expm1(remaining)));
    }
}
