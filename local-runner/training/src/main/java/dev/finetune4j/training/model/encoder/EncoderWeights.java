package dev.finetune4j.training.model.encoder;

import dev.finetune4j.modelfiles.decoder.ExpectedTensor;
import dev.finetune4j.modelfiles.encoder.EncoderTensors;
import dev.finetune4j.modelfiles.encoder.LayerTensors;
import dev.finetune4j.modelfiles.encoder.LinearTensors;
import dev.finetune4j.modelfiles.encoder.NormTensors;
import dev.finetune4j.training.model.internal.TorchScript;
import dev.finetune4j.training.model.internal.TorchScript.Value;
import dev.finetune4j.training.model.weights.FlatLayout;
import dev.finetune4j.training.model.weights.Trainables;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The weights of an encoder on the native side and what they learn, in the order that {@code entry.ts.py} names: those that are trained
 * are views of the flat vectors, the others tensors of their own, with [0] for a gradient.
 */
final class EncoderWeights {
    private final TorchScript script;
    private final FlatLayout layout;
    private final Trainables trainables;
    private final int torchType;
    private final WeightSource source;
    private final List<Value> outer = new ArrayList<>();
    private final List<Value> outerGradients = new ArrayList<>();
    private final List<Value> layers = new ArrayList<>();
    private final List<Value> layerGradients = new ArrayList<>();

    private EncoderWeights(
            TorchScript script, FlatLayout layout, Trainables trainables, int torchType, WeightSource source) {
        this.script = script;
        this.layout = layout;
        this.trainables = trainables;
        this.torchType = torchType;
        this.source = source;
    }

    /**
     * Reads all weights.
     *
     * @param script makes the tensors
     * @param shape the model
     * @param layout where what is trained lies
     * @param trainables the flat vectors
     * @param torchType number format of matrices and their biases; norms and head are float32
     * @param source where the numbers come from
     */
    static EncoderWeights read(
            TorchScript script,
            EncoderShape shape,
            FlatLayout layout,
            Trainables trainables,
            int torchType,
            WeightSource source) {
        EncoderWeights weights = new EncoderWeights(script, layout, trainables, torchType, source);
        weights.readOuter(shape);
        for (int layer = 0; layer < shape.config().layers(); layer++) {
            weights.readLayer(shape.tensors().layer(layer));
        }
        trainables.valuesChanged();
        return weights;
    }

    /** Embeddings, their norm, head. */
    List<Value> outer() {
        return outer;
    }

    List<Value> outerGradients() {
        return outerGradients;
    }

    List<Value> layers() {
        return layers;
    }

    List<Value> layerGradients() {
        return layerGradients;
    }

    private void readOuter(EncoderShape shape) {
        EncoderTensors tensors = shape.tensors();
        add(List.of(tensors.words()), torchType, outer, outerGradients);
        add(List.of(tensors.positions()), torchType, outer, outerGradients);
        add(tensors.types().stream().toList(), torchType, outer, outerGradients);
        addNorm(tensors.norm(), outer, outerGradients);
        addLinear(tensors.headDense(), TorchScript.FLOAT32, outer, outerGradients);
        addLinear(tensors.classifier(shape.labels().size()), TorchScript.FLOAT32, outer, outerGradients);
    }

    private void readLayer(LayerTensors layer) {
        addLinear(layer.queryKeyValue(), torchType, layers, layerGradients);
        addLinear(layer.out(), torchType, layers, layerGradients);
        addNorm(layer.outNorm(), layers, layerGradients);
        addLinear(layer.inner(), torchType, layers, layerGradients);
        addLinear(layer.outer(), torchType, layers, layerGradients);
        addNorm(layer.outerNorm(), layers, layerGradients);
    }

    private void addLinear(LinearTensors linear, int type, List<Value> weights, List<Value> gradients) {
        add(linear.weights(), type, weights, gradients);
        add(linear.biases(), type, weights, gradients);
    }

    private void addNorm(NormTensors norm, List<Value> weights, List<Value> gradients) {
        add(List.of(norm.weight()), TorchScript.FLOAT32, weights, gradients);
        add(List.of(norm.bias()), TorchScript.FLOAT32, weights, gradients);
    }

    /** One tensor of parts below each other. */
    private void add(List<ExpectedTensor> parts, int type, List<Value> weights, List<Value> gradients) {
        long rows = parts.stream().mapToLong(part -> part.shape().get(0)).sum();
        long columns = parts.isEmpty() || parts.get(0).shape().size() == 1
                ? 0
                : parts.get(0).shape().get(1);
        Optional<FlatLayout.Slice> slice =
                parts.isEmpty() ? Optional.empty() : layout.find(parts.get(0).name());
        if (slice.isPresent()) {
            long offset = slice.get().offset();
            Value values = view(trainables.values(), offset, rows, columns);
            source.read(parts, values);
            weights.add(type == TorchScript.FLOAT32 ? values : view(trainables.computed(), offset, rows, columns));
            gradients.add(view(trainables.gradient(), offset, rows, columns));
        } else {
            Value own = columns == 0 ? script.call("vector", rows, type) : script.call("empty", rows, columns, type);
            source.read(parts, own);
            weights.add(own);
            gradients.add(script.call("vector", 0, TorchScript.FLOAT32));
        }
    }

    private Value view(Value flat, long offset, long rows, long columns) {
        return columns == 0
                ? script.call("vector_of", flat, offset, rows)
                : script.call("matrix_of", flat, offset, rows, columns);
    }
}
