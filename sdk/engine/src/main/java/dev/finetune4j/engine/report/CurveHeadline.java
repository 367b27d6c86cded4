package dev.finetune4j.engine.report;

import dev.finetune4j.engine.evaluate.LearningCurve;
import dev.finetune4j.engine.evaluate.MetricFigures;
import dev.finetune4j.evaluation.Interval;
import dev.finetune4j.job.MetricName;

/**
 * What a learning curve says, in plain words.
 *
 * @param title what twice the rows would bring, or why nothing is foreseen
 * @param detail the figures behind it, as sentences
 * @param caveat what the figures do not cover, as a sentence
 */
public record CurveHeadline(String title, String detail, String caveat) {
    private static final String REMEDY = "Try more rows, a higher learning rate or more epochs.";

    /** The words for a curve. */
    public static CurveHeadline of(LearningCurve curve) {
        String caveat = "The ranges are 95 % intervals. They cover the chance in the "
                + Figures.count(curve.heldOutRows())
                + " held-out rows, not which rows were trained on or the seed"
                + (curve.gain() == null
                        ? "."
                        : "; a law through " + curve.points().size() + " sizes is no promise.")
                + WidthlessRanges.caveat(curve.metric(), curve.points().stream().map(LearningCurve.Point::value));
        LearningCurve.Base base = curve.base();
        Interval gain = curve.gain();
        if (base != null && !curve.hasLearned()) {
            return unlearned(curve, base, caveat);
        }
        if (!curve.followsLaw()) {
            return lawless(curve, caveat);
        }
        return gain == null ? flat(curve, caveat) : foreseen(curve, gain, caveat);
    }

    private static CurveHeadline unlearned(LearningCurve curve, LearningCurve.Base base, String caveat) {
        MetricName metric = curve.metric();
        String detail = (isFlatAt(curve, base.value()) ? "The curve is flat at the score of the base model. " : "")
                + measured(curve)
                + " The base model reaches " + MetricFigures.full(metric, base.value())
                + " on the same held-out rows: the difference is "
                + MetricFigures.difference(metric, base.difference().value()) + " "
                + MetricFigures.differenceRange(metric, base.difference()) + ", which is no better. " + REMEDY;
        return new CurveHeadline("Nothing was learned, so nothing is foreseen", detail, caveat);
    }

    private static CurveHeadline flat(LearningCurve curve, String caveat) {
        boolean isFlat = isFlatAt(curve, most(curve).value());
        String detail = (isFlat
                        ? "All " + curve.points().size() + " sizes reach the same. "
                        : "The " + curve.points().size() + " sizes do not get better with the rows. ")
                + measured(curve)
                + (curve.base() == null
                        ? " The base model was not asked: if it does as well, nothing was learned. " + REMEDY
                        : " The base model does worse: as far as these held-out rows tell, the fewest rows are enough.");
        return new CurveHeadline(
                isFlat ? "The curve is flat: nothing is foreseen" : "More rows did not help: nothing is foreseen",
                detail,
                caveat);
    }

    /** Whether every size shows the same figure. */
    private static boolean isFlatAt(LearningCurve curve, Interval level) {
        String shown = MetricFigures.value(curve.metric(), level.value());
        return curve.points().stream()
                .allMatch(point -> MetricFigures.value(
                                curve.metric(), point.value().value())
                        .equals(shown));
    }

    private static CurveHeadline foreseen(LearningCurve curve, Interval gain, String caveat) {
        MetricName metric = curve.metric();
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
