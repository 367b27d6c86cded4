package dev.finetune4j.engine.evaluate;

import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.Gate;
import dev.finetune4j.job.MetricName;
import dev.finetune4j.job.TaskKind;
import java.util.List;
import java.util.Optional;

/**
 * The metrics that an evaluation takes.
 *
 * @param metrics the main one first
 * @param onlyContinued those that the same rows would have if their passages were continued, which they are not
 */
public record TaskMetrics(List<MetricName> metrics, List<MetricName> onlyContinued) {
    /** Copies the lists. */
    public TaskMetrics {
        metrics = List.copyOf(metrics);
        onlyContinued = List.copyOf(onlyContinued);
    }

    private TaskMetrics(List<MetricName> metrics) {
        this(metrics, List.of());
    }

    /**
     * The metrics of a task; those of generated text are left out where a task that is judged by likelihoods first has none.
     *
     * @param hasAnswers whether models write something to the rows; false where rows are passages that are read only
     */
    public static TaskMetrics of(TaskKind kind, boolean hasAnswers) {
        List<MetricName> all = MetricName.of(kind);
        boolean isReadOnly = !hasAnswers && all.get(0).equals(MetricName.PERPLEXITY);
        return new TaskMetrics(isReadOnly ? List.of(MetricName.PERPLEXITY) : all);
    }

    /**
     * The metrics of a job by what its rows are.
     *
     * @param areAnswered whether the rows have answers; false where they are passages
     */
    public static TaskMetrics of(FineTuneJob job, boolean areAnswered) {
        TaskKind kind = job.task().kind();
        if (areAnswered || continuesPassages(job)) {
            return of(kind, true);
        }
        return new TaskMetrics(
                of(kind, false).metrics(), hasContinuations(kind) ? List.of(MetricName.DISTINCT_2) : List.of());
    }

    /**
     * Whether models write texts that some metric of a task looks at; where rows have labels they choose one.
     *
     * @param areAnswered whether the rows have answers; false where they are passages
     */
    public static boolean areTextsWritten(FineTuneJob job, boolean areAnswered) {
        TaskKind kind = job.task().kind();
        return (areAnswered || continuesPassages(job))
                && !kind.hasLabels()
                && !of(kind, true).withoutLikelihood().metrics().isEmpty();
    }

    /** Whether models are to continue those rows of a job that are passages. */
    public static boolean continuesPassages(FineTuneJob job) {
        return job.evaluation().continuesPassages()
                && hasContinuations(job.task().kind());
    }

    /**
     * FT0715, a warning, where a job lets models continue passages and has none.
     *
     * @param areAnswered whether the rows have answers; false where they are passages
     */
    public static Optional<Problem> idleContinuations(FineTuneJob job, boolean areAnswered) {
        return areAnswered && job.evaluation().continuesPassages()
                ? Optional.of(EvaluationProblems.NOTHING_TO_CONTINUE
                        .warning("evaluation.continue-passages has no effect: the rows have answers")
                        .at(Location.ofKey("evaluation.continue-passages"))
                        .because("passages are rows of plain text, without any")
                        .build())
                : Optional.empty();
    }

    /** Whether a task has a metric that looks at continuations, for which there is no right one. */
    public static boolean hasContinuations(TaskKind kind) {
        return MetricName.of(kind).contains(MetricName.DISTINCT_2);
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
        if (judged == null || metrics.contains(judged)) {
            return Optional.empty();
        }
        boolean isOfContinuations = onlyContinued.contains(judged);
        Problem.Builder problem = EvaluationProblems.UNKNOWN_METRIC
                .error("the gate names the metric " + judged
                        + (isOfContinuations
                                ? ", which passages have only where models continue them"
                                : ", which this task does not have"))
                .at(Location.ofKey("evaluation.gate.metric"));
        if (isOfContinuations) {
            problem.because("the held-out rows are passages, which are read only without evaluation.continue-passages")
                    .remedy("evaluation.continue-passages: true");
        } else {
            problem.because("this task has " + metrics);
        }
        return Optional.of(
                problem.remedy("evaluation.gate.metric: " + metrics.get(0)).build());
    }
}
