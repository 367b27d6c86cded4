package dev.finetune4j.modelfiles.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads config.json of an encoder; absent values get the defaults of transformers. */
final class EncoderConfigReader {
    private static final double DEFAULT_NORM_EPSILON = 1e-12;
    private static final double DEFAULT_INITIALIZER_RANGE = 0.02;
    private static final int DEFAULT_POSITIONS = 512;

    private final EncoderFamily family;
    private final JsonNode json;
    private final ConfigReader reader;

    EncoderConfigReader(EncoderFamily family, Path file, JsonNode json) {
        this.family = family;
        this.json = json;
        this.reader = new ConfigReader(file, json);
    }

    /**
     * The configuration.
     *
     * @throws dev.finetune4j.error.FineTuneException with FT0421 if values are missing or impossible, all of them named
     */
    EncoderConfig read() {
        boolean distilled = family == EncoderFamily.DISTILBERT;
        int width = reader.count(distilled ? "dim" : "hidden_size", HuggingFaceConfig.MAX_WIDTH);
        String headsKey = distilled ? "n_heads" : "num_attention_heads";
        int heads = reader.count(headsKey, HuggingFaceConfig.MAX_WIDTH);
        if (width % heads != 0) {
            reader.invalid(headsKey + " is " + heads, "it must divide the width, which is " + width);
        }
        int positions = reader.count("max_position_embeddings", HuggingFaceConfig.MAX_CONTEXT, DEFAULT_POSITIONS);
        int firstPosition = family == EncoderFamily.ROBERTA ? paddingToken() + 1 : 0;
        if (firstPosition < 0 || firstPosition >= positions) {
            reader.invalid(
                    "pad_token_id is " + (firstPosition - 1),
                    "positions begin after it, and there are " + positions + " of them");
        }
        EncoderConfig config = new EncoderConfig(
                family,
                width,
                reader.count(family.layersKey(), HuggingFaceConfig.MAX_LAYERS),
                heads,
                reader.count(distilled ? "hidden_dim" : "intermediate_size", HuggingFaceConfig.MAX_WIDTH),
                reader.count("vocab_size", HuggingFaceConfig.MAX_VOCABULARY),
                positions,
                firstPosition,
                distilled ? 0 : reader.count("type_vocab_size", HuggingFaceConfig.MAX_WIDTH, 2),
                distilled ? DEFAULT_NORM_EPSILON : reader.positive("layer_norm_eps", DEFAULT_NORM_EPSILON),
                reader.text(distilled ? "activation" : "hidden_act", "gelu"),
                reader.text("position_embedding_type", "absolute"),
                !distilled && reader.truth("is_decoder", false),
                reader.positive("initializer_range", DEFAULT_INITIALIZER_RANGE),
                labels());
        reader.storedType(); // of no use here, but a wrong one is a sign of another damage
        reader.finish();
        return config;
    }

    private int paddingToken() {
        List<Integer> tokens = reader.tokens("pad_token_id");
        return tokens.isEmpty() ? 1 : tokens.get(0);
    }

    /** Of {@code id2label}, if it names every output. */
    private List<String> labels() {
        JsonNode names = json.path("id2label");
        List<String> labels = new ArrayList<>();
        for (int id = 0; id < names.size(); id++) {
            JsonNode name = names.path(Integer.toString(id));
            if (!name.isTextual()) {
                return List.of();
            }
            labels.add(name.asText());
        }
        return labels;
    }
}
