package dev.finetune4j.modelfiles.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads what sets a model apart from Llama, with the defaults of its family in transformers. */
final class TraitsReader {
    private static final double GEMMA_2_SCORE_CAP = 50;
    private static final double GEMMA_2_LOGIT_CAP = 30;
    private static final double GEMMA_QUERY_SCALAR = 256;
    private static final int DEFAULT_WINDOW = 4096;
    private static final int GEMMA_3_PATTERN = 6;
    private static final int QWEN_MAX_WINDOW_LAYERS = 28;

    /** The second is what transformers once called it, and takes for it still. */
    private static final Set<String> FULL = Set.of("full_attention", "attention");

    private final JsonNode json;
    private final ConfigReader reader;
    private final Family family;

    TraitsReader(JsonNode json, ConfigReader reader, Family family) {
        this.json = json;
        this.reader = reader;
        this.family = family;
    }

    DecoderTraits read(int hiddenSize, int headSize, List<Boolean> windowed, RopeReader rope) {
        boolean isGemma = family.isGemma();
        return new DecoderTraits(
                family == Family.PHI_3,
                family == Family.QWEN_3 || family == Family.GEMMA_3,
                isGemma,
                isGemma,
                isGemma ? Math.sqrt(hiddenSize) : 1,
                1 / Math.sqrt(isGemma ? reader.positive("query_pre_attn_scalar", GEMMA_QUERY_SCALAR) : headSize),
                family == Family.GEMMA_2 ? cap("attn_logit_softcapping", GEMMA_2_SCORE_CAP) : 0,
                isGemma ? cap("final_logit_softcapping", GEMMA_2_LOGIT_CAP) : 0,
                rope.width(headSize),
                windowed,
                family == Family.GEMMA_3 ? rope.windowedTheta() : null,
                isBidirectional());
    }

    /** transformers makes no causal mask where the first key is there and not true, whatever the family. */
    private boolean isBidirectional() {
        return !reader.truth("is_causal", true)
                || (family.isGemma()
                        && json.hasNonNull("use_bidirectional_attention")
                        && reader.truth("use_bidirectional_attention", false));
    }

    /** Tokens that windowed layers look back; null for a model without a window. */
    @Nullable
    Integer window() {
        boolean used = !family.isQwen() || reader.truth("use_sliding_window", false);
        if (!used || family == Family.LLAMA) {
            return null;
        }
        if (json.path("sliding_window").isNull() || (!json.has("sliding_window") && family == Family.PHI_3)) {
            return null;
        }
        return reader.count("sliding_window", HuggingFaceConfig.MAX_CONTEXT, DEFAULT_WINDOW);
    }

    private double cap(String key, double gemma2) {
        return json.path(key).isNull() ? 0 : reader.positive(key, family == Family.GEMMA_2 ? gemma2 : 0);
    }

    /** For each layer whether it looks through the window; Mistral and Phi 3 do not ask for the kinds of layers. */
    List<Boolean> windowed(int layers, @Nullable Integer window) {
        List<Boolean> ofKinds = family.isQwen() || family.isGemma() ? ofKinds(layers) : List.of();
        if (window == null) {
            return Collections.nCopies(layers, false);
        }
        return ofKinds.isEmpty() ? ofFamily(layers) : ofKinds;
    }

    /** What {@code layer_types} says; empty where it is absent or null. */
    private List<Boolean> ofKinds(int layers) {
        JsonNode kinds = json.path("layer_types");
        List<Boolean> windowed = new ArrayList<>();
        if (!kinds.isArray()) {
            if (json.hasNonNull("layer_types")) {
                reader.invalid("layer_types is " + ConfigReader.shown(kinds), "it must be a list of texts");
            }
            return windowed;
        }
        for (JsonNode kind : kinds) {
            boolean isWindowed = kind.asText().equals("sliding_attention");
            if (!isWindowed && !FULL.contains(kind.asText())) {
                reader.invalid(
                        "layer_types names " + ConfigReader.shown(kind),
                        "layers of this family have full_attention or sliding_attention");
            }
            windowed.add(isWindowed);
        }
        if (windowed.size() != layers) {
            reader.invalid("layer_types names " + windowed.size() + " layers", "num_hidden_layers is " + layers);
        }
        return windowed;
    }

    private List<Boolean> ofFamily(int layers) {
        int pattern = family == Family.GEMMA_3
                ? reader.count("sliding_window_pattern", HuggingFaceConfig.MAX_CONTEXT, GEMMA_3_PATTERN)
                : 1;
        int full = family.isQwen()
                ? reader.countOrNone("max_window_layers", HuggingFaceConfig.MAX_CONTEXT, QWEN_MAX_WINDOW_LAYERS)
                : 0;
        List<Boolean> windowed = new ArrayList<>();
        for (int layer = 0; layer < layers; layer++) {
            windowed.add(
                    switch (family) {
                        case GEMMA_2 -> layer % 2 == 0;
                        case GEMMA_3 -> (layer + 1) % pattern != 0;
                        case QWEN_2, QWEN_3 -> layer >= full;
                        default -> true;
                    });
        }
        return windowed;
    }
}
