package dev.finetune4j.modelfiles.config;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.modelfiles.ModelFilesProblems;
import dev.finetune4j.modelfiles.ModelJson;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads config.json; absent values get the defaults of transformers. Knows the keys of transformers 4 and 5. */
final class HuggingFaceConfig {
    static final int MAX_WIDTH = 1 << 20;
    static final int MAX_LAYERS = 1024;
    static final int MAX_VOCABULARY = 1 << 22;
    static final int MAX_CONTEXT = 1 << 30;

    static final long MAX_CONFIG_BYTES = 16L << 20;
    private static final double DEFAULT_RMS_EPSILON = 1e-6;
    private static final double PHI_3_RMS_EPSILON = 1e-5;

    private final Path file;
    private final JsonNode json;
    private final ConfigReader reader;

    private HuggingFaceConfig(Path file, JsonNode json) {
        this.file = file;
        this.json = json;
        this.reader = new ConfigReader(file, json);
    }

    /**
     * Reads a file.
     *
     * @throws FineTuneException with FT0421 if values are missing or impossible, all of them named; of an architecture that is not read it
     *     alone is named, since its configuration may well have other keys
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
        checkModelType(architecture);
        Family family = Family.of(architecture).orElse(Family.LLAMA);
        int hidden = reader.count("hidden_size", MAX_WIDTH);
        int heads = reader.count("num_attention_heads", MAX_WIDTH);
        int keyValueHeads = reader.count("num_key_value_heads", MAX_WIDTH, heads);
        int headSize = reader.count("head_dim", MAX_WIDTH, family.headSize(hidden, heads));
        if (heads % keyValueHeads != 0) {
            reader.invalid(
                    "num_key_value_heads is " + keyValueHeads, "it must divide num_attention_heads, which is " + heads);
        }
        int layers = reader.count("num_hidden_layers", MAX_LAYERS);
        int contextTokens = reader.count("max_position_embeddings", MAX_CONTEXT, family.contextTokens());
        RopeReader rope = new RopeReader(json, reader, family, contextTokens);
        TraitsReader traits = new TraitsReader(json, reader, family);
        Integer window = traits.window();
        ModelConfig config = new ModelConfig(
                architecture,
                hidden,
                layers,
                heads,
                keyValueHeads,
                headSize,
                reader.count("intermediate_size", MAX_WIDTH),
                reader.count("vocab_size", MAX_VOCABULARY),
                contextTokens,
                rope.theta(),
                rope.scaling(rope.width(headSize)),
                reader.positive("rms_norm_eps", family == Family.PHI_3 ? PHI_3_RMS_EPSILON : DEFAULT_RMS_EPSILON),
                activation(family),
                reader.truth("tie_word_embeddings", family.isTied()),
                attentionBias(family),
                reader.truth("mlp_bias", false),
                window,
                reader.storedType(),
                firstToken("bos_token_id"),
                reader.tokens("eos_token_id"),
                json.has("pad_token_id") ? firstToken("pad_token_id") : family.paddingToken(),
                traits.read(hidden, headSize, traits.windowed(layers, window), rope),
                false);
        if (!architecture.isEmpty() && Family.of(architecture).isEmpty() && reader.hasProblems()) {
            throw notRead(architecture);
        }
        reader.finish();
        return config;
    }

    /** transformers goes by it, and loads a model of another class where it is not that of the architecture; many files have none. */
    private void checkModelType(String architecture) {
        JsonNode type = json.path("model_type");
        if (!type.isMissingNode() && !type.isTextual()) {
            reader.invalid("model_type is " + ConfigReader.shown(type), "it must be a text");
            return;
        }
        Family.of(architecture)
                .map(Family::modelType)
                .filter(right -> !right.equals(type.asText(right)))
                .ifPresent(right -> reader.invalid(
                        "model_type is " + ConfigReader.shown(type), "that of " + architecture + " is " + right));
    }

    private FineTuneException notRead(String architecture) {
        return ModelFilesProblems.CONFIG_INVALID
                .error("architecture " + architecture + " is not read")
                .at(Location.of(file.toString()))
                .because("read are " + String.join(", ", Family.architectures()))
                .remedy("finetune models    # others")
                .asException();
    }

    private String activation(Family family) {
        return reader.text(family.isGemma() ? "hidden_activation" : "hidden_act", family.activation());
    }

    private AttentionBias attentionBias(Family family) {
        if (family == Family.QWEN_2) {
            return AttentionBias.QUERY_KEY_VALUE;
        }
        return reader.truth("attention_bias", false) ? AttentionBias.ALL : AttentionBias.NONE;
    }

    private @Nullable Integer firstToken(String key) {
        List<Integer> tokens = reader.tokens(key);
        return tokens.isEmpty() ? null : tokens.get(0);
    }
}
