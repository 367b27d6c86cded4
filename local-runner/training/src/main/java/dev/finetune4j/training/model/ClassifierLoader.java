package dev.finetune4j.training.model;

import dev.finetune4j.job.Precision;
import dev.finetune4j.job.Recompute;
import dev.finetune4j.model.ModelFiles;
import dev.finetune4j.training.model.LanguageModelLoader.Settings;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Loads an encoder with a classification head for training, or for use with a finished one. */
public interface ClassifierLoader {
    /**
     * The most tokens of texts that are answered side by side: 1,024, or as many as the longest text may have.
     *
     * @param contextTokens of the longest text
     */
    static int answerTokens(int contextTokens) {
        return Math.max(1024, contextTokens);
    }

    /**
     * A loaded model and what was chosen for it.
     *
     * @param model the model, which the caller closes
     * @param precision the number format chosen
     * @param recompute the recompute level chosen
     * @param predictedPeakBytes resident memory of the process foreseen at its peak, of training or of the answers after it
     */
    record Loaded(Classifier model, Precision precision, Recompute recompute, long predictedPeakBytes) {}

    /**
     * Maps the weights and prepares the trainable vector.
     *
     * @param files the base model; a head over the same labels that it has already is gone on from
     * @param adapter a folder with a finished PEFT adapter and head to start from, or null for fresh ones
     * @param labels names of the labels, in the order of the head's outputs, with the rows that are learned of each; a head that is
     *     gone on from may have them in another
     * @param settings how; lengths of passages and texts have no meaning here
     * @throws dev.finetune4j.error.FineTuneException with FT0470 if the model is no encoder that is supported, FT0473 if the adapter does not
     *     fit it, FT0475 if the method does not, FT0601 if it does not fit the memory, FT04xx if files are missing or damaged
     */
    Loaded load(ModelFiles files, @Nullable Path adapter, LabelCounts labels, Settings settings);

    /** Whether the model has a head over these labels already, so that it can tell them apart without any training. */
    boolean hasHead(ModelFiles files, List<String> labels);
}
