package dev.finetune4j.training.model.decoder;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.Activation;
import ai.djl.nn.core.Embedding;
import ai.djl.nn.core.Linear;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.GradientCollector;
import dev.finetune4j.modelfiles.config.ModelConfig;
import dev.finetune4j.modelfiles.config.ModelFolder;
import dev.finetune4j.modelfiles.weights.SafetensorsFile;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * The same decoder written a second time, slowly: public array operations, one sequence at a time, the whole score matrix and all
 * logits, differentiated by libtorch. It shares no code with the product beyond the readers of files.
 */
final class ReferenceDecoder implements AutoCloseable {
    private final NDManager manager = NDManager.newBaseManager("PyTorch");
    private final ModelConfig config;
    private final Map<String, NDArray> weights;
    private final Map<String, NDArray> factors;
    private final float scale;

    ReferenceDecoder(Path model, Path adapter, float scale) {
        this.config = ModelFolder.open(model).config();
        this.weights = read(model.resolve("model.safetensors"));
        this.factors = read(adapter.resolve("adapter_model.safetensors"));
        this.scale = scale;
    }

    private Map<String, NDArray> read(Path file) {
        Map<String, NDArray> arrays = new TreeMap<>();
        try (SafetensorsFile stored = SafetensorsFile.open(file)) {
            stored.tensors().forEach((name, entry) -> {
                long[] shape = entry.shape().stream().mapToLong(Long::longValue).toArray();
                arrays.put(name, manager.create(StoredFloats.of(stored, name), new Shape(shape)));
            });
        }
        return arrays;
    }

    /**
     * What {@link #gradient} gives.
     *
     * @param loss mean over all tokens
     * @param byFactor gradient of each factor by its name
     */
    record Gradient(double loss, Map<String, float[]> byFactor) {}

    /** Mean loss over all tokens of the sequences, and its gradient. */
    Gradient gradient(int[]... sequences) {
        JniUtils.setGradMode(true);
        factors.values().forEach(factor -> factor.setRequiresGradient(true));
        try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            NDArray total = manager.create(0f);
            int count = 0;
            for (int[] ids : sequences) {
                total = total.add(loss(ids));
                count += ids.length - 1;
            }
            NDArray mean = total.div(count);
            collector.backward(mean);
            Map<String, float[]> gradients = new TreeMap<>();
            factors.forEach(
                    (name, factor) -> gradients.put(name, factor.getGradient().toFloatArray()));
            return new Gradient(mean.getFloat(), gradients);
        } finally {
            JniUtils.setGradMode(false);
        }
    }

    private NDArray loss(int[] ids) {
        int tokens = ids.length;
        NDArray embedding = weights.get("model.embed_tokens.weight");
        NDArray h = Embedding.embedding(
                        manager.create(ids).toType(DataType.INT64, false), embedding, SparseFormat.DENSE)
                .get(0);
        for (int layer = 0; layer < config.layers(); layer++) {
            h = layer(h, "model.layers." + layer + ".", tokens);
        }
        NDArray head = weights.getOrDefault("lm_head.weight", embedding);
        NDArray logits = Linear.linear(norm(h, "model.norm.weight"), head).get(0);
        long[] next = new long[tokens - 1];
        for (int t = 0; t < next.length; t++) {
            next[t] = ids[t + 1];
        }
        return logits.get("0:" + (tokens - 1))
                .logSoftmax(-1)
                .gather(manager.create(next, new Shape(next.length, 1)), 1)
                .sum()
                .neg();
    }

    private NDArray layer(NDArray h, String path, int tokens) {
        int width = config.headSize();
        NDArray x = norm(h, path + "input_layernorm.weight");
        NDArray q = turned(heads(linear(x, path + "self_attn.q_proj"), config.heads(), tokens), tokens);
        NDArray k = turned(heads(linear(x, path + "self_attn.k_proj"), config.keyValueHeads(), tokens), tokens);
        NDArray v = heads(linear(x, path + "self_attn.v_proj"), config.keyValueHeads(), tokens);
        int shared = config.heads() / config.keyValueHeads();
        NDArray scores = q.matMul(k.repeat(0, shared).transpose(0, 2, 1))
                .div(Math.sqrt(width))
                .add(futureMask(tokens));
        NDArray attended = scores.softmax(-1)
                .matMul(v.repeat(0, shared))
                .transpose(1, 0, 2)
                .reshape(tokens, (long) config.heads() * width);
        NDArray h2 = h.add(linear(attended, path + "self_attn.o_proj"));
        NDArray x2 = norm(h2, path + "post_attention_layernorm.weight");
        NDArray gate = linear(x2, path + "mlp.gate_proj");
        NDArray up = linear(x2, path + "mlp.up_proj");
        return h2.add(linear(gate.mul(Activation.sigmoid(gate)).mul(up), path + "mlp.down_proj"));
    }

    private NDArray linear(NDArray x, String name) {
        NDArray y = Linear.linear(x, weights.get(name + ".weight")).get(0);
        NDArray bias = weights.get(name + ".bias");
        NDArray low = Linear.linear(x, factors.get("base_model.model." + name + ".lora_A.weight"))
                .get(0);
        NDArray update = Linear.linear(low, factors.get("base_model.model." + name + ".lora_B.weight"))
                .get(0);
        NDArray sum = y.add(update.mul(scale));
        return bias == null ? sum : sum.add(bias);
    }

    private NDArray norm(NDArray h, String name) {
        NDArray meanSquare = h.square().mean(new int[] {1}, true);
        return h.div(meanSquare.add(config.rmsEpsilon()).sqrt()).mul(weights.get(name));
    }

    private static NDArray heads(NDArray x, int heads, int tokens) {
        return x.reshape(tokens, heads, -1).transpose(1, 0, 2);
    }

    private NDArray turned(NDArray x, int tokens) {
        int half = config.headSize() / 2;
        float[] cos = new float[tokens * half];
        float[] sin = new float[cos.length];
        for (int t = 0; t < tokens; t++) {
            for (int i = 0; i < half; i++) {
                double angle = t / Math.pow(config.ropeTheta(), (double) i / half);
                cos[t * half + i] = (float) Math.cos(angle);
                sin[t * half + i] = (float) Math.sin(angle);
            }
        }
        NDArray c = manager.create(cos, new Shape(1, tokens, half));
        NDArray s = manager.create(sin, new Shape(1, tokens, half));
        NDList parts = x.split(2, 2);
        NDArray a = parts.get(0);
        NDArray b = parts.get(1);
        return NDArrays.concat(new NDList(a.mul(c).sub(b.mul(s)), b.mul(c).add(a.mul(s))), 2);
    }

    private NDArray futureMask(int tokens) {
        float[] mask = new float[tokens * tokens];
        for (int query = 0; query < tokens; query++) {
            for (int key = query + 1; key < tokens; key++) {
                mask[query * tokens + key] = -1e30f;
            }
        }
        return manager.create(mask, new Shape(1, tokens, tokens));
    }

    @Override
    public void close() {
        manager.close();
    }
}
