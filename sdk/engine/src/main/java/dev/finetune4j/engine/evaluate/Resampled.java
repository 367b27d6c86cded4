package dev.finetune4j.engine.evaluate;

import dev.finetune4j.evaluation.Comparison;
import dev.finetune4j.evaluation.Interval;
import dev.finetune4j.evaluation.SignificanceTest;
import dev.finetune4j.evaluation.VariantEvaluation;
import dev.finetune4j.job.MetricName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All metrics of all variants over the same resamples. The tuned model is the last of the variants. */
final class Resampled {
    private final List<MeasuredVariant> measured;
    private final List<MetricName> metrics;
    private final Bootstrap bootstrap;
    private final double[][] distributions;

    Resampled(List<MeasuredVariant> measured, List<MetricName> metrics, Bootstrap bootstrap) {
        this.measured = measured;
        this.metrics = metrics;
        this.bootstrap = bootstrap;
        this.distributions = bootstrap.distributions(measured.stream()
                .flatMap(variant -> variant.statistics().values().stream())
                .toList());
    }

    List<VariantEvaluation> variants() {
        List<VariantEvaluation> variants = new ArrayList<>();
        for (int i = 0; i < measured.size(); i++) {
            MeasuredVariant variant = measured.get(i);
            Map<MetricName, Interval> intervals = new LinkedHashMap<>();
            for (MetricName metric : metrics) {
                intervals.put(metric, Bootstrap.interval(value(i, metric), distribution(i, metric)));
            }
            LabelledAnswers labelled = variant.labelled();
            variants.add(new VariantEvaluation(
                    variant.variant(),
                    intervals,
                    labelled == null ? List.of() : labelled.classScores(),
                    labelled == null ? null : labelled.confusion(),
                    labelled == null ? null : labelled.calibration(),
                    variant.written(),
                    PredictionFiles.path(variant.variant())));
        }
        return variants;
    }

    List<Comparison> comparisons() {
        int tuned = measured.size() - 1;
        List<Comparison> comparisons = new ArrayList<>();
        for (int base = 0; base < tuned; base++) {
            for (MetricName metric : metrics) {
                double[] differences = Bootstrap.differences(distribution(tuned, metric), distribution(base, metric));
                comparisons.add(new Comparison(
                        measured.get(base).variant(),
                        metric,
                        Bootstrap.interval(value(tuned, metric) - value(base, metric), differences),
                        test(tuned, base, metric, differences)));
            }
        }
        return comparisons;
    }

    private SignificanceTest test(int tuned, int base, MetricName metric, double[] differences) {
        double[] rightByTuned = measured.get(tuned).rightByMetric().get(metric);
        double[] rightByBase = measured.get(base).rightByMetric().get(metric);
        return rightByTuned != null && rightByBase != null
                ? McNemar.test(rightByTuned, rightByBase)
                : new SignificanceTest.PairedBootstrap(Bootstrap.pValue(differences), differences.length);
    }

    private double value(int variant, MetricName metric) {
        return bootstrap.value(
                List.copyOf(measured.get(variant).statistics().values()).get(metrics.indexOf(metric)));
    }

    private double[] distribution(int variant, MetricName metric) {
        return distributions[variant * metrics.size() + metrics.indexOf(metric)];
    }
}
