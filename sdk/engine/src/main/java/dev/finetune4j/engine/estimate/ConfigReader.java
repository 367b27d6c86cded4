package dev.finetune4j.engine.estimate;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.engine.estimate.Architecture.Kind;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the sizes of a model out of its {@code config.json}, whose keys differ between the families of transformers. */
final class ConfigReader {
    private static final Set<String> ENCODERS = Set.of(
            "bert",
            "roberta",
            "xlm-roberta",
            "distilbert",
            "camembert",
            "deberta",
            "deberta-v2",
            "electra",
            "albert",
            "modernbert",
            "mpnet",
            "nomic_bert",
            "ernie");
    private static final Set<String> ENCODER_DECODERS = Set.of("t5", "mt5", "umt5", "bart", "mbart", "pegasus");
    private static final Set<String> WITHOUT_GATE = Set.of(
            "bert",
            "roberta",
            "xlm-roberta",
            "distilbert",
            "camembert",
            "deberta",
            "deberta-v2",
            "electra",
            "albert",
            "mpnet",
            "ernie",
            "bart",
            "mbart",
            "pegasus",
            "gpt2",
            "gpt_neox",
            "gpt_neo",
            "gptj",
            "gpt_bigcode",
            "starcoder2",
            "falcon",
            "RefinedWeb",
            "RefinedWebModel",
            "opt",
            "bloom",
            "mpt",
            "phi",
            "codegen",
            "nemotron");
    /** Families whose activation function is {@code gelu_new} unless the configuration names another. */
    private static final Set<String> NEW_GELU = Set.of("gpt2", "gpt_neo", "gptj", "codegen", "phi", "albert");
    /** Families whose configuration ties the head unless it says otherwise. */
    private static final Set<String> TIED = Set.of(
            "gemma",
            "gemma2",
            "gemma3",
            "gemma3_text",
            "gpt2",
            "gpt_bigcode",
            "gpt_neo",
            "bloom",
            "opt",
            "mpt",
            "falcon",
            "cohere",
            "cohere2",
            "t5",
            "bart",
            "mbart",
            "starcoder2");
    /** Families that learn a vector for each place of the text. */
    private static final Set<String> LEARNED_POSITIONS = Set.of(
            "bert",
            "roberta",
            "xlm-roberta",
            "distilbert",
            "camembert",
            "electra",
            "mpnet",
            "ernie",
            "gpt2",
            "gpt_bigcode",
            "gpt_neo",
            "opt",
            "bart",
            "mbart");
    /** The factor that GPT-like models take for the inner width if none is given. */
    private static final int USUAL_EXPANSION = 4;

    private final JsonNode config;
    private final String type;

    ConfigReader(JsonNode config) {
        JsonNode text = config.get("text_config");
        this.config = text != null && text.isObject() && text.has("hidden_size") ? text : config;
        this.type =
                this.config.path("model_type").asText(config.path("model_type").asText(""));
    }

    Architecture architecture() {
        Kind kind = kind();
        int width = needed("hidden_size", "n_embd", "d_model", "dim");
        int layers = needed("num_hidden_layers", "n_layer", "num_layers", "n_layers");
        if (kind == Kind.ENCODER_DECODER) {
            layers += orNone(layers, "num_decoder_layers", "decoder_layers");
        }
        int heads = needed("num_attention_heads", "n_head", "num_heads", "n_heads", "encoder_attention_heads");
        int headSize = optional(Math.max(1, width / heads), "head_dim", "d_kv", "kv_channels");
        int inner = optional(
                USUAL_EXPANSION * width,
                "intermediate_size",
                "ffn_hidden_size",
                "n_inner",
                "d_ff",
                "ffn_dim",
                "hidden_dim",
                "encoder_ffn_dim");
        Experts experts = experts(inner);
        Architecture counted = new Architecture(
                kind,
                layers,
                width,
                inner,
                heads,
                keyValueHeads(heads),
                headSize,
                needed("padded_vocab_size", "vocab_size"),
                isGated(),
                hasNewGelu(),
                hasDisentangledAttention(),
                isTied(),
                experts,
                null,
                false);
        if (hasLatentAttention()) {
            return withPublished(counted, latentAttentionParameters(counted));
        }
        return LEARNED_POSITIONS.contains(type) ? withPublished(counted, smallParameters(counted)) : counted;
    }

    private Kind kind() {
        if (config.path("is_encoder_decoder").asBoolean(false) || ENCODER_DECODERS.contains(type)) {
            return Kind.ENCODER_DECODER;
        }
        return ENCODERS.contains(type) ? Kind.ENCODER : Kind.DECODER;
    }

    private int keyValueHeads(int heads) {
        if (config.path("multi_query").asBoolean(false)
                && !config.path("new_decoder_architecture").asBoolean(false)) {
            return 1;
        }
        return Math.min(
                heads, optional(heads, "num_key_value_heads", "multi_query_group_num", "num_kv_heads", "n_kv_heads"));
    }

    private boolean isGated() {
        if (config.has("feed_forward_proj")) {
            return config.path("feed_forward_proj")
                    .asText()
                    .toLowerCase(Locale.ROOT)
                    .startsWith("gated");
        }
        return !WITHOUT_GATE.contains(type) && !ENCODER_DECODERS.contains(type);
    }

    private boolean hasDisentangledAttention() {
        return config.path("model_type").asText().startsWith("deberta")
                && config.path("relative_attention").asBoolean();
    }

    /** T5's gated layers have it whatever they are called, as transformers reads its configuration. */
    private boolean hasNewGelu() {
        if (config.path("feed_forward_proj").asText().equals("gated-gelu")) {
            return true;
        }
        return Stream.of("activation_function", "hidden_act", "dense_act_fn")
                .map(config::get)
                .filter(Objects::nonNull)
                .findFirst()
                .map(function -> function.asText().equals("gelu_new"))
                .orElse(NEW_GELU.contains(type));
    }

    private boolean isTied() {
        JsonNode said = config.get("tie_word_embeddings");
        return said == null ? TIED.contains(type) || kind() == Kind.ENCODER : said.asBoolean();
    }

    private @Nullable Experts experts(int inner) {
        int count = orNone(0, "num_local_experts", "n_routed_experts", "num_experts", "moe_num_experts");
        if (count < 2) {
            return null;
        }
        int size = optional(inner, "moe_intermediate_size", "expert_ffn_hidden_size");
        int active = optional(2, "num_experts_per_tok", "num_experts_per_token", "moe_k", "moe_topk", "top_k_experts");
        double shared = orNone(0, "n_shared_experts", "moe_num_shared_experts", "num_shared_experts");
        if (shared == 0) {
            shared = orNone(0, "shared_expert_intermediate_size", "shared_intermediate_size") / (double) size;
        }
        return new Experts(count, Math.min(active, count), shared, size, orNone(0, "first_k_dense_replace"));
    }

    private boolean hasLatentAttention() {
        return config.path("kv_lora_rank").asInt(0) > 0;
    }

    /** Multi-head latent attention (DeepSeek-V2, arXiv:2405.04434): keys and values come out of one narrow latent. */
    private double latentAttentionParameters(Architecture plain) {
        double width = plain.hiddenSize();
        double latent = needed("kv_lora_rank");
        double rope = orNone(64, "qk_rope_head_dim");
        double nope = orNone(128, "qk_nope_head_dim");
        double value = optional(128, "v_head_dim");
        double queryRank = orNone(0, "q_lora_rank");
        double heads = plain.heads();
        double query = queryRank > 0 ? queryRank * (width + heads * (nope + rope)) : width * heads * (nope + rope);
        double keyValue = width * (latent + rope) + latent * heads * (nope + value);
        double attention = query + keyValue + heads * value * width;
        double counted = 2 * width * (plain.queryWidth() + plain.keyValueWidth());
        return plain.layers() * (attention - counted);
    }

    /** Places, biases and norms, which weigh in small models only, and the pooler of encoders. */
    private double smallParameters(Architecture plain) {
        double width = plain.hiddenSize();
        double places = orNone(0, "max_position_embeddings", "n_positions", "n_ctx");
        double biases = plain.queryWidth() + 2 * plain.keyValueWidth() + 2 * width + plain.feedForwardSize();
        double norms = 4 * width;
        double pooler = plain.kind() == Kind.ENCODER ? width * width : 0;
        return places * width + plain.layers() * (biases + norms) + pooler;
    }

    private static Architecture withPublished(Architecture plain, double more) {
        return new Architecture(
                plain.kind(),
                plain.layers(),
                plain.hiddenSize(),
                plain.feedForwardSize(),
                plain.heads(),
                plain.keyValueHeads(),
                plain.headSize(),
                plain.vocabulary(),
                plain.isGated(),
                plain.hasNewGelu(),
                plain.hasDisentangledAttention(),
                plain.hasTiedEmbeddings(),
                plain.experts(),
                Math.round(plain.parameters() + more),
                false);
    }

    private int needed(String... keys) {
        String key = named(keys)
                .orElseThrow(() -> new IllegalArgumentException("config.json has no " + String.join(", ", keys)));
        return whole(key, 1);
    }

    private int optional(int otherwise, String... keys) {
        return named(keys).map(key -> whole(key, 1)).orElse(otherwise);
    }

    /** The same where 0 says that there is none. */
    private int orNone(int otherwise, String... keys) {
        return named(keys).map(key -> whole(key, 0)).orElse(otherwise);
    }

    /** A number that {@code int} holds; it may be written as 64.0. */
    private int whole(String key, int least) {
        double value = config.path(key).asDouble();
        if (value != Math.rint(value) || value < least || value > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("config.json: " + key + " must be a whole number from " + least + " to "
                    + Integer.MAX_VALUE + ", was " + config.path(key).asText());
        }
        return (int) value;
    }

    /** The first of the keys that holds a number. */
    private Optional<String> named(String... keys) {
        return Arrays.stream(keys).filter(key -> config.path(key).isNumber()).findFirst();
    }
}
