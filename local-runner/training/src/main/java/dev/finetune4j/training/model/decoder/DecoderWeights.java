package dev.finetune4j.training.model.decoder;

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
 * @param layers for each layer ten tensors, in the order that {@code decoder.ts.py} names
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
        List<Value> layers = new ArrayList<>();
        for (int layer = 0; layer < shape.layers(); layer++) {
            List<Projection> projections = shape.projections();
            layers.add(source.whole(source.needed(layer, "input_layernorm.weight")));
            source.projection(layer, projections.get(0), layers);
            source.projection(layer, projections.get(1), layers);
            layers.add(source.whole(source.needed(layer, "post_attention_layernorm.weight")));
            source.projection(layer, projections.get(2), layers);
            source.projection(layer, projections.get(3), layers);
        }
        return new DecoderWeights(embedding, source.whole(tensors.norm()), head, layers);
    }

    /** The weight file seen as native tensors. */
    private record Source(
            TorchScript script, TensorReader reader, DecoderTensors tensors, ModelConfig config, int torchType) {
        /** A stored tensor in a native one of its own. */
        Value whole(ExpectedTensor tensor) {
            List<Long> shape = tensor.shape();
            Value target = shape.size() == 1
                    ? script.call("vector", shape.get(0), torchType)
                    : script.call("empty", shape.get(0), shape.get(1), torchType);
            reader.copy(tensor, target, 0);
            return target;
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
