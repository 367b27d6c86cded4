package dev.finetune4j.engine.report;

import dev.finetune4j.engine.evaluate.MetricFigures;
import dev.finetune4j.engine.search.Sweep;
import dev.finetune4j.evaluation.Interval;
import dev.finetune4j.job.MetricName;

/**
 * What a sweep says, in plain words.
 *
 * @param title the best settings
 * @param detail the figures behind it, as sentences
 * @param caveat what the figures do not tell, as a sentence
 */
public record SweepHeadline(String title, String detail, String caveat) {
    /** The words for a sweep. */
    public static SweepHeadline of(Sweep sweep) {
        Sweep.Measured best = sweep.best();
        Interval value = best == null ? null : best.value();
        if (best == null || value == null) {
            return new SweepHeadline("No trial has ended", stopped(sweep), "");
        }
        MetricName metric = sweep.metric();
        String title = (sweep.stopped() == null ? "Best: " : "Best so far: ")
                + best.candidate().words();
        String detail = MetricFigures.name(metric) + " " + MetricFigures.full(metric, value) + " on "
                + Figures.count(sweep.validationRows()) + " validation rows"
                + (metric.isLowerBetter() ? "; lower is better." : ".") + rivals(sweep.rivals()) + test(sweep)
                + stopped(sweep);
        String caveat = "The best of several looks better on the rows that chose it than it is"
                + (sweep.test() == null
                        ? "; no other rows have been asked."
                        : ": what it reaches is told by the test rows, which no trial saw.")
                + " The ranges are 95 % intervals; they do not cover the seed.";
        return new SweepHeadline(title, detail, caveat);
    }

    private static String rivals(long rivals) {
        if (rivals == 0) {
            return "";
        }
        return rivals == 1
                ? " The interval of 1 other trial reaches that value: chance may have put it behind."
                : " The intervals of " + rivals + " other trials reach that value: chance may have put them behind.";
    }

    private static String test(Sweep sweep) {
        Sweep.TestScore test = sweep.test();
        return test == null
                ? ""
                : " On " + Figures.count(test.rows()) + " test rows: "
                        + MetricFigures.full(sweep.metric(), test.tuned()) + ", the base model "
                        + MetricFigures.full(sweep.metric(), test.base()) + ".";
    }

    private static String stopped(Sweep sweep) {
        return sweep.stopped() == null ? "" : " Stopped by the time limit: " + sweep.stopped() + ".";
    }
}
