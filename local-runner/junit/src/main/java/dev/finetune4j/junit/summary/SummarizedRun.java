package dev.finetune4j.junit.summary;

import dev.finetune4j.evaluation.EvaluationReport;
import dev.finetune4j.value.RunId;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a summary tells of a run.
 *
 * @param id the run
 * @param job the job's name
 * @param origin how the run came about, in words
 * @param isEarlier whether it was trained in an earlier execution of tests, which took no time in this one
 * @param took from its creation to its end
 * @param evaluation the comparison of its models, or null where it holds out no rows
 */
public record SummarizedRun(
        RunId id,
        String job,
        String origin,
        boolean isEarlier,
        Duration took,
        @Nullable EvaluationReport evaluation) {}
