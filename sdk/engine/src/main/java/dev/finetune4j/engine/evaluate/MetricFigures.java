package dev.finetune4j.engine.evaluate;

import dev.finetune4j.evaluation.Interval;
import dev.finetune4j.job.MetricName;
import java.util.Locale;
import java.util.Map;

/** Metrics as people read them: the field's spelling of the name and few digits, the same in every language setting. */
public final class MetricFigures {
    private static final Map<MetricName, String> NAMES = Map.of(
            MetricName.MACRO_F1, "macro-F1",
            MetricName.EXACT_MATCH, "exact match",
            MetricName.TOKEN_F1, "token F1",
            MetricName.ROUGE_1, "ROUGE-1",
            MetricName.ROUGE_2, "ROUGE-2",
            MetricName.ROUGE_L, "ROUGE-L",
            MetricName.BLEU, "BLEU",
            MetricName.CHRF, "chrF2");

    private static final String MINUS = "−";

    private MetricFigures() {}

    /** The metric's name as the field spells it, such as {@code macro-F1}. */
    public static String name(MetricName metric) {
        return NAMES.getOrDefault(metric, metric.value());
    }

    /** A value: two digits after the point, fewer where the value is large. */
    public static String value(MetricName metric, double value) {
        double size = Math.abs(value);
        boolean toHundred = metric.equals(MetricName.BLEU) || metric.equals(MetricName.CHRF);
        String form = size >= 1000 ? "%,.0f" : toHundred || size >= 10 ? "%.1f" : "%.2f";
        return String.format(Locale.ROOT, form, value).replace("-", MINUS);
    }

    /** An interval without its value, such as {@code [0.47, 0.60]}. */
    public static String range(MetricName metric, Interval interval) {
        return "[" + value(metric, interval.low()) + ", " + value(metric, interval.high()) + "]";
    }

    /** A value with its interval, such as {@code 0.54 [0.47, 0.60]}. */
    public static String full(MetricName metric, Interval interval) {
        return value(metric, interval.value()) + " " + range(metric, interval);
    }

    /** A difference with its sign, such as {@code +0.52}; no sign where it rounds to nothing. */
    public static String difference(MetricName metric, double value) {
        String size = value(metric, Math.abs(value));
        boolean isZero = Double.parseDouble(size.replace(",", "")) == 0;
        return isZero ? size : (value < 0 ? MINUS : "+") + size;
    }

    /** The interval of a difference without its value, such as {@code [+0.40, +0.62]}. */
    public static String differenceRange(MetricName metric, Interval difference) {
        return "[" + difference(metric, difference.low()) + ", " + difference(metric, difference.high()) + "]";
    }

    /** A p-value, such as {@code p < 0.001} or {@code p = 0.034}. */
    public static String pValue(double value) {
        return value < 0.001 ? "p < 0.001" : String.format(Locale.ROOT, "p = %.3f", value);
    }
}
