package dev.finetune4j.training.model;

import dev.finetune4j.job.Precision;
import dev.finetune4j.job.Recompute;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.model.ModelFiles;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Loads a model for training, or for use with a finished adapter. */
public interface LanguageModelLoader {
    /**
     * How a model is loaded.
     *
     * @param method how weights are tuned; decides the trainable vector
     * @param precision {@link Precision#AUTO} is resolved by the loader
     * @param recompute {@link Recompute#AUTO} is resolved from {@code memoryBytes}
     * @param threads compute threads, 1 or more
     * @param seed of the adapter's start
     * @param maxBatchTokens the largest N of a micro-batch; sizes the workspace
     * @param memoryBytes memory that may be used
     */
    record Settings(
            TuningMethod method,
            Precision precision,
            Recompute recompute,
            int threads,
            long seed,
            int maxBatchTokens,
            long memoryBytes) {}

    /**
     * A loaded model and what was chosen for it.
     *
     * @param model the model, which the caller closes
     * @param precision the number format chosen
     * @param recompute the recompute level chosen
     * @param predictedPeakBytes resident memory foreseen at the peak of training
     */
    record Loaded(LanguageModel model, Precision precision, Recompute recompute, long predictedPeakBytes) {}

    /**
     * Maps the weights and prepares the trainable vector.
     *
     * @param files the base model
     * @param adapter a folder with a finished PEFT adapter to start from, or null for a fresh one
     * @param settings how
     * @throws dev.finetune4j.error.FineTuneException if the files are damaged, of an architecture that is not supported, or too
     *     large for the memory
     */
    Loaded load(ModelFiles files, @Nullable Path adapter, Settings settings);
}
