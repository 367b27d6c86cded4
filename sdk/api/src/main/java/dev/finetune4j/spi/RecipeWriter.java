package dev.finetune4j.spi;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.plan.TrainerSettings;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Compiles a job into a recipe for a training engine that is not the project's own core: every row in tokens, which tokens are learned, the
 * order of the rows over all steps, the learning rate of each, and what is asked afterwards. Such an engine only executes what was
 * decided here, so that it trains what the core would. Found with ServiceLoader.
 */
public interface RecipeWriter {
    /** The engine that the recipe is for, as {@link WorkerPackage} names it, such as {@code peft}. */
    String engine();

    /**
     * What the engine does not do whatever the rows and the other settings: all that {@link #write} refuses a training for which is known
     * before its files are read. Quick, and asks nobody.
     *
     * @param method how weights are tuned
     * @param speaks whether the model answers in text; an encoder tells labels apart
     * @param isGguf whether the model is a GGUF file
     * @return FT0674 for each, at the key of the job that is to blame; empty where the engine trains so
     */
    List<Problem> refusals(TuningMethod method, boolean speaks, boolean isGguf);

    /**
     * Writes the recipe of a job into a folder, which becomes the channel {@link dev.finetune4j.run.WorkOrder#RECIPE_CHANNEL} of the job.
     * Holds one row at a time, and for each training row a few bytes.
     *
     * @param submission the job, with its model and data on this machine
     * @param setup how it is set up on the GPUs of its machine, as far as the job does not say itself; null to leave that to the engine. What is
     *     learned, and which checkpoints it goes on from, does not depend on it
     * @param target the folder, made if need be; what an earlier call left there is replaced
     * @throws FineTuneException with FT0674 for everything of the job that the engine does not do, with FT0651 if model or data are missing,
     *     with what the text side and the rows report
     */
    void write(Submission submission, @Nullable TrainerSettings setup, Path target);

    /**
     * The model of a job as the engine reads it: as it is, or in another form of the same numbers, which is made once. Of all threads and
     * processes that share a cache, one calls at a time; what stands in the cache may be read meanwhile and stays.
     *
     * @param submission the job, with its model on this machine
     * @param cache folder of such forms, made if need be
     * @return the folder or file that becomes the channel {@link dev.finetune4j.run.WorkOrder#MODEL_CHANNEL} of the job
     * @throws FineTuneException with FT0651 if the model is missing, with what is wrong with its files, or if the disk refuses
     */
    Path model(Submission submission, Path cache);
}
