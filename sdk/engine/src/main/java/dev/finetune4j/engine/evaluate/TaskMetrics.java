package dev.finetune4j.engine.evaluate;

import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.Gate;
import dev.finetune4j.job.MetricName;
import dev.finetune4j.job.TaskKind;
import java.util.List;
import java.util.Optional;

/**
 * The metrics that an evaluation takes.
 *
 * @param metrics the main one first
 */
public record TaskMetrics(List<MetricName> metrics) {
    /** Copies the list. */
    public TaskMetrics {
        metrics = List.copyOf(metrics);
    }

    /**
     * The metrics of a task; those of generated text are left out where a task that is judged by likelihoods first has none.
     *
     * @param hasAnswers whether models answer to the rows; false where rows are passages, which are read only
     */
    public static TaskMetrics of(TaskKind kind, boolean hasAnswers) {
        List<MetricName> all = MetricName.of(kind);
        boolean isReadOnly = !hasAnswers && all.get(0).equals(MetricName.PERPLEXITY);
        return new TaskMetrics(isReadOnly ? List.of(MetricName.PERPLEXITY) : all);
    }

    /**
     * Whether models write texts that some metric of a task looks at; where rows have labels they choose one.
     *
     * @param hasAnswers whether models answer to the rows; false where rows are passages, which are read only
     */
    public static boolean areTextsWritten(TaskKind kind, boolean hasAnswers) {
        return hasAnswers
                && !kind.hasLabels()
                && !of(kind, true).withoutLikelihood().metrics().isEmpty();
    }

    /** The same but for those that need likelihoods, where models only say their answers. */
    public TaskMetrics withoutLikelihood() {
        return new TaskMetrics(metrics.stream()
                .filter(metric -> !metric.equals(MetricName.PERPLEXITY))
                .toList());
    }

    /** FT0704 where a gate judges by another metric. */
    public Optional<Problem> refusal(Gate gate) {
        MetricName judged = gate.metric();
        return judged == null || metrics.contains(judged)
                ? Optional.empty()
                : Optional.of(EvaluationProblems.UNKNOWN_METRIC
                        .error("the gate names the metric " + judged + ", which this task does not have")
                        .at(Location.ofKey("evaluation.gate.metric"))
                        .because("this task has " + metrics)
                        .remedy("evaluation.gate.metric: " + metrics.get(0))
                        .build());
    }
}
