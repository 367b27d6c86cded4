package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.report.ForeseenAndActual;
import dev.finetune4j.value.RunId;
import java.time.Instant;

/**
 * An estimate that a run has put to the test.
 *
 * @param run the run
 * @param at when it ended
 * @param figures what was foreseen, and what it took
 */
public record PastEstimate(RunId run, Instant at, ForeseenAndActual figures) {}
