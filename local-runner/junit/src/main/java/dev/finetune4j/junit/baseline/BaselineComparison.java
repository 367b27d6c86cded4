package dev.finetune4j.junit.baseline;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.engine.evaluate.Evaluator;
import dev.finetune4j.engine.evaluate.RowScore;
import dev.finetune4j.evaluation.Comparison;
import dev.finetune4j.evaluation.EvaluationReport;
import dev.finetune4j.evaluation.Prediction;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.evaluation.VariantEvaluation;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.Gate;
import dev.finetune4j.job.MetricName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A tuned model beside its baseline, on the held-out rows that both answered: the same paired bootstrap and the same tests as between
 * tuned and base model, with the baseline in the base model's place.
 *
 * @param evaluation of the rows that both answered: the tuned model of today, and the baseline as the base model
 * @param worse rows that are answered worse now
 * @param better rows that are answered better now
 * @param onlyHere held-out rows that the baseline does not have
 * @param onlyThere rows of the baseline that are not held out any more
 */
public record BaselineComparison(
        EvaluationReport evaluation, List<ChangedCase> worse, List<ChangedCase> better, long onlyHere, long onlyThere) {
    /** Copies the lists. */
    public BaselineComparison {
        worse = List.copyOf(worse);
        better = List.copyOf(better);
    }

    /**
     * Compares; empty where no row is common to both.
     *
     * @param answers the tuned model's answers of today
     * @param heldOut the rows that they answer
     * @param labels the closed list of answers; empty without labels
     */
    public static Optional<BaselineComparison> of(
            Baseline baseline, List<Prediction> answers, List<Example> heldOut, FineTuneJob job, List<String> labels) {
        Map<String, BaselineCase> recorded = new HashMap<>();
        baseline.cases().forEach(one -> recorded.put(one.id(), one));
        CaseIds ids = new CaseIds(heldOut);
        List<Prediction> then = new ArrayList<>();
        List<Prediction> now = new ArrayList<>();
        for (Prediction answer : answers) {
            BaselineCase before = recorded.get(ids.of(answer.row()));
            if (before != null) {
                then.add(before.at(answer.row()));
                now.add(answer);
            }
        }
        if (now.isEmpty()) {
            return Optional.empty();
        }
        Evaluator evaluator =
                new Evaluator(job.task().withLabels(labels), job.evaluation().withGate(new Gate(null, null, false)));
        EvaluationReport evaluation = evaluator.evaluate(Map.of(Variant.BASE_ZERO_SHOT, then, Variant.TUNED, now));
        return Optional.of(rowByRow(
                job, evaluation, then, now, heldOut, answers.size() - now.size(), recorded.size() - now.size()));
    }

    /**
     * Where a baseline contradicts the rows that it names, which only a change of the file by hand can make: its rows are named by what
     * stands in them, the right answer too.
     *
     * @return the line and what is wrong with it; empty where nothing is
     */
    public static Optional<String> contradiction(Baseline baseline, List<Prediction> answers, List<Example> heldOut) {
        CaseIds ids = new CaseIds(heldOut);
        Map<String, Prediction> today = new HashMap<>();
        answers.forEach(answer -> today.put(ids.of(answer.row()), answer));
        for (int i = 0; i < baseline.cases().size(); i++) {
            BaselineCase before = baseline.cases().get(i);
            Prediction now = today.get(before.id());
            String line = "line " + (BaselineFile.FIRST_CASE + i);
            if (now != null && !now.reference().equals(before.reference())) {
                return Optional.of(line + " says that another answer to " + now.row() + " is right than the row says");
            }
            if (now != null && now.answer() != null && before.answer() == null) {
                return Optional.of(line + " has no answer to " + now.row());
            }
        }
        return Optional.empty();
    }

    private static BaselineComparison rowByRow(
            FineTuneJob job,
            EvaluationReport evaluation,
            List<Prediction> then,
            List<Prediction> now,
            List<Example> heldOut,
            long onlyHere,
            long onlyThere) {
        Map<RowRef, Example> examples = new HashMap<>();
        heldOut.forEach(example -> examples.put(example.row(), example));
        MetricName metric = RowScore.metric(job.task().kind());
        List<ChangedCase> worse = new ArrayList<>();
        List<ChangedCase> better = new ArrayList<>();
        for (int i = 0; i < now.size(); i++) {
            double before = RowScore.of(metric, then.get(i));
            double after = RowScore.of(metric, now.get(i));
            Example example = examples.get(now.get(i).row());
            if (example == null || !RowNoise.isExceeded(metric, before, after)) {
                continue;
            }
            boolean isWorse = metric.isLowerBetter() == after > before;
            (isWorse ? worse : better).add(new ChangedCase(example, then.get(i), now.get(i), metric, before, after));
        }
        return new BaselineComparison(evaluation, worse, better, onlyHere, onlyThere);
    }

    /** Now minus then, by each metric, the main one first. */
    public List<Comparison> comparisons() {
        return evaluation.comparisons();
    }

    /** How the tuned model of today does on the rows that both answered. */
    public VariantEvaluation now() {
        return evaluation.variant(Variant.TUNED).orElseThrow();
    }

    /** How the baseline did on the same rows. */
    public VariantEvaluation then() {
        return evaluation.base().orElseThrow();
    }

    /** Rows that are answered alike, within the noise of {@link RowNoise}. */
    public long unchanged() {
        return evaluation.rows() - worse.size() - better.size();
    }

    /** Whether at least half of the held-out rows are in the baseline, and half of the baseline's rows are held out. */
    public boolean coversHalf() {
        return evaluation.rows() >= onlyHere && evaluation.rows() >= onlyThere;
    }

    /** Which part of the rows is compared, in words; empty where the baseline has just the held-out rows. */
    public Optional<String> part() {
        if (onlyHere == 0 && onlyThere == 0) {
            return Optional.empty();
        }
        String here = "on " + evaluation.rows() + " of " + (evaluation.rows() + onlyHere) + " held-out rows";
        if (onlyThere == 0) {
            return Optional.of(here);
        }
        String verb = onlyThere == 1 ? "is" : "are";
        return Optional.of(here + ", " + onlyThere + " of the baseline's rows " + verb + " no longer held out");
    }

    /** By how much a metric is worse now, in its own unit; negative where it is better. */
    public double drop(MetricName metric) {
        double difference = comparisons().stream()
                .filter(one -> one.metric().equals(metric))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("metric must be one of the task, was " + metric))
                .difference()
                .value();
        return metric.isLowerBetter() ? difference : -difference;
    }
}
