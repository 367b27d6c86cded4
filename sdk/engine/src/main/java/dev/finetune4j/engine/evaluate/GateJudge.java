package dev.finetune4j.engine.evaluate;

import dev.finetune4j.error.Problem;
import dev.finetune4j.evaluation.Comparison;
import dev.finetune4j.evaluation.EvaluationReport;
import dev.finetune4j.evaluation.GateClause;
import dev.finetune4j.evaluation.GateVerdict;
import dev.finetune4j.evaluation.Interval;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.evaluation.VariantEvaluation;
import dev.finetune4j.job.Gate;
import dev.finetune4j.job.MetricName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Judges whether the tuned model is good enough. */
public final class GateJudge {
    private GateJudge() {}

    /** The verdict: {@code at-least} first, then one clause a base variant. */
    static GateVerdict judge(
            Gate gate, MetricName mainMetric, List<VariantEvaluation> variants, List<Comparison> comparisons) {
        MetricName metric = gate.metric() == null ? mainMetric : gate.metric();
        Interval tuned = interval(Variant.TUNED, metric, variants);
        List<GateClause> clauses = new ArrayList<>();
        Double atLeast = gate.atLeast();
        if (atLeast != null) {
            clauses.add(GateClause.AtLeast.judge(metric, atLeast, tuned));
        }
        if (gate.betterThanBase()) {
            comparisons.stream()
                    .filter(comparison -> comparison.metric().equals(metric))
                    .map(comparison -> GateClause.BetterThanBase.judge(
                            comparison, tuned, interval(comparison.base(), metric, variants)))
                    .forEach(clauses::add);
        }
        return GateVerdict.of(clauses);
    }

    /** The failed gate as the problem that ends the run (FT0710, exit code 9); empty if it was passed. */
    public static Optional<Problem> problem(EvaluationReport report) {
        if (report.gate().passed()) {
            return Optional.empty();
        }
        Problem.Builder problem = EvaluationProblems.GATE_FAILED.error("the tuned model did not pass its gate");
        report.gate().clauses().stream()
                .filter(clause -> !clause.passed())
                .map(GateJudge::reason)
                .forEach(problem::because);
        return Optional.of(problem.build());
    }

    /** A clause with its numbers, in one line, such as {@code accuracy 0.61 [0.55, 0.67] is below 0.70}. */
    public static String reason(GateClause clause) {
        MetricName metric = clause.metric();
        if (clause instanceof GateClause.AtLeast atLeast) {
            String relation = atLeast.passed() ? "reaches" : metric.isLowerBetter() ? "is above" : "is below";
            return "%s %s %s %s"
                    .formatted(
                            MetricFigures.name(metric),
                            MetricFigures.full(metric, atLeast.tuned()),
                            relation,
                            threshold(atLeast));
        }
        GateClause.BetterThanBase better = (GateClause.BetterThanBase) clause;
        Interval difference = better.difference();
        return "%s %s %s %s %s, difference %s %s"
                .formatted(
                        MetricFigures.name(metric),
                        MetricFigures.full(metric, better.tuned()),
                        better.passed() ? "beats" : "does not clearly beat",
                        shortName(better.base()),
                        MetricFigures.full(metric, better.baseline()),
                        MetricFigures.difference(metric, difference.value()),
                        MetricFigures.differenceRange(metric, difference));
    }

    /** The name of a variant within a sentence. */
    public static String shortName(Variant variant) {
        return switch (variant) {
            case BASE_PRIOR -> "label shares";
            case BASE_ZERO_SHOT -> "zero-shot";
            case BASE_FEW_SHOT -> "few-shot";
            case TUNED -> "tuned";
        };
    }

    /** The threshold as the job says it: rounded, 0.695 would seem to be reached by a value that is below it. */
    private static String threshold(GateClause.AtLeast clause) {
        String exact = Double.toString(clause.threshold());
        String rounded = MetricFigures.value(clause.metric(), clause.threshold());
        return Double.parseDouble(rounded.replace(",", "")) == clause.threshold() ? rounded : exact;
    }

    private static Interval interval(Variant wanted, MetricName metric, List<VariantEvaluation> variants) {
        return variants.stream()
                .filter(variant -> variant.variant() == wanted)
                .findFirst()
                .orElseThrow()
                .metric(metric);
    }
}
