package dev.finetune4j.junit.baseline;

import dev.finetune4j.data.Example;
import dev.finetune4j.evaluation.Interval;
import dev.finetune4j.evaluation.Prediction;
import dev.finetune4j.job.MetricName;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The recorded answers of a tuned model to its held-out rows.
 *
 * @param job the job's name
 * @param metrics each metric with its 95 % interval, the main one first
 * @param cases the answers, in the order of the rows
 */
public record Baseline(String job, Map<MetricName, Interval> metrics, List<BaselineCase> cases) {
    /** Copies the collections in their order. */
    public Baseline {
        metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
        cases = List.copyOf(cases);
    }

    /** The answers that a run gave. */
    public static Baseline of(
            String job, Map<MetricName, Interval> metrics, List<Prediction> answers, List<Example> heldOut) {
        CaseIds ids = new CaseIds(heldOut);
        List<BaselineCase> cases = new ArrayList<>();
        answers.forEach(answer -> cases.add(BaselineCase.of(ids.of(answer.row()), answer)));
        return new Baseline(job, metrics, cases);
    }
}
