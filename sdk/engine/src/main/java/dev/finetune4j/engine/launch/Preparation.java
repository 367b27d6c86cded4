package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.error.FineTuneException;

/** Makes a job ready: fetches and splits its rows, fetches its model, and looks at every row. */
@FunctionalInterface
public interface Preparation {
    /**
     * Prepares a job. What was prepared before is used again.
     *
     * @throws FineTuneException with every problem of data and model that was found; findings of the check are in the result
     */
    PreparedJob prepare(JobFile file);
}
