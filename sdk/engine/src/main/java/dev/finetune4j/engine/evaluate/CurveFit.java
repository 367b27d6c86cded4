package dev.finetune4j.engine.evaluate;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.evaluation.Interval;
import dev.finetune4j.evaluation.Prediction;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.job.EvaluationSpec;
import dev.finetune4j.job.MetricName;
import dev.finetune4j.job.TaskSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Measures a learning curve from the answers of each size, and fits its law on every resample of the held-out rows. */
public final class CurveFit {
    private static final int FITTED = 33;

    /** No larger than what rounding leaves where the sizes get no better on any resample; no interval says how sure that is. */
    private static final double NOTHING = 1e-9;

    private final MetricName metric;
    private final List<LearningCurve.Answered> sizes;
    private final double[] rows;
    private final double[] values;
    private final double[][] resampled;

    private CurveFit(
            MetricName metric, List<LearningCurve.Answered> sizes, List<Statistic> statistics, Bootstrap bootstrap) {
        this.metric = metric;
        this.sizes = sizes;
        this.rows = sizes.stream().mapToDouble(LearningCurve.Answered::rows).toArray();
        this.values = statistics.stream().mapToDouble(bootstrap::value).toArray();
        this.resampled = bootstrap.distributions(statistics);
    }

    /**
     * The curve.
     *
     * @param task with its closed list of labels
     * @param spec resamples and seed
     * @param sizes at least {@link LearningCurve#FEWEST_SIZES}, fewest rows first
     * @throws FineTuneException with FT0702 if the sizes answered different rows, FT0703 if they answered none
     */
    public static LearningCurve of(TaskSpec task, EvaluationSpec spec, List<LearningCurve.Answered> sizes) {
        if (sizes.size() < LearningCurve.FEWEST_SIZES) {
            throw new IllegalArgumentException(
                    "sizes must be " + LearningCurve.FEWEST_SIZES + " or more, were " + sizes.size());
        }
        List<Prediction> first = sizes.get(0).answers();
        // The same check as for two models of one run: each size beside the first.
        sizes.forEach(
                size -> new AlignedPredictions(Map.of(Variant.BASE_ZERO_SHOT, first, Variant.TUNED, size.answers())));
        boolean hasAnswers = first.stream().anyMatch(one -> one.answer() != null);
        MetricName metric = TaskMetrics.of(task.kind(), hasAnswers).metrics().get(0);
        List<String> labels = task.kind().hasLabels()
                ? LabelledAnswers.labelsOf(
                        task.labels(),
                        sizes.stream().map(LearningCurve.Answered::answers).toList())
                : List.of();
        List<Statistic> statistics = sizes.stream()
                .map(size -> MeasuredVariant.of(Variant.TUNED, size.answers(), List.of(metric), labels))
                .map(measured -> measured.statistics().values().iterator().next())
                .toList();
        Bootstrap bootstrap = new Bootstrap(first.size(), spec.bootstrapSamples(), spec.seed());
        return new CurveFit(metric, sizes, statistics, bootstrap).curve();
    }

    private LearningCurve curve() {
        double[] weights = weights();
        PowerLaw law = PowerLawFit.of(rows, errors(values), weights);
        List<PowerLaw> laws = new ArrayList<>();
        for (int sample = 0; sample < resampled[0].length; sample++) {
            double[] drawn = new double[rows.length];
            for (int size = 0; size < drawn.length; size++) {
                drawn[size] = resampled[size][sample];
            }
            laws.add(PowerLawFit.of(rows, errors(drawn), weights));
        }
        double most = rows[rows.length - 1];
        double[] gains = Bootstrap.differences(values(laws, 2 * most), values(laws, most));
        Interval gain = Bootstrap.interval(value(law, 2 * most) - value(law, most), gains);
        boolean isFlat = Math.max(Math.abs(gain.low()), Math.abs(gain.high())) < NOTHING;
        List<LearningCurve.Point> points = new ArrayList<>();
        for (int size = 0; size < rows.length; size++) {
            points.add(new LearningCurve.Point(
                    sizes.get(size).rows(), sizes.get(size).run(), Bootstrap.interval(values[size], resampled[size])));
        }
        return LearningCurve.of(
                metric,
                sizes.get(0).answers().size(),
                points,
                law,
                law.misfit(rows, errors(values), weights),
                isFlat ? List.of() : fitted(law, laws),
                isFlat ? null : gain);
    }

    private List<LearningCurve.Fitted> fitted(PowerLaw law, List<PowerLaw> laws) {
        List<LearningCurve.Fitted> fitted = new ArrayList<>();
        double most = rows[rows.length - 1];
        for (int i = 0; i < FITTED; i++) {
            double at = rows[0] * Math.pow(2 * most / rows[0], i / (FITTED - 1.0));
            Interval value = Bootstrap.interval(value(law, at), values(laws, at));
            fitted.add(new LearningCurve.Fitted(i == FITTED - 1 ? 2 * most : at, value));
        }
        return fitted;
    }

    /** The inverse of each size's variance; a size without any counts as if one row had changed its mind. */
    private double[] weights() {
        double[] weights = new double[rows.length];
        double least = 1.0 / sizes.get(0).answers().size();
        for (int size = 0; size < weights.length; size++) {
            double[] errors = errors(resampled[size]);
            double mean = Arrays.stream(errors).average().orElse(0);
            double variance = Arrays.stream(errors)
                    .map(error -> (error - mean) * (error - mean))
                    .average()
                    .orElse(0);
            weights[size] = 1 / Math.max(variance, least * least);
        }
        return weights;
    }

    private double[] errors(double[] of) {
        return Arrays.stream(of).map(value -> MetricError.of(metric, value)).toArray();
    }

    private double value(PowerLaw law, double at) {
        return MetricError.value(metric, law.at(at));
    }

    private double[] values(List<PowerLaw> laws, double at) {
        return laws.stream().mapToDouble(law -> value(law, at)).toArray();
    }
}
