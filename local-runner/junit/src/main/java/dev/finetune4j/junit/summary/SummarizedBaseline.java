package dev.finetune4j.junit.summary;

import dev.finetune4j.evaluation.Interval;
import dev.finetune4j.job.MetricName;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A baseline that a run was compared with, as a summary tells of it.
 *
 * @param now the tuned model's metrics on the rows that both answered
 * @param then the baseline's on the same rows
 * @param part which part of the rows that is, in words, or null where both have the same rows
 */
public record SummarizedBaseline(
        Map<MetricName, Interval> now,
        Map<MetricName, Interval> then,
        @Nullable String part) {}
