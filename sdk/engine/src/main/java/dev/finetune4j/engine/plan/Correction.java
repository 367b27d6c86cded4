package dev.finetune4j.engine.plan;

import dev.finetune4j.engine.estimate.Range;
import java.util.List;
import java.util.Locale;

/**
 * What past errors of like estimates do to the next one. With n of them, the median ratio of actual to foreseen moves it by
 * {@code n / (n + 2)} of its logarithm, so that one run moves it by a third and many by nearly all; and where the errors that remain are
 * wider than the ranges said, these widen by as much. They never narrow: a handful of runs that went well may have been luck.
 *
 * @param factor what the estimate is multiplied by
 * @param widening what the logarithms of its ends, from the median, are multiplied by; at least 1
 * @param runs runs that it comes from
 */
record Correction(double factor, double widening, int runs) {
    /** Changes nothing. */
    static final Correction NONE = new Correction(1, 1, 0);

    private static final double PRIOR_RUNS = 2;
    private static final double MOST_WIDENING = 3;
    /** Ranges that are narrower than this on a side say nothing that a run could contradict. */
    private static final double LEAST_DEVIATION = 0.01;

    /**
     * An estimate before any correction, and what came of it.
     *
     * @param range as foreseen, without the correction of its time
     * @param actual above 0
     */
    record Trial(Uncertain range, double actual) {
        private double error() {
            return Math.log(actual / range.likely());
        }

        /** Errors in standard deviations, once all are moved. */
        private double deviations(double shift) {
            double error = error() - shift;
            double deviation = error < 0 ? range.deviationBelow() : range.deviationAbove();
            return error / Math.max(LEAST_DEVIATION, deviation);
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
        double weight = errors.length / (errors.length + PRIOR_RUNS);
        double shift = Math.max(-Math.log(most), Math.min(Math.log(most), weight * median));
        double meanSquare = trials.stream()
                .mapToDouble(trial -> Math.pow(trial.deviations(shift), 2))
                .average()
                .orElse(0);
        double widening = 1 + weight * (Math.max(1, Math.sqrt(meanSquare)) - 1);
        return new Correction(Math.exp(shift), Math.min(MOST_WIDENING, widening), errors.length);
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

    private double widened(double deviation) {
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
                widening > 1.005 ? String.format(Locale.ROOT, ", %.1f times as wide", widening) : "");
    }
}
