package dev.finetune4j.engine.evaluate;

import dev.finetune4j.evaluation.Prediction;
import dev.finetune4j.job.MetricName;
import dev.finetune4j.job.TaskKind;

/** The score of one row by itself, for picking rows to look at. */
public final class RowScore {
    private RowScore() {}

    /** The metric that rows of a task are compared by: the task's main metric, or accuracy where that needs all rows. */
    public static MetricName metric(TaskKind task) {
        MetricName main = MetricName.of(task).get(0);
        return main.equals(MetricName.MACRO_F1) ? MetricName.ACCURACY : main;
    }

    /** The metric over one row. A row without an answer scores 0 by metrics of the answer. */
    public static double of(MetricName metric, Prediction prediction) {
        String reference = prediction.reference();
        String answer = prediction.answer() == null ? "" : prediction.answer();
        if (metric.equals(MetricName.PERPLEXITY)) {
            return Math.exp(prediction.negativeLogLikelihood() / prediction.referenceTokens());
        }
        if (metric.equals(MetricName.TOKEN_F1)) {
            return SquadScores.tokenF1(reference, answer);
        }
        if (metric.equals(MetricName.ROUGE_L)) {
            return Rouge.ofSubsequence(reference, answer);
        }
        if (metric.equals(MetricName.CHRF)) {
            return Chrf.score(Chrf.addends(reference, answer));
        }
        if (metric.equals(MetricName.ACCURACY)) {
            return reference.equals(answer) ? 1 : 0;
        }
        throw new IllegalArgumentException("metric must be one that a single row has, was " + metric);
    }
}
