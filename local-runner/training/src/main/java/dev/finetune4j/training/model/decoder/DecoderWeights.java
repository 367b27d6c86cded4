package dev.finetune4j.training.model.decoder;

import dev.finetune4j.modelfiles.config.ModelConfig;
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
     * @param names how the file calls them
     * @param config the model
     * @param shape its sizes
     * @param torchType the number format in memory
     */
    static DecoderWeights read(
            TorchScript script,
            TensorReader reader,
            WeightNames names,
            ModelConfig config,
            DecoderShape shape,
            int torchType) {
        Source source = new Source(script, reader, names, config, torchType);
        Value embedding = source.matrix(names.top("embed_tokens"), shape.vocabulary(), shape.width());
        Value head = shape.tied() ? embedding : source.matrix(names.top("lm_head"), shape.vocabulary(), shape.width());
        List<Value> layers = new ArrayList<>();
        for (int layer = 0; layer < shape.layers(); layer++) {
            List<Projection> projections = shape.projections();
            layers.add(source.vector(names.inLayer(layer, "input_layernorm.weight"), shape.width()));
            source.projection(layer, projections.get(0), layers);
            source.projection(layer, projections.get(1), layers);
            layers.add(source.vector(names.inLayer(layer, "post_attention_layernorm.weight"), shape.width()));
            source.projection(layer, projections.get(2), layers);
            source.projection(layer, projections.get(3), layers);
        }
        return new DecoderWeights(embedding, source.vector(names.top("norm"), shape.width()), head, layers);
    }

    /** The weight file seen as native tensors. */
    private record Source(
            TorchScript script, TensorReader reader, WeightNames names, ModelConfig config, int torchType) {
        Value matrix(String name, int rows, int columns) {
            Value target = script.call("empty", rows, columns, torchType);
            reader.copy(name, target, 0, rows, columns);
            return target;
        }

        Value vector(String name, int length) {
            Value target = script.call("vector", length, torchType);
            reader.copy(name, target, 0, length);
            return target;
        }

        /** Weight and bias of modules that are computed as one, the modules' rows below each other. */
        void projection(int layer, Projection projection, List<Value> into) {
            int outputs =
                    projection.modules().stream().mapToInt(Module::outputs).sum();
            Value weight = script.call("empty", outputs, projection.inputs(), torchType);
            boolean biased = projection.modules().stream().allMatch(this::hasBias);
            Value bias = script.call("vector", biased ? outputs : 0, torchType);
            for (Module module : projection.modules()) {
                int first = module.firstOutput();
                reader.copy(
                        names.inLayer(layer, module.path() + ".weight"),
                        weight,
                        first,
                        module.outputs(),
                        projection.inputs());
                if (biased) {
                    reader.copy(names.inLayer(layer, module.path() + ".bias"), bias, first, module.outputs());
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

        private boolean hasBias(Module module) {
            if (module.path().startsWith("mlp.")) {
                return config.feedForwardBias();
            }
            return switch (config.attentionBias()) {
                case NONE -> false;
                case QUERY_KEY_VALUE -> !module.name().equals("o_proj");
                case ALL -> true;
            };
        }

        private static boolean isTurned(Module module) {
            return module.name().equals("q_proj") || module.name().equals("k_proj");
        }
    }
}
