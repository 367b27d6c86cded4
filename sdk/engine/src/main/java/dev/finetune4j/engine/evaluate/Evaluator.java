package dev.finetune4j.engine.evaluate;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.evaluation.Comparison;
import dev.finetune4j.evaluation.EvaluationReport;
import dev.finetune4j.evaluation.Prediction;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.evaluation.VariantEvaluation;
import dev.finetune4j.job.EvaluationSpec;
import dev.finetune4j.job.MetricName;
import dev.finetune4j.job.TaskSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Compares models by their answers to the same held-out rows.
 *
 * <p>The same predictions, seed and number of resamples give the same report, digit by digit.
 */
public final class Evaluator {
    private final TaskSpec task;
    private final EvaluationSpec spec;

    /** An evaluation as a job describes it. */
    public Evaluator(TaskSpec task, EvaluationSpec spec) {
        this.task = task;
        this.spec = spec;
    }

    /**
     * Takes every metric of every model, compares the tuned model with each base variant that is there and judges the gate.
     *
     * @param predictions each model's answers; those of the tuned model are needed
     * @throws FineTuneException with FT0702 if the models answered different rows, FT0703 if there is nothing to compare, FT0704
     *     if the gate names a metric that the task does not have, FT0705 if a prediction lacks what a metric needs
     */
    public EvaluationReport evaluate(Map<Variant, List<Prediction>> predictions) {
        AlignedPredictions aligned = new AlignedPredictions(predictions);
        List<MetricName> metrics = metricsOf(aligned).metrics();
        requireComplete(aligned, metrics);

        List<String> labels = task.kind().hasLabels()
                ? LabelledAnswers.labelsOf(task.labels(), aligned.byVariant().values())
                : List.of();
        Resampled resampled = new Resampled(
                aligned.byVariant().entrySet().stream()
                        .map(entry -> MeasuredVariant.of(
                                named(entry.getKey(), entry.getValue()), entry.getValue(), metrics, labels))
                        .toList(),
                metrics,
                new Bootstrap(aligned.rows(), spec.bootstrapSamples(), spec.seed()));
        List<VariantEvaluation> variants = resampled.variants();
        List<Comparison> comparisons = resampled.comparisons();
        return new EvaluationReport(
                task.kind(),
                metrics.get(0),
                aligned.rows(),
                spec.bootstrapSamples(),
                spec.seed(),
                variants,
                comparisons,
                GateJudge.judge(spec.gate(), metrics.get(0), variants, comparisons),
                metrics.contains(MetricName.BLEU) ? Bleu.signature(tokenizer(aligned)) : null);
    }

    private static BleuTokenizer tokenizer(AlignedPredictions aligned) {
        return BleuTokenizer.of(aligned.byVariant().values().iterator().next().stream()
                .map(Prediction::reference)
                .toList());
    }

    /** A base that gives each label the same score in every row has read none of them. */
    private static Variant named(Variant variant, List<Prediction> answers) {
        Map<String, Double> first = answers.get(0).scoreByLabel();
        boolean isPrior = variant == Variant.BASE_ZERO_SHOT
                && answers.size() > 1
                && !first.isEmpty()
                && answers.stream().allMatch(answer -> answer.scoreByLabel().equals(first));
        return isPrior ? Variant.BASE_PRIOR : variant;
    }

    private TaskMetrics metricsOf(AlignedPredictions aligned) {
        // A run that an older version began may have let one model read the rows of a chat, and another answer them.
        boolean hasAnswers = aligned.byVariant().values().stream()
                .allMatch(answers -> answers.stream().anyMatch(one -> one.answer() != null));
        boolean hasLikelihoods =
                aligned.byVariant().values().stream().flatMap(List::stream).anyMatch(one -> one.referenceTokens() > 0);
        TaskMetrics all = TaskMetrics.of(task.kind(), hasAnswers);
        TaskMetrics said = all.withoutLikelihood();
        TaskMetrics taken = hasLikelihoods || said.metrics().isEmpty() ? all : said;
        taken.refusal(spec.gate()).ifPresent(problem -> {
            throw problem.asException();
        });
        return taken;
    }

    private static void requireComplete(AlignedPredictions aligned, List<MetricName> metrics) {
        boolean needsLikelihood = metrics.contains(MetricName.PERPLEXITY);
        boolean needsAnswer = metrics.stream().anyMatch(metric -> !metric.equals(MetricName.PERPLEXITY));
        List<Problem> problems = new ArrayList<>();
        aligned.byVariant().forEach((variant, answers) -> {
            List<Prediction> incomplete = answers.stream()
                    .filter(one -> (needsLikelihood && !hasLikelihood(one)) || (needsAnswer && one.answer() == null))
                    .toList();
            if (!incomplete.isEmpty()) {
                problems.add(incomplete(variant, incomplete, answers.size()));
            }
        });
        if (!problems.isEmpty()) {
            throw new FineTuneException(problems, null);
        }
    }

    private static boolean hasLikelihood(Prediction prediction) {
        return Double.isFinite(prediction.negativeLogLikelihood()) && prediction.referenceTokens() > 0;
    }

    private static Problem incomplete(Variant variant, List<Prediction> incomplete, int rows) {
        Prediction first = incomplete.get(0);
        return EvaluationProblems.INCOMPLETE_PREDICTION
                .error("predictions lack what the task's metrics need: " + incomplete.size() + " of " + rows + " rows")
                .at(new Location.InRow(variant.fileName(), first.row().row(), null))
                .because("first at " + first.row() + ": " + (first.answer() == null ? "no answer" : "an answer")
                        + ", negative log-likelihood " + first.negativeLogLikelihood() + " over "
                        + first.referenceTokens() + " tokens")
                .build();
    }
}
