package dev.finetune4j.engine.report;

import dev.finetune4j.engine.evaluate.LearningCurve;
import dev.finetune4j.engine.evaluate.MetricFigures;
import dev.finetune4j.evaluation.Interval;
import dev.finetune4j.job.MetricName;

/**
 * What a learning curve says, in plain words.
 *
 * @param title what twice the rows would bring
 * @param detail the figures behind it, as sentences
 * @param caveat what the figures do not cover, as a sentence
 */
public record CurveHeadline(String title, String detail, String caveat) {
    /** The words for a curve. */
    public static CurveHeadline of(LearningCurve curve) {
        String caveat =
                "The ranges are 95 % intervals. They cover the chance in the " + Figures.count(curve.heldOutRows())
                        + " held-out rows, not which rows were trained on or the seed; a law through "
                        + curve.points().size() + " sizes is no promise.";
        return curve.followsLaw() ? foreseen(curve, caveat) : lawless(curve, caveat);
    }

    private static CurveHeadline foreseen(LearningCurve curve, String caveat) {
        MetricName metric = curve.metric();
        Interval gain = curve.gain();
        String name = MetricFigures.name(metric);
        String title = curve.promisesGain()
                ? "Twice the rows would bring about " + MetricFigures.difference(metric, gain.value()) + " " + name
                : "Twice the rows are not shown to bring more";
        long most = most(curve).rows();
        String detail = name + " " + MetricFigures.full(metric, curve.atTwice().value()) + " is foreseen at "
                + Figures.count(2 * most) + " training rows: " + MetricFigures.difference(metric, gain.value()) + " ["
                + MetricFigures.difference(metric, gain.low()) + ", " + MetricFigures.difference(metric, gain.high())
                + "] over what the law gives at " + Figures.count(most) + ". " + measured(curve);
        return new CurveHeadline(title, detail, caveat);
    }

    private static CurveHeadline lawless(LearningCurve curve, String caveat) {
        String detail = measured(curve)
                + " The sizes lie further off every power law than chance explains, so none is drawn on: with few rows a model"
                + " may still be guessing. Ask again with more rows.";
        return new CurveHeadline("The sizes follow no law: nothing is foreseen", detail, caveat);
    }

    private static String measured(LearningCurve curve) {
        MetricName metric = curve.metric();
        return "Measured at " + Figures.count(most(curve).rows()) + ": " + MetricFigures.name(metric) + " "
                + MetricFigures.full(metric, most(curve).value())
                + (metric.isLowerBetter() ? "; lower is better." : ".");
    }

    private static LearningCurve.Point most(LearningCurve curve) {
        return curve.points().get(curve.points().size() - 1);
    }
}
