package dev.finetune4j.training.model.decoder;

import dev.finetune4j.modelfiles.config.DecoderTraits;
import dev.finetune4j.modelfiles.config.ModelConfig;
import dev.finetune4j.modelfiles.decoder.DecoderTensors;
import dev.finetune4j.modelfiles.decoder.ExpectedTensor;
import dev.finetune4j.training.model.adapter.LoraLayout.Module;
import dev.finetune4j.training.model.adapter.LoraLayout.Projection;
import dev.finetune4j.training.model.internal.TorchScript;
import dev.finetune4j.training.model.internal.TorchScript.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * The frozen weights on the native side.
 *
 * @param embedding [V, C]
 * @param norm [1, C]
 * @param head [V, C], the embedding where tied
 * @param layers for each layer fourteen tensors, in the order that {@code decoder.ts.py} names
 */
record DecoderWeights(Value embedding, Value norm, Value head, List<Value> layers) {
    /**
     * Reads all weights.
     *
     * @param script makes the tensors
     * @param reader the weight file
     * @param tensors what the file calls them, and their shapes
     * @param config the model
     * @param shape its sizes
     * @param torchType the number format in memory
     */
    static DecoderWeights read(
            TorchScript script,
            TensorReader reader,
            DecoderTensors tensors,
            ModelConfig config,
            DecoderShape shape,
            int torchType) {
        Source source = new Source(script, reader, tensors, config, torchType);
        Value embedding = source.whole(tensors.embedding());
        Value head = tensors.head().map(source::whole).orElse(embedding);
        DecoderTraits traits = config.traits();
        List<Value> layers = new ArrayList<>();
        for (int layer = 0; layer < shape.layers(); layer++) {
            List<Projection> projections = shape.projections();
            layers.add(source.norm(layer, DecoderTensors.ATTENTION_NORM));
            source.projection(layer, projections.get(0), layers);
            layers.add(source.norm(layer, DecoderTensors.QUERY_NORM, traits.headNorms()));
            layers.add(source.norm(layer, DecoderTensors.KEY_NORM, traits.headNorms()));
            source.projection(layer, projections.get(1), layers);
            layers.add(source.norm(layer, DecoderTensors.ATTENTION_END_NORM, traits.branchNorms()));
            layers.add(source.norm(layer, tensors.feedForwardNorm()));
            source.projection(layer, projections.get(2), layers);
            source.projection(layer, projections.get(3), layers);
            layers.add(source.norm(layer, DecoderTensors.FEED_FORWARD_END_NORM, traits.branchNorms()));
        }
        return new DecoderWeights(embedding, source.norm(tensors.norm()), head, layers);
    }

    /** The weight file seen as native tensors. */
    private record Source(
            TorchScript script, TensorReader reader, DecoderTensors tensors, ModelConfig config, int torchType) {
        /** A stored matrix in a native one of its own. */
        Value whole(ExpectedTensor tensor) {
            List<Long> shape = tensor.shape();
            Value target = script.call("empty", shape.get(0), shape.get(1), torchType);
            reader.copy(tensor, target, 0);
            return target;
        }

        /** The weights of a norm; stored less 1, they are kept in float32, for 1 + w would lose what bfloat16 holds of a small w. */
        Value norm(ExpectedTensor tensor) {
            boolean isShifted = config.traits().shiftedNorms();
            Value target = script.call("vector", tensor.shape().get(0), isShifted ? TorchScript.FLOAT32 : torchType);
            reader.copy(tensor, target, 0);
            if (isShifted) {
                script.call("shift", target, 1.0).close();
            }
            return target;
        }

        Value norm(int layer, String path) {
            return norm(needed(layer, path));
        }

        /** The weights of a norm that not every model has: [0] where this one has not. */
        Value norm(int layer, String path, boolean isThere) {
            return isThere ? norm(layer, path) : script.call("vector", 0, torchType);
        }

        ExpectedTensor needed(int layer, String path) {
            return tensors.inLayer(layer, path).orElseThrow();
        }

        /** Weight and bias of modules that are computed as one, the modules' rows below each other. */
        void projection(int layer, Projection projection, List<Value> into) {
            int outputs =
                    projection.modules().stream().mapToInt(Module::outputs).sum();
            Value weight = script.call("empty", outputs, projection.inputs(), torchType);
            boolean biased = projection.modules().stream()
                    .allMatch(module ->
                            tensors.inLayer(layer, module.path() + ".bias").isPresent());
            Value bias = script.call("vector", biased ? outputs : 0, torchType);
            for (Module module : projection.modules()) {
                int first = module.firstOutput();
                reader.copy(needed(layer, module.path() + ".weight"), weight, first);
                if (biased) {
                    reader.copy(needed(layer, module.path() + ".bias"), bias, first);
                }
                if (config.interleavedRotary() && isTurned(module)) {
                    deinterleave(weight, module);
                    if (biased) {
                        deinterleave(bias, module);
                    }
                }
            }
            into.add(weight);
            into.add(bias);
        }

        private void deinterleave(Value target, Module module) {
            int heads = module.outputs() / config.headSize();
            script.call("deinterleave", target, module.firstOutput(), module.firstOutput() + module.outputs(), heads)
                    .close();
        }

        private static boolean isTurned(Module module) {
            return module.name().equals("q_proj") || module.name().equals("k_proj");
        }
    }
}
