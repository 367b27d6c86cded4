package dev.finetune4j.engine.evaluate;

import dev.finetune4j.evaluation.Interval;
import dev.finetune4j.evaluation.Prediction;
import dev.finetune4j.job.MetricName;
import dev.finetune4j.value.RunId;
import java.util.List;

/**
 * How good the tuned model gets with more training rows, by the task's main metric on the same held-out rows.
 *
 * <p>All intervals come from one paired bootstrap of the held-out rows: every size is measured, and the law fitted anew, on each
 * resample. They cover the chance in the held-out rows; which rows are trained on, and the seed, are one draw and not in them.
 *
 * @param metric the task's main metric
 * @param heldOutRows rows that every size answered
 * @param points what was measured, fewest rows first
 * @param law the law through the errors of the points
 * @param misfit how far the points lie off the law: squared deviations over their variances, summed; about 1 where the law holds
 * @param fitted the law in values of the metric, from the fewest rows to twice the most
 * @param gain what twice the most rows would change, in the unit of the metric
 */
public record LearningCurve(
        MetricName metric,
        long heldOutRows,
        List<Point> points,
        PowerLaw law,
        double misfit,
        List<Fitted> fitted,
        Interval gain) {
    /** Fewest sizes that a law of three parameters can be held against. */
    public static final int FEWEST_SIZES = 4;

    /** 95 % of the misfits of a law that holds are smaller: chi-squared with one degree of freedom, four points less three parameters. */
    private static final double LARGEST_MISFIT = 3.84;

    /** Copies the lists. */
    public LearningCurve {
        points = List.copyOf(points);
        fitted = List.copyOf(fitted);
    }

    /**
     * One size.
     *
     * @param rows training rows
     * @param run the run that trained on them
     * @param value the metric of its tuned model
     */
    public record Point(long rows, RunId run, Interval value) {}

    /**
     * The law at a number of rows.
     *
     * @param rows training rows
     * @param value the metric there
     */
    public record Fitted(double rows, Interval value) {}

    /**
     * The answers of the model that was trained on so many rows.
     *
     * @param rows training rows
     * @param run the run
     * @param answers the tuned model's, to the held-out rows in the same order for each size
     */
    public record Answered(long rows, RunId run, List<Prediction> answers) {
        /** Copies the list. */
        public Answered {
            answers = List.copyOf(answers);
        }
    }

    /** What is foreseen for twice the most rows. */
    public Fitted atTwice() {
        return fitted.get(fitted.size() - 1);
    }

    /**
     * Whether the points follow the law, as far as chance tells. Where they do not, nothing is to be foreseen from it: with few rows a
     * model may still be guessing, which Hestness et al. call the small-data region.
     */
    public boolean followsLaw() {
        return misfit <= LARGEST_MISFIT;
    }

    /** Whether the points follow the law and the whole interval of the gain lies on the better side of zero, in the last digit that is shown. */
    public boolean promisesGain() {
        double least = 0.005 * (metric.equals(MetricName.BLEU) || metric.equals(MetricName.CHRF) ? 100 : 1);
        return followsLaw() && (metric.isLowerBetter() ? gain.high() < -least : gain.low() > least);
    }
}
