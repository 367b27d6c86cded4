package dev.finetune4j.evaluation;

import dev.finetune4j.job.MetricName;
import dev.finetune4j.job.TaskKind;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether tuning paid: every variant on the same held-out rows, the tuned model against each base variant, and the gate.
 *
 * @param task the kind of task
 * @param mainMetric the metric that decides
 * @param rows held-out rows that every variant answered
 * @param bootstrapSamples resamples of the intervals
 * @param seed of the resamples
 * @param variants each model, base variants first
 * @param comparisons the tuned model against each base variant, by each metric
 * @param gate whether the tuned model is good enough
 * @param bleuSignature how BLEU was taken, as sacreBLEU signs it, such as {@code nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp}; null
 *     without BLEU, and in reports of versions that did not write it down
 */
public record EvaluationReport(
        TaskKind task,
        MetricName mainMetric,
        long rows,
        int bootstrapSamples,
        long seed,
        List<VariantEvaluation> variants,
        List<Comparison> comparisons,
        GateVerdict gate,
        @Nullable String bleuSignature) {
    /** Of a task that has no BLEU. */
    public EvaluationReport(
            TaskKind task,
            MetricName mainMetric,
            long rows,
            int bootstrapSamples,
            long seed,
            List<VariantEvaluation> variants,
            List<Comparison> comparisons,
            GateVerdict gate) {
        this(task, mainMetric, rows, bootstrapSamples, seed, variants, comparisons, gate, null);
    }

    /** Copies the lists. */
    public EvaluationReport {
        variants = List.copyOf(variants);
        comparisons = List.copyOf(comparisons);
    }

    /** How one model did, if it was asked. */
    public Optional<VariantEvaluation> variant(Variant variant) {
        return variants.stream().filter(one -> one.variant() == variant).findFirst();
    }

    /** The base model without examples in its prompt, or what stands for it, if it was asked. */
    public Optional<VariantEvaluation> base() {
        return variant(Variant.BASE_ZERO_SHOT).or(() -> variant(Variant.BASE_PRIOR));
    }

    /** The tuned model against a base variant by one metric, if that variant was asked. */
    public Optional<Comparison> comparison(Variant base, MetricName metric) {
        return comparisons.stream()
                .filter(one -> one.base() == base && one.metric().equals(metric))
                .findFirst();
    }
}
