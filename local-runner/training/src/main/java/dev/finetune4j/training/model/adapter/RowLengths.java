package dev.finetune4j.training.model.adapter;

import dev.finetune4j.training.model.internal.TorchScript;
import dev.finetune4j.training.model.internal.TorchScript.Value;
import dev.finetune4j.training.model.weights.Trainables;
import java.util.List;

/** The lengths of adapted rows on the native side, trained apart from their directions (DoRA). */
public final class RowLengths {
    private RowLengths() {}

    /**
     * Lets linear layers train the lengths of their adapted rows. They are read and learned in float32, whatever the products are
     * computed in: a step changes little of them.
     *
     * @param script has made the layers
     * @param linears the linear layers, in the order of the layout's projections
     * @param layout where the lengths lie
     * @param trainables the flat vectors
     * @param isFresh whether the lengths are those of the weights as they are, and not read yet
     */
    public static void train(
            TorchScript script, Value linears, LoraLayout layout, Trainables trainables, boolean isFresh) {
        List<LoraLayout.AdaptedProjection> projections = layout.projections();
        long at = layout.length() - layout.magnitudes();
        for (int i = 0; i < projections.size(); i++) {
            int outputs = projections.get(i).outputs();
            if (outputs > 0) {
                Value lengths = script.call("vector_of", trainables.values(), at, outputs);
                Value gradient = script.call("vector_of", trainables.gradient(), at, outputs);
                script.call("train_lengths", linears, i, lengths, gradient).close();
                at += outputs;
            }
        }
        script.call("measure", linears, isFresh ? 1 : 0).close();
    }

    /** Must follow each change of factors and lengths. */
    public static void valuesChanged(TorchScript script, Value linears) {
        script.call("measure", linears, 0).close();
    }
}
