package dev.finetune4j.engine.sweep;

import dev.finetune4j.engine.data.PreparedData;
import dev.finetune4j.engine.launch.RunHandle;
import dev.finetune4j.engine.launch.SeriesRunner;
import dev.finetune4j.evaluation.EvaluationReport;
import dev.finetune4j.value.RunId;
import java.time.Duration;
import java.util.Optional;

/** Runs trials and scores their models. */
public interface TrialRunner extends SeriesRunner {
    /** Lets base and tuned model of a run answer the test rows of {@code rows}; asking again finds the answers. */
    RunHandle<EvaluationReport> test(RunId run, PreparedData rows);

    /** What an ended run took at its place. */
    Duration took(RunId run);

    /** The lowest validation loss of an ended run, if its place tells. */
    Optional<Double> validationLoss(RunId run);
}
