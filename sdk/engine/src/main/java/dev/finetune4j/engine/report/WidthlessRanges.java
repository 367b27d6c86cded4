package dev.finetune4j.engine.report;

import dev.finetune4j.engine.evaluate.MetricFigures;
import dev.finetune4j.evaluation.Interval;
import dev.finetune4j.job.MetricName;
import java.util.stream.Stream;

/** What is to be said where an interval begins and ends with the same figure: it looks certain and is not. */
final class WidthlessRanges {
    private WidthlessRanges() {}

    /** A sentence with a blank before it if one of the intervals shows no width; empty otherwise. */
    static String caveat(MetricName metric, Stream<Interval> shown) {
        return shown.filter(interval -> hasNone(metric, interval))
                .findFirst()
                .map(interval -> " A range without width, as " + MetricFigures.range(metric, interval)
                        + ", means that these rows are too few or too alike to tell, not that the figure is certain.")
                .orElse("");
    }

    private static boolean hasNone(MetricName metric, Interval interval) {
        return MetricFigures.value(metric, interval.low()).equals(MetricFigures.value(metric, interval.high()));
    }
}
