package dev.finetune4j.training.model.decoder;

import dev.finetune4j.training.model.internal.TorchScript;
import dev.finetune4j.training.model.internal.TorchScript.Value;
import java.util.List;

/**
 * The trainable parameters as one flat vector with its gradient and both Adam moments, all float32, and the copy in the number
 * format of the weights that the matrix products read: the vector itself in fp32.
 */
final class Trainables {
    private final TorchScript script;
    private final Value values;
    private final Value gradient;
    private final Value firstMoment;
    private final Value secondMoment;
    private final Value computed;

    Trainables(TorchScript script, long length, int torchType) {
        this.script = script;
        this.values = script.call("vector", length, TorchScript.FLOAT32);
        this.gradient = script.call("vector", length, TorchScript.FLOAT32);
        this.firstMoment = script.call("vector", length, TorchScript.FLOAT32);
        this.secondMoment = script.call("vector", length, TorchScript.FLOAT32);
        this.computed = torchType == TorchScript.FLOAT32 ? values : script.call("vector", length, torchType);
    }

    /** The master copy, float32. */
    Value values() {
        return values;
    }

    /** The gradient, float32. */
    Value gradient() {
        return gradient;
    }

    /** The copy that matrix products read. */
    Value computed() {
        return computed;
    }

    /** What a checkpoint holds, in its order: values, first moment, second moment. */
    List<Value> state() {
        return List.of(values, firstMoment, secondMoment);
    }

    /** Must follow each change of the values. */
    void valuesChanged() {
        if (computed != values) {
            script.call("copy", values, computed).close();
        }
    }

    double gradientNorm() {
        try (Value norm = script.call("gradient_norm", gradient)) {
            return norm.toDouble();
        }
    }

    void step(int step, double learningRate, double weightDecay, double gradientScale) {
        script.call(
                        "adamw",
                        values,
                        gradient,
                        firstMoment,
                        secondMoment,
                        step,
                        learningRate,
                        weightDecay,
                        gradientScale)
                .close();
        valuesChanged();
    }
}
