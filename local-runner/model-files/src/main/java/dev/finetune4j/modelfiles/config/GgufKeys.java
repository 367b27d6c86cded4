package dev.finetune4j.modelfiles.config;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.modelfiles.ModelFilesProblems;
import dev.finetune4j.modelfiles.weights.GgufValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes a configuration as the keys that llama.cpp looks for (<a
 * href="https://github.com/ggml-org/llama.cpp/blob/master/convert_hf_to_gguf.py">convert_hf_to_gguf.py</a>).
 */
public final class GgufKeys {
    /** The tensor that holds a divisor for each rotary frequency, [D / 2]. */
    public static final String ROTARY_DIVISORS = "rope_freqs.weight";

    private final ModelConfig config;
    private final String source;
    private final List<Problem> problems = new ArrayList<>();

    private GgufKeys(ModelConfig config, String source) {
        this.config = config;
        this.source = source;
    }

    /**
     * The keys of a model's architecture and sizes.
     *
     * @param config the model
     * @param source where it comes from, for messages
     * @throws FineTuneException with FT0424, once for each reason, if llama.cpp would not compute what the model does
     */
    public static Map<String, GgufValue> of(ModelConfig config, String source) {
        return new GgufKeys(config, source).keys();
    }

    private Map<String, GgufValue> keys() {
        Optional<GgufArchitecture> architecture = GgufArchitecture.of(config);
        if (architecture.isEmpty()) {
            refuse(config.architecture() + " is not written", "Llama, Mistral and Qwen 2 are");
        } else {
            refuseOtherwiseComputed(architecture.get());
        }
        if (!problems.isEmpty()) {
            throw new FineTuneException(problems, null);
        }
        return keys(architecture.orElseThrow().key());
    }

    private void refuseOtherwiseComputed(GgufArchitecture architecture) {
        if (!config.activation().equals("silu")) {
            refuse("activation " + config.activation() + " is not written", "llama.cpp computes silu in its place");
        }
        if (config.traits().rotaryWidth() != config.headSize()) {
            refuse(
                    "rotary positions on a part of each head are not written",
                    config.traits().rotaryWidth() + " of " + config.headSize() + " numbers turn");
        }
        RopeScaling scaling = config.ropeScaling();
        boolean isPerFrequency = scaling instanceof RopeScaling.Llama3 || scaling instanceof RopeScaling.PerFrequency;
        boolean isPlain = scaling instanceof RopeScaling.None || scaling instanceof RopeScaling.Linear;
        if (!isPlain && !(isPerFrequency && architecture == GgufArchitecture.LLAMA)) {
            refuse(
                    "these stretched rotary frequencies are not written",
                    "written are linear ones, and for llama those of Llama 3");
        }
        boolean isBiased = config.attentionBias() != AttentionBias.NONE;
        if (isBiased && config.heads() * config.headSize() != config.hiddenSize()) {
            refuse(
                    "biases of heads that are not as wide as the model are not written",
                    config.heads() + " heads of " + config.headSize() + ", and a width of " + config.hiddenSize());
        }
        boolean isQwen = architecture == GgufArchitecture.QWEN_2;
        if (isQwen && (config.attentionBias() != AttentionBias.QUERY_KEY_VALUE || config.feedForwardBias())) {
            refuse("these biases are not written", "Qwen 2 has those of query, key and value, and no others");
        }
    }

    private void refuse(String summary, String cause) {
        problems.add(ModelFilesProblems.GGUF_UNWRITTEN
                .error(summary)
                .at(Location.of(source))
                .because(cause)
                .build());
    }

    private Map<String, GgufValue> keys(String architecture) {
        Map<String, GgufValue> keys = new LinkedHashMap<>();
        keys.put("general.architecture", new GgufValue.Text(architecture));
        String prefix = architecture + ".";
        keys.put(prefix + "vocab_size", new GgufValue.Whole(config.vocabularySize()));
        keys.put(prefix + "context_length", new GgufValue.Whole(contextTokens()));
        keys.put(prefix + "embedding_length", new GgufValue.Whole(config.hiddenSize()));
        keys.put(prefix + "block_count", new GgufValue.Whole(config.layers()));
        keys.put(prefix + "feed_forward_length", new GgufValue.Whole(config.feedForwardSize()));
        keys.put(prefix + "attention.head_count", new GgufValue.Whole(config.heads()));
        keys.put(prefix + "attention.head_count_kv", new GgufValue.Whole(config.keyValueHeads()));
        keys.put(prefix + "attention.key_length", new GgufValue.Whole(config.headSize()));
        keys.put(prefix + "attention.value_length", new GgufValue.Whole(config.headSize()));
        keys.put(prefix + "attention.layer_norm_rms_epsilon", new GgufValue.Real(config.rmsEpsilon()));
        keys.put(prefix + "rope.dimension_count", new GgufValue.Whole(config.headSize()));
        keys.put(prefix + "rope.freq_base", new GgufValue.Real(config.ropeTheta()));
        if (config.ropeScaling() instanceof RopeScaling.Linear linear) {
            keys.put(prefix + "rope.scaling.type", new GgufValue.Text("linear"));
            keys.put(prefix + "rope.scaling.factor", new GgufValue.Real(linear.factor()));
        }
        return keys;
    }

    /** llama.cpp lets these architectures look back without a limit, which is the same up to the length of the window. */
    private int contextTokens() {
        return config.slidingWindowIfAny()
                .map(window -> Math.min(window, config.contextTokens()))
                .orElse(config.contextTokens());
    }
}
