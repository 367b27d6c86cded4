package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.estimate.Architecture;
import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.error.FineTuneException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes a job ready: fetches and splits its rows, fetches its model, and looks at every row. */
public interface Preparation {
    /**
     * Prepares a job. What was prepared before is used again.
     *
     * @throws FineTuneException with every problem of data and model that was found; findings of the check are in the result
     */
    PreparedJob prepare(JobFile file);

    /** Whether the job's model is on this machine, so that to prepare the job fetches none. */
    boolean hasModel(JobFile file);

    /**
     * The figures of a job that a plan is made from. The model is not fetched for them.
     *
     * @param said sizes of the model, which count where nothing better is known; null for none
     * @throws FineTuneException with every problem of the data, FT0480 or FT0494 if there is no such model, FT0481 if its sizes are
     *     not known
     */
    JobFigures figures(JobFile file, @Nullable Architecture said);

    /**
     * The figures of a job that was prepared; nothing is looked at again.
     *
     * @throws FineTuneException with FT0480 if there is no such model, FT0481 if its sizes are not known
     */
    JobFigures figures(PreparedJob prepared);

    /**
     * The digest of the files of a model that was prepared before, as they are now.
     *
     * @param model folder or file of it
     * @return empty where that cannot be told
     * @throws FineTuneException with FT0493 or FT0494 if files of it are gone, FT0496 if they cannot be read
     */
    default Optional<String> digest(Path model) {
        return Optional.empty();
    }
}
