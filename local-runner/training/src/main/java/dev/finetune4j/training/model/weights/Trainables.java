package dev.finetune4j.training.model.weights;

import dev.finetune4j.training.model.internal.TorchScript;
import dev.finetune4j.training.model.internal.TorchScript.Value;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.Stream;

/**
 * The trainable parameters as one flat vector with its gradient and both Adam moments, all float32, and the copy in the number
 * format of the weights that the matrix products read: the vector itself in fp32.
 */
public final class Trainables {
    private final TorchScript script;
    private final Value values;
    private final Value gradient;
    private final Value firstMoment;
    private final Value secondMoment;
    private final Value computed;
    private final long length;
    private final long decayed;

    /**
     * Zeros.
     *
     * @param script makes the vectors
     * @param length elements
     * @param decayed elements at the front that weight decay holds for
     * @param torchType number format of the copy that is computed with
     */
    public Trainables(TorchScript script, long length, long decayed, int torchType) {
        this.script = script;
        this.length = length;
        this.decayed = decayed;
        this.values = script.call("vector", length, TorchScript.FLOAT32);
        this.gradient = script.call("vector", length, TorchScript.FLOAT32);
        this.firstMoment = script.call("vector", length, TorchScript.FLOAT32);
        this.secondMoment = script.call("vector", length, TorchScript.FLOAT32);
        this.computed = torchType == TorchScript.FLOAT32 ? values : script.call("vector", length, torchType);
    }

    /** Elements. */
    public long length() {
        return length;
    }

    /** The master copy, float32. */
    public Value values() {
        return values;
    }

    /** The gradient, float32. */
    public Value gradient() {
        return gradient;
    }

    /** The copy that matrix products read. */
    public Value computed() {
        return computed;
    }

    /** What a checkpoint holds, in its order: values, first moment, second moment. */
    public List<StateFile.Vector> state() {
        return Stream.of(values, firstMoment, secondMoment)
                .map(vector -> new StateFile.Vector(length, (from, elements) -> memory(vector, from, elements)))
                .toList();
    }

    /** The memory of some values, little-endian float32; valid as long as the script. */
    public ByteBuffer memory(long from, int elements) {
        return memory(values, from, elements);
    }

    private ByteBuffer memory(Value vector, long from, int elements) {
        try (Value piece = script.call("vector_of", vector, from, elements)) {
            return piece.memory(); // of the vector, which stays
        }
    }

    /** Must follow each change of the values. */
    public void valuesChanged() {
        if (computed != values) {
            script.call("copy", values, computed).close();
        }
    }

    /** L2 norm of the gradient. */
    public double gradientNorm() {
        try (Value norm = script.call("gradient_norm", gradient)) {
            return norm.toDouble();
        }
    }

    /** One step of AdamW, as {@link dev.finetune4j.training.model.TrainableModel#step} says it. */
    public void step(int step, double learningRate, double weightDecay, double gradientScale) {
        script.call(
                        "adamw",
                        values,
                        gradient,
                        firstMoment,
                        secondMoment,
                        decayed,
                        step,
                        learningRate,
                        weightDecay,
                        gradientScale)
                .close();
        valuesChanged();
    }
}
