package dev.finetune4j.evaluation;

import dev.finetune4j.job.MetricName;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How one model did on the held-out rows.
 *
 * @param variant which model
 * @param metrics the metrics of the task with their 95 % intervals, the main one first
 * @param classes each label's scores, in the order of the labels; empty without labels
 * @param confusion which label was taken for which; null without labels
 * @param calibration whether the confidence can be believed; null without labels
 * @param written how many written answers say nothing; null with labels, where nothing is written, and in reports of versions that did not count
 *     them
 * @param predictions the file of its answers, in the output folder of the run, such as {@code predictions/tuned.jsonl}, one {@link Prediction} a
 *     line; null in reports of versions that did not name it
 */
public record VariantEvaluation(
        Variant variant,
        Map<MetricName, Interval> metrics,
        List<ClassScore> classes,
        @Nullable ConfusionMatrix confusion,
        @Nullable Calibration calibration,
        @Nullable WrittenAnswers written,
        @Nullable String predictions) {
    /** Of a model that wrote no texts, and whose answers lie in no file that is known. */
    public VariantEvaluation(
            Variant variant,
            Map<MetricName, Interval> metrics,
            List<ClassScore> classes,
            @Nullable ConfusionMatrix confusion,
            @Nullable Calibration calibration) {
        this(variant, metrics, classes, confusion, calibration, null, null);
    }

    /** Copies the collections in their order. */
    public VariantEvaluation {
        metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
        classes = List.copyOf(classes);
    }

    /** A metric of this model. */
    public Interval metric(MetricName name) {
        Interval interval = metrics.get(name);
        if (interval == null) {
            throw new IllegalArgumentException("metric must be one of " + metrics.keySet() + ", was " + name);
        }
        return interval;
    }
}
