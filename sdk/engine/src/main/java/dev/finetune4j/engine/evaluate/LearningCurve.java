package dev.finetune4j.engine.evaluate;

import dev.finetune4j.evaluation.Interval;
import dev.finetune4j.evaluation.Prediction;
import dev.finetune4j.job.MetricName;
import dev.finetune4j.value.RunId;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
 * @param followsLaw whether the points follow the law, as far as chance tells. Where they do not, nothing is to be foreseen from it: with few
 *     rows a model may still be guessing, which Hestness et al. call the small-data region
 * @param fitted the law in values of the metric, from the fewest rows to twice the most; empty where there is no gain
 * @param gain what twice the most rows would change, in the unit of the metric; null where the sizes tell of none, since nothing was
 *     learned, they follow no law, or all sizes answer alike or get no better
 * @param base the base model on the same rows, or null where it was not asked
 */
public record LearningCurve(
        MetricName metric,
        long heldOutRows,
        List<Point> points,
        PowerLaw law,
        double misfit,
        boolean followsLaw,
        List<Fitted> fitted,
        @Nullable Interval gain,
        @Nullable Base base) {
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
     * What was measured, with nothing foreseen where it follows no law; beside no base model.
     *
     * @param misfit how far the points lie off the law, see {@link LearningCurve}
     * @param fitted the law in values of the metric
     * @param gain what twice the most rows would change, or null where all sizes answer alike or get no better
     */
    public static LearningCurve of(
            MetricName metric,
            long heldOutRows,
            List<Point> points,
            PowerLaw law,
            double misfit,
            List<Fitted> fitted,
            @Nullable Interval gain) {
        boolean followsLaw = misfit <= LARGEST_MISFIT;
        return new LearningCurve(
                metric,
                heldOutRows,
                points,
                law,
                misfit,
                followsLaw,
                followsLaw ? fitted : List.of(),
                followsLaw ? gain : null,
                null);
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

    /**
     * The base model, by the same metric on the same held-out rows.
     *
     * @param value the metric of the base model without examples in its prompt, or of what stands for it
     * @param difference the model of the most rows minus the base model, with the 95 % interval of the paired bootstrap
     */
    public record Base(Interval value, Interval difference) {}

    /** The same beside the base model; with nothing foreseen where the most rows taught nothing. */
    public LearningCurve beside(Base asked) {
        LearningCurve beside =
                new LearningCurve(metric, heldOutRows, points, law, misfit, followsLaw, fitted, gain, asked);
        return beside.hasLearned()
                ? beside
                : new LearningCurve(metric, heldOutRows, points, law, misfit, followsLaw, List.of(), null, asked);
    }

    /** Whether the model of the most rows is better than the base model by the whole interval; true where the base was not asked. */
    public boolean hasLearned() {
        Base asked = base;
        return asked == null
                || (metric.isLowerBetter()
                        ? asked.difference().high() < 0
                        : asked.difference().low() > 0);
    }

    /** Whether anything is foreseen from the sizes: they differ, they follow the law, and something was learned. */
    public boolean foreseesMore() {
        return gain != null;
    }

    /** What is foreseen for twice the most rows, where anything is. */
    public Fitted atTwice() {
        return fitted.get(fitted.size() - 1);
    }

    /** Whether the whole interval of the gain lies on the better side of zero, in the last digit that is shown. */
    public boolean promisesGain() {
        Interval foreseen = gain;
        double least = 0.005 * (metric.equals(MetricName.BLEU) || metric.equals(MetricName.CHRF) ? 100 : 1);
        return foreseen != null && (metric.isLowerBetter() ? foreseen.high() < -least : foreseen.low() > least);
    }
}
