package dev.finetune4j.modelfiles.decoder;

import dev.finetune4j.modelfiles.config.AttentionBias;
import dev.finetune4j.modelfiles.config.DecoderTraits;
import dev.finetune4j.modelfiles.config.ModelConfig;
import dev.finetune4j.modelfiles.config.RopeScaling;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Every tensor of a decoder, by the name that its weight file gives it. Axis letters: V vocabulary, C width, H query heads, K key and
 * value heads, D head width, F feed-forward width.
 */
public final class DecoderTensors {
    /** The norm before attention, [C]. */
    public static final String ATTENTION_NORM = "input_layernorm.weight";

    /** The norm of each query head, [D], where there is one. */
    public static final String QUERY_NORM = "self_attn.q_norm.weight";

    /** The norm of each key head, [D], where there is one. */
    public static final String KEY_NORM = "self_attn.k_norm.weight";

    /** The norm of what attention adds to the stream, [C], where branches are normed at their end. */
    public static final String ATTENTION_END_NORM = "post_attention_layernorm.weight";

    /** The norm of what the feed-forward adds to the stream, [C], where branches are normed at their end. */
    public static final String FEED_FORWARD_END_NORM = "post_feedforward_layernorm.weight";

    private static final String HEAD = "lm_head";

    private final ModelConfig config;
    private final WeightNames names;
    private final Map<String, long[]> layer = new LinkedHashMap<>();

    private DecoderTensors(ModelConfig config, WeightNames names) {
        this.config = config;
        this.names = names;
        long width = config.hiddenSize();
        long queries = (long) config.heads() * config.headSize();
        long keys = (long) config.keyValueHeads() * config.headSize();
        DecoderTraits traits = config.traits();
        boolean isBiased = config.attentionBias() != AttentionBias.NONE;
        norm(ATTENTION_NORM, width);
        if (traits.fusedProjections()) {
            linear("self_attn.qkv_proj", queries + 2 * keys, width, isBiased);
        } else {
            linear("self_attn.q_proj", queries, width, isBiased);
            linear("self_attn.k_proj", keys, width, isBiased);
            linear("self_attn.v_proj", keys, width, isBiased);
        }
        if (traits.headNorms()) {
            norm(QUERY_NORM, config.headSize());
            norm(KEY_NORM, config.headSize());
        }
        linear("self_attn.o_proj", width, queries, config.attentionBias() == AttentionBias.ALL);
        if (traits.branchNorms()) {
            norm(ATTENTION_END_NORM, width);
        }
        norm(feedForwardNorm(), width);
        long inner = config.feedForwardSize();
        if (traits.fusedProjections()) {
            linear("mlp.gate_up_proj", 2 * inner, width, config.feedForwardBias());
        } else {
            linear("mlp.gate_proj", inner, width, config.feedForwardBias());
            linear("mlp.up_proj", inner, width, config.feedForwardBias());
        }
        linear("mlp.down_proj", width, inner, config.feedForwardBias());
        if (traits.branchNorms()) {
            norm(FEED_FORWARD_END_NORM, width);
        }
    }

    /** The norm before the feed-forward. The same words name another norm where branches are normed at their end too. */
    public String feedForwardNorm() {
        return config.traits().branchNorms() ? "pre_feedforward_layernorm.weight" : ATTENTION_END_NORM;
    }

    /**
     * The tensors of a model.
     *
     * @param config its sizes; of an architecture for which {@link #knows} holds
     * @param isGguf whether the weight file names them as GGUF does
     */
    public static DecoderTensors of(ModelConfig config, boolean isGguf) {
        return new DecoderTensors(config, isGguf ? WeightNames.GGUF : WeightNames.HUGGING_FACE);
    }

    /**
     * What each weight, the head too where it is the embedding, is called in another kind of file.
     *
     * @param config the model
     * @param fromGguf whether the names that are known are those of GGUF
     * @param toGguf whether the names that are asked for are
     */
    public static Map<String, String> renamed(ModelConfig config, boolean fromGguf, boolean toGguf) {
        DecoderTensors from = of(config, fromGguf);
        DecoderTensors to = of(config, toGguf);
        Map<String, String> names = new HashMap<>(Map.of(from.names.top(HEAD), to.names.top(HEAD)));
        List<ExpectedTensor> known = from.weights();
        List<ExpectedTensor> asked = to.weights();
        for (int i = 0; i < known.size(); i++) {
            names.put(known.get(i).name(), asked.get(i).name());
        }
        return names;
    }

    /** Whether models of an architecture, such as {@code LlamaForCausalLM}, hold these tensors. */
    public static boolean knows(String architecture) {
        return architectures().contains(architecture);
    }

    /** The architectures whose models hold these tensors. */
    public static List<String> architectures() {
        return ModelConfig.knownArchitectures();
    }

    /** [V, C]. */
    public ExpectedTensor embedding() {
        return ExpectedTensor.of(names.top("embed_tokens"), config.vocabularySize(), config.hiddenSize());
    }

    /** [V, C]; none where the embedding is the head. */
    public Optional<ExpectedTensor> head() {
        return config.tiedEmbeddings()
                ? Optional.empty()
                : Optional.of(ExpectedTensor.of(names.top(HEAD), config.vocabularySize(), config.hiddenSize()));
    }

    /** The norm before the head, [C]. */
    public ExpectedTensor norm() {
        return ExpectedTensor.of(names.top("norm"), config.hiddenSize());
    }

    /** Divisors of the rotary frequencies, [D / 2], where the file stores them. */
    public Optional<ExpectedTensor> rotaryDivisors() {
        return config.ropeScaling() instanceof RopeScaling.PerFrequency stored
                ? Optional.of(ExpectedTensor.of(stored.tensor(), config.headSize() / 2))
                : Optional.empty();
    }

    /** A tensor of a layer by its path there, such as {@code mlp.up_proj.bias}; none where the model has no such. */
    public Optional<ExpectedTensor> inLayer(int number, String path) {
        return Optional.ofNullable(layer.get(path)).map(shape -> ExpectedTensor.of(names.inLayer(number, path), shape));
    }

    /** All of them: the weights, and divisors of the rotary frequencies where the file stores them. */
    public List<ExpectedTensor> all() {
        List<ExpectedTensor> tensors = new ArrayList<>(weights());
        rotaryDivisors().ifPresent(tensors::add);
        return tensors;
    }

    /** The weights, in the same order whatever the file calls them: embedding, layers, norm, head. */
    public List<ExpectedTensor> weights() {
        List<ExpectedTensor> tensors = new ArrayList<>();
        tensors.add(embedding());
        for (int number = 0; number < config.layers(); number++) {
            for (String path : layer.keySet()) {
                inLayer(number, path).ifPresent(tensors::add);
            }
        }
        tensors.add(norm());
        head().ifPresent(tensors::add);
        return tensors;
    }

    /** The matrices of the layers. */
    public List<ExpectedTensor> linears() {
        List<ExpectedTensor> tensors = new ArrayList<>();
        for (int number = 0; number < config.layers(); number++) {
            for (Map.Entry<String, long[]> entry : layer.entrySet()) {
                if (entry.getValue().length == 2) {
                    inLayer(number, entry.getKey()).ifPresent(tensors::add);
                }
            }
        }
        return tensors;
    }

    private void norm(String path, long width) {
        layer.put(path, new long[] {width});
    }

    private void linear(String path, long outputs, long inputs, boolean isBiased) {
        layer.put(path + ".weight", new long[] {outputs, inputs});
        if (isBiased) {
            layer.put(path + ".bias", new long[] {outputs});
        }
    }
}
