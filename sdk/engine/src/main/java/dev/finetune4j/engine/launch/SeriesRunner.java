package dev.finetune4j.engine.launch;

import dev.finetune4j.run.RunOutcome;
import dev.finetune4j.value.RunId;

/** Runs the jobs of a series. */
public interface SeriesRunner {
    /**
     * Runs a job, unless it has been run to success or its training diverged, or its budget stopped it; one that failed or was
     * stopped otherwise goes on from its checkpoint, where its place lets it.
     */
    RunHandle<RunOutcome> launch(PreparedJob job);

    /** Whether a run of a job that has failed goes on from its checkpoint where the job is launched again. */
    boolean goesOn(PreparedJob job, RunId run);
}
