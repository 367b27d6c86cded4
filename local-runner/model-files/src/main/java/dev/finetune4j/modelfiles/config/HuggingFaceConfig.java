package dev.finetune4j.modelfiles.config;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.modelfiles.ModelFilesProblems;
import dev.finetune4j.modelfiles.ModelJson;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Reads config.json; absent values get the defaults of transformers' LlamaConfig. Knows the keys of transformers 4 and 5. */
final class HuggingFaceConfig {
    static final int MAX_WIDTH = 1 << 20;
    static final int MAX_LAYERS = 1024;
    static final int MAX_VOCABULARY = 1 << 22;
    static final int MAX_CONTEXT = 1 << 30;

    private static final long MAX_CONFIG_BYTES = 16L << 20;
    private static final int DEFAULT_CONTEXT = 2048;
    private static final double DEFAULT_ROPE_THETA = 10_000;
    private static final double DEFAULT_RMS_EPSILON = 1e-6;

    private final JsonNode json;
    private final JsonNode rope;
    private final ConfigReader reader;

    private HuggingFaceConfig(Path file, JsonNode json) {
        this.json = json;
        this.rope = json.has("rope_parameters") ? json.path("rope_parameters") : json.path("rope_scaling");
        this.reader = new ConfigReader(file.toString(), key -> whole(json, key), key -> real(json, key));
    }

    /**
     * Reads a file.
     *
     * @throws FineTuneException with FT0421 if values are missing or impossible, all of them named
     */
    static ModelConfig read(Path file) {
        JsonNode json = ModelJson.readObject(file, MAX_CONFIG_BYTES, ModelFilesProblems.CONFIG_INVALID);
        return new HuggingFaceConfig(file, json).toConfig();
    }

    private ModelConfig toConfig() {
        String architecture = json.path("architectures").path(0).asText("");
        if (architecture.isEmpty()) {
            reader.missing("architectures");
        }
        int hidden = reader.count("hidden_size", MAX_WIDTH);
        int heads = reader.count("num_attention_heads", MAX_WIDTH);
        int keyValueHeads = reader.count("num_key_value_heads", MAX_WIDTH, heads);
        int headSize = reader.count("head_dim", MAX_WIDTH, Math.max(1, hidden / heads));
        if (heads % keyValueHeads != 0) {
            reader.invalid(
                    "num_key_value_heads is " + keyValueHeads, "it must divide num_attention_heads, which is " + heads);
        }
        ModelConfig config = new ModelConfig(
                architecture,
                hidden,
                reader.count("num_hidden_layers", MAX_LAYERS),
                heads,
                keyValueHeads,
                headSize,
                reader.count("intermediate_size", MAX_WIDTH),
                reader.count("vocab_size", MAX_VOCABULARY),
                reader.count("max_position_embeddings", MAX_CONTEXT, DEFAULT_CONTEXT),
                ropeTheta(),
                ropeScaling(),
                reader.positive("rms_norm_eps", DEFAULT_RMS_EPSILON),
                json.path("hidden_act").asText("silu"),
                json.path("tie_word_embeddings").asBoolean(false),
                attentionBias(architecture),
                json.path("mlp_bias").asBoolean(false),
                slidingWindow(),
                json.path("torch_dtype").asText(json.path("dtype").asText("")),
                firstToken("bos_token_id"),
                tokens("eos_token_id"),
                false);
        reader.finish();
        return config;
    }

    private double ropeTheta() {
        OptionalDouble inRope = real(rope, "rope_theta");
        return inRope.isPresent() ? inRope.getAsDouble() : reader.positive("rope_theta", DEFAULT_ROPE_THETA);
    }

    private RopeScaling ropeScaling() {
        String type = rope.path("rope_type").asText(rope.path("type").asText("default"));
        return switch (type) {
            case "default" -> new RopeScaling.None();
            case "linear" -> new RopeScaling.Linear(ropeNumber("factor"));
            case "llama3" ->
                new RopeScaling.Llama3(
                        ropeNumber("factor"),
                        ropeNumber("low_freq_factor"),
                        ropeNumber("high_freq_factor"),
                        originalContext());
            default -> new RopeScaling.Other(type);
        };
    }

    private double ropeNumber(String key) {
        double value = real(rope, key).orElse(0);
        if (!(value > 0) || Double.isInfinite(value)) {
            reader.invalid("rope scaling has no usable " + key, "it must be a number above 0");
        }
        return value;
    }

    private int originalContext() {
        long tokens = whole(rope, "original_max_position_embeddings").orElse(0);
        if (tokens < 1 || tokens > MAX_CONTEXT) {
            reader.invalid(
                    "rope scaling has no usable original_max_position_embeddings", "it must be 1 to " + MAX_CONTEXT);
            return 1;
        }
        return (int) tokens;
    }

    private AttentionBias attentionBias(String architecture) {
        if (architecture.startsWith("Qwen2")) {
            return AttentionBias.QUERY_KEY_VALUE;
        }
        return json.path("attention_bias").asBoolean(false) ? AttentionBias.ALL : AttentionBias.NONE;
    }

    private @Nullable Integer slidingWindow() {
        boolean used = json.path("use_sliding_window").asBoolean(true)
                && json.path("sliding_window").isInt();
        return used ? json.path("sliding_window").asInt() : null;
    }

    private @Nullable Integer firstToken(String key) {
        List<Integer> tokens = tokens(key);
        return tokens.isEmpty() ? null : tokens.get(0);
    }

    private List<Integer> tokens(String key) {
        return tokens(json, key);
    }

    /** A token id, or a list of them; empty where the key is absent or null. */
    static List<Integer> tokens(JsonNode json, String key) {
        List<Integer> tokens = new ArrayList<>();
        JsonNode node = json.path(key);
        if (node.isInt()) {
            tokens.add(node.asInt());
        }
        for (JsonNode element : node) {
            if (element.isInt()) {
                tokens.add(element.asInt());
            }
        }
        return tokens;
    }

    private static OptionalLong whole(JsonNode json, String key) {
        JsonNode node = json.path(key);
        return node.isIntegralNumber() && node.canConvertToLong()
                ? OptionalLong.of(node.asLong())
                : OptionalLong.empty();
    }

    private static OptionalDouble real(JsonNode json, String key) {
        JsonNode node = json.path(key);
        return node.isNumber() ? OptionalDouble.of(node.asDouble()) : OptionalDouble.empty();
    }
}
