package dev.finetune4j.training.predict;

import dev.finetune4j.training.model.LabelCounts;
import java.util.Arrays;
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

    /**
     * The same scores in another order of the labels.
     *
     * @param names the labels as they are
     * @param others the same labels as they shall be
     */
    default LabelScorer inOrder(List<String> names, List<String> others) {
        int[] from = others.stream().mapToInt(names::indexOf).toArray();
        return texts -> labelScores(texts).stream()
                .map(scores -> Arrays.stream(from).mapToDouble(i -> scores[i]).toArray())
                .toList();
    }

    /** Knows how often each label is, and reads no text: what a head must beat. */
    static LabelScorer ofPrior(LabelCounts labels) {
        return texts -> Collections.nCopies(texts.size(), labels.priorScores());
    }
}
