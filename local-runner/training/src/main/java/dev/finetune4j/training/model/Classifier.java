package dev.finetune4j.training.model;

import java.nio.file.Path;
import java.util.List;

/**
 * An encoder with a classification head. Of a micro-batch, the target of each sequence's first token is the number of its label; other
 * tokens have none.
 */
public interface Classifier extends TrainableModel {
    /**
     * How likely each label is for texts, given as their tokens; those of a call are computed side by side.
     *
     * @param texts tokens of each, special tokens included; not longer together than the model was loaded for, unless one alone is given
     * @return for each text log p of each label, in the order of the labels, in nats
     */
    List<double[]> labelScores(List<int[]> texts);

    /**
     * Writes encoder and head as a model of its own into a folder, in Hugging Face layout and float32, adapters added to the weights.
     */
    void writeWhole(Path folder);
}
