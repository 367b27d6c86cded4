package dev.finetune4j.engine.report;

import dev.finetune4j.engine.evaluate.MetricFigures;
import dev.finetune4j.evaluation.EvaluationReport;
import dev.finetune4j.evaluation.Interval;
import dev.finetune4j.job.MetricName;
import java.util.stream.Stream;

/** What is to be said where an interval begins and ends with the same figure: it looks certain and is not. */
public final class WidthlessRanges {
    private WidthlessRanges() {}

    /** A sentence with a blank before it if one of the intervals shows no width; empty otherwise. */
    static String caveat(MetricName metric, Stream<Interval> shown) {
        return shown.filter(interval -> hasNone(metric, interval))
                .findFirst()
                .map(interval -> " A range without width, as " + MetricFigures.range(metric, interval)
                        + ", means that these rows are too few or too alike to tell, not that the figure is certain.")
                .orElse("");
    }

    /** The same of every metric of every model. */
    public static String caveat(EvaluationReport evaluation) {
        return evaluation.variants().stream()
                .flatMap(variant -> variant.metrics().entrySet().stream())
                .map(measured -> caveat(measured.getKey(), Stream.of(measured.getValue())))
                .filter(caveat -> !caveat.isEmpty())
                .findFirst()
                .orElse("");
    }

    private static boolean hasNone(MetricName metric, Interval interval) {
        return MetricFigures.value(metric, interval.low()).equals(MetricFigures.value(metric, interval.high()));
    }
}
