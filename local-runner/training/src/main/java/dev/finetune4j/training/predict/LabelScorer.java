package dev.finetune4j.training.predict;

import dev.finetune4j.training.model.LabelCounts;
import java.util.Collections;
import java.util.List;

/** Tells how likely each label is for texts: an encoder with a head, or what is known without one. */
@FunctionalInterface
public interface LabelScorer {
    /**
     * log p of each label, in nats.
     *
     * @param texts tokens of each text
     * @return for each text one number a label, in the order of the labels
     */
    List<double[]> labelScores(List<int[]> texts);

    /** Knows how often each label is, and reads no text: what a head must beat. */
    static LabelScorer ofPrior(LabelCounts labels) {
        return texts -> Collections.nCopies(texts.size(), labels.priorScores());
    }
}
