package dev.finetune4j.engine.evaluate;

import dev.finetune4j.evaluation.Prediction;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.evaluation.WrittenAnswers;
import dev.finetune4j.job.MetricName;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One model's answers with every metric prepared for resampling.
 *
 * @param variant which model
 * @param labelled the answers as labels; null without labels
 * @param written what its texts say in all; null with labels, and where nothing is written
 * @param statistics each metric over the rows
 * @param rightByMetric for metrics that a row passes or fails: 1 or 0, by row
 */
record MeasuredVariant(
        Variant variant,
        @Nullable LabelledAnswers labelled,
        @Nullable WrittenAnswers written,
        Map<MetricName, Statistic> statistics,
        Map<MetricName, double[]> rightByMetric) {

    /** Prepares the metrics; the predictions have been checked to hold what they need. */
    static MeasuredVariant of(
            Variant variant, List<Prediction> predictions, List<MetricName> metrics, List<String> labels) {
        LabelledAnswers labelled = labels.isEmpty() ? null : new LabelledAnswers(labels, predictions);
        Map<MetricName, Statistic> statistics = new LinkedHashMap<>();
        Map<MetricName, double[]> rightByMetric = new LinkedHashMap<>();
        for (MetricName metric : metrics) {
            rowsRight(metric, labelled, predictions).ifPresent(right -> rightByMetric.put(metric, right));
            double[] right = rightByMetric.get(metric);
            statistics.put(metric, right == null ? statistic(metric, labelled, predictions) : SumStatistic.mean(right));
        }
        WrittenAnswers written = labelled == null ? written(predictions) : null;
        return new MeasuredVariant(variant, labelled, written, statistics, rightByMetric);
    }

    private static @Nullable WrittenAnswers written(List<Prediction> predictions) {
        List<String> answers = predictions.stream()
                .flatMap(prediction -> Optional.ofNullable(prediction.answer()).stream())
                .map(String::strip)
                .toList();
        if (answers.isEmpty()) {
            return null;
        }
        return new WrittenAnswers(
                answers.stream().filter(String::isEmpty).count(),
                mostFrequent(answers),
                mostFrequent(predictions.stream()
                        .map(prediction -> prediction.reference().strip())
                        .toList()),
                predictions.stream()
                        .filter(prediction -> Boolean.FALSE.equals(prediction.complete()))
                        .count());
    }

    private static long mostFrequent(List<String> texts) {
        return texts.stream()
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()))
                .values()
                .stream()
                .mapToLong(Long::longValue)
                .max()
                .orElse(0);
    }

    private static Optional<double[]> rowsRight(
            MetricName metric, @Nullable LabelledAnswers labelled, List<Prediction> predictions) {
        if (metric.equals(MetricName.ACCURACY) && labelled != null) {
            return Optional.of(labelled.right());
        }
        if (metric.equals(MetricName.EXACT_MATCH)) {
            return Optional.of(byRow(predictions, one -> SquadScores.exactMatch(one.reference(), answer(one))));
        }
        if (metric.equals(MetricName.FORMAT)) {
            AnswerForm form = new AnswerForm(
                    predictions.stream().map(Prediction::reference).toList());
            return Optional.of(byRow(predictions, one -> form.isKept(one, answer(one)) ? 1 : 0));
        }
        return Optional.empty();
    }

    private static Statistic statistic(
            MetricName metric, @Nullable LabelledAnswers labelled, List<Prediction> predictions) {
        if (metric.equals(MetricName.MACRO_F1) && labelled != null) {
            return labelled.macroF1();
        }
        if (metric.equals(MetricName.PERPLEXITY)) {
            double[][] addends = predictions.stream()
                    .map(one -> new double[] {one.negativeLogLikelihood(), one.referenceTokens()})
                    .toArray(double[][]::new);
            return new SumStatistic(addends, sums -> Math.exp(sums[0] / sums[1]));
        }
        if (metric.equals(MetricName.TOKEN_F1)) {
            return SumStatistic.mean(byRow(predictions, one -> SquadScores.tokenF1(one.reference(), answer(one))));
        }
        if (metric.equals(MetricName.ROUGE_1)) {
            return SumStatistic.mean(byRow(predictions, one -> Rouge.ofGrams(1, one.reference(), answer(one))));
        }
        if (metric.equals(MetricName.ROUGE_2)) {
            return SumStatistic.mean(byRow(predictions, one -> Rouge.ofGrams(2, one.reference(), answer(one))));
        }
        if (metric.equals(MetricName.ROUGE_L)) {
            return SumStatistic.mean(byRow(predictions, one -> Rouge.ofSubsequence(one.reference(), answer(one))));
        }
        if (metric.equals(MetricName.BLEU)) {
            BleuTokenizer tokenizer = BleuTokenizer.of(
                    predictions.stream().map(Prediction::reference).toList());
            double[][] addends = predictions.stream()
                    .map(one -> Bleu.addends(tokenizer, one.reference(), answer(one)))
                    .toArray(double[][]::new);
            return new SumStatistic(addends, Bleu::score);
        }
        if (metric.equals(MetricName.CHRF)) {
            double[][] addends = predictions.stream()
                    .map(one -> Chrf.addends(one.reference(), answer(one)))
                    .toArray(double[][]::new);
            return new SumStatistic(addends, Chrf::score);
        }
        if (metric.equals(MetricName.DISTINCT_2)) {
            return DistinctBigrams.of(
                    predictions.stream().map(MeasuredVariant::answer).toList());
        }
        throw new IllegalArgumentException("metric must be one that can be measured, was " + metric);
    }

    private static double[] byRow(List<Prediction> predictions, ToDoubleFunction<Prediction> figure) {
        return predictions.stream().mapToDouble(figure).toArray();
    }

    private static String answer(Prediction prediction) {
        String answer = prediction.answer();
        if (answer == null) {
            throw new IllegalArgumentException("a prediction must have an answer: " + prediction.row());
        }
        return answer;
    }
}
