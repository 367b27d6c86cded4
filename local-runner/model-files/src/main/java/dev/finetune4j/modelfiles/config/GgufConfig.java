package dev.finetune4j.modelfiles.config;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.modelfiles.ModelFilesProblems;
import dev.finetune4j.modelfiles.weights.GgufFile;
import dev.finetune4j.modelfiles.weights.GgufMetadata;
import dev.finetune4j.modelfiles.weights.TensorEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Reads the configuration out of GGUF metadata. */
final class GgufConfig {
    private static final String EMBEDDING = "token_embd.weight";
    private static final String HEAD = "output.weight";
    private static final int DEFAULT_CONTEXT = 2048;

    private GgufConfig() {}

    /**
     * Reads an open file.
     *
     * @throws FineTuneException with FT0422 if it is of another architecture, FT0421 if values are missing or impossible
     */
    static ModelConfig read(GgufFile file) {
        GgufMetadata metadata = file.metadata();
        String name = metadata.text("general.architecture").orElse("(none)");
        GgufArchitecture architecture = GgufArchitecture.named(name)
                .orElseThrow(() -> ModelFilesProblems.GGUF_ARCHITECTURE
                        .error("GGUF architecture " + name + " is not read")
                        .at(Location.of(file.path().toString()))
                        .because("read are " + String.join(" and ", GgufArchitecture.keys()))
                        .asException());
        ConfigReader reader = new ConfigReader(
                file.path().toString(),
                key -> metadata.whole(architecture.key() + "." + key),
                key -> metadata.real(architecture.key() + "." + key));
        ModelConfig config = read(architecture, file, metadata, reader);
        reader.finish();
        return config;
    }

    private static ModelConfig read(
            GgufArchitecture architecture, GgufFile file, GgufMetadata metadata, ConfigReader reader) {
        int hidden = reader.count("embedding_length", HuggingFaceConfig.MAX_WIDTH);
        int heads = reader.count("attention.head_count", HuggingFaceConfig.MAX_WIDTH);
        int keyValueHeads = reader.count("attention.head_count_kv", HuggingFaceConfig.MAX_WIDTH, heads);
        if (heads % keyValueHeads != 0) {
            reader.invalid(
                    "attention.head_count_kv is " + keyValueHeads,
                    "it must divide attention.head_count, which is " + heads);
        }
        int layers = reader.count("block_count", HuggingFaceConfig.MAX_LAYERS);
        int headSize = reader.count("attention.key_length", HuggingFaceConfig.MAX_WIDTH, Math.max(1, hidden / heads));
        return new ModelConfig(
                architecture.family().architecture(),
                hidden,
                layers,
                heads,
                keyValueHeads,
                headSize,
                reader.count("feed_forward_length", HuggingFaceConfig.MAX_WIDTH),
                vocabulary(file, reader),
                reader.count("context_length", HuggingFaceConfig.MAX_CONTEXT, DEFAULT_CONTEXT),
                reader.positive("rope.freq_base", 10_000),
                ropeScaling(architecture, file, reader),
                reader.positive("attention.layer_norm_rms_epsilon"),
                "silu",
                !file.tensors().containsKey(HEAD),
                attentionBias(file),
                file.tensors().containsKey("blk.0.ffn_gate.bias"),
                null,
                storedType(file),
                token(metadata, "tokenizer.ggml.bos_token_id"),
                endTokens(metadata),
                token(metadata, "tokenizer.ggml.padding_token_id"),
                DecoderTraits.none(layers, headSize),
                architecture.interleavedRotary());
    }

    private static AttentionBias attentionBias(GgufFile file) {
        if (!file.tensors().containsKey("blk.0.attn_q.bias")) {
            return AttentionBias.NONE;
        }
        return file.tensors().containsKey("blk.0.attn_output.bias") ? AttentionBias.ALL : AttentionBias.QUERY_KEY_VALUE;
    }

    private static int vocabulary(GgufFile file, ConfigReader reader) {
        TensorEntry embedding = file.tensors().get(EMBEDDING);
        if (embedding == null
                || embedding.shape().size() != 2
                || embedding.shape().get(0) > HuggingFaceConfig.MAX_VOCABULARY) {
            reader.invalid("tensor " + EMBEDDING + " is missing or of another shape", "it must be [V, C]");
            return 1;
        }
        return Math.toIntExact(embedding.shape().get(0));
    }

    private static RopeScaling ropeScaling(GgufArchitecture architecture, GgufFile file, ConfigReader reader) {
        if (file.tensors().containsKey(GgufKeys.ROTARY_DIVISORS)) {
            return new RopeScaling.PerFrequency(GgufKeys.ROTARY_DIVISORS);
        }
        String type =
                file.metadata().text(architecture.key() + ".rope.scaling.type").orElse("none");
        return switch (type) {
            case "none" -> new RopeScaling.None();
            case "linear" -> new RopeScaling.Linear(reader.positive("rope.scaling.factor"));
            default -> new RopeScaling.Other(type);
        };
    }

    private static String storedType(GgufFile file) {
        TensorEntry embedding = file.tensors().get(EMBEDDING);
        return embedding == null ? "" : embedding.type().name();
    }

    private static List<Integer> endTokens(GgufMetadata metadata) {
        List<Integer> tokens = new ArrayList<>();
        for (String key : List.of("eos_token_id", "eot_token_id", "eom_token_id")) {
            Integer token = token(metadata, "tokenizer.ggml." + key);
            if (token != null && !tokens.contains(token)) {
                tokens.add(token);
            }
        }
        return tokens;
    }

    private static @Nullable Integer token(GgufMetadata metadata, String key) {
        OptionalLong value = metadata.whole(key);
        boolean usable =
                value.isPresent() && value.getAsLong() >= 0 && value.getAsLong() < HuggingFaceConfig.MAX_VOCABULARY;
        return usable ? (int) value.getAsLong() : null;
    }
}
