package dev.finetune4j.modelfiles.codec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.modelfiles.ModelFilesProblems;
import dev.finetune4j.modelfiles.ModelJson;
import dev.finetune4j.modelfiles.config.AttentionBias;
import dev.finetune4j.modelfiles.config.GgufArchitecture;
import dev.finetune4j.modelfiles.config.ModelConfig;
import dev.finetune4j.modelfiles.config.ModelFolder;
import dev.finetune4j.modelfiles.config.RopeScaling;
import dev.finetune4j.modelfiles.weights.TensorType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Writes everything of a model but its weights: configuration, tokenizer, chat template, licence. A folder's files are copied as they
 * are; those that a GGUF file keeps in its metadata are written as transformers would.
 */
public final class DescriptionFiles {
    private static final String CONFIG = "config.json";
    private static final String TIED = "tie_word_embeddings";
    private static final long MAX_CONFIG_BYTES = 16L << 20;
    private static final List<String> WEIGHTS = List.of(
            ".safetensors",
            ".index.json",
            ".gguf",
            ".bin",
            ".pt",
            ".pth",
            ".ckpt",
            ".h5",
            ".msgpack",
            ".onnx",
            ".partial");
    private static final Map<TensorType, String> TORCH_NAMES =
            Map.of(TensorType.F32, "float32", TensorType.BF16, "bfloat16");

    private final ModelFolder model;
    private final TensorType type;
    private final boolean isUntied;
    private final Path folder;

    private DescriptionFiles(ModelFolder model, TensorType type, boolean isUntied, Path folder) {
        this.model = model;
        this.type = type;
        this.isUntied = isUntied;
        this.folder = folder;
    }

    /**
     * Writes into an existing folder.
     *
     * @param model the model that is described
     * @param type how the weights beside the description are stored: F32 or BF16
     * @param folder where to
     * @throws IOException if the disk refuses
     * @throws FineTuneException with FT0423 if a GGUF file holds what config.json cannot say, or FT04xx if its tokenizer is not read
     */
    public static void write(ModelFolder model, TensorType type, Path folder) throws IOException {
        write(model, type, false, folder);
    }

    /**
     * Writes into an existing folder what describes the model with a head of its own, where it shared the embedding's.
     *
     * @param isUntied whether the weights beside the description hold embedding and head apart, whatever the model has
     * @see #write(ModelFolder, TensorType, Path)
     */
    public static void write(ModelFolder model, TensorType type, boolean isUntied, Path folder) throws IOException {
        DescriptionFiles files = new DescriptionFiles(model, type, isUntied, folder);
        if (model.isGguf()) {
            files.writeThoseOfGguf();
        } else {
            files.copyThoseOfFolder();
        }
    }

    private void copyThoseOfFolder() throws IOException {
        List<Path> sources;
        try (Stream<Path> all = Files.list(model.path())) {
            sources = all.filter(Files::isRegularFile)
                    .filter(file -> WEIGHTS.stream()
                            .noneMatch(file.getFileName().toString().toLowerCase(Locale.ROOT)::endsWith))
                    .toList();
        }
        for (Path source : sources) {
            Files.copy(source, folder.resolve(source.getFileName().toString()));
        }
        ObjectNode config = config(model, type);
        if (isUntied) {
            config.put(TIED, false);
        }
        writeJson(CONFIG, config);
    }

    /** What config.json of a folder says of the model where its weights are stored as F32 or BF16. */
    static ObjectNode config(ModelFolder model, TensorType type) {
        ObjectNode config = (ObjectNode)
                ModelJson.readObject(model.path().resolve(CONFIG), MAX_CONFIG_BYTES, ModelFilesProblems.CONFIG_INVALID);
        config.put(config.has("dtype") ? "dtype" : "torch_dtype", torchName(type));
        return config;
    }

    private void writeThoseOfGguf() throws IOException {
        ModelConfig config = model.config();
        writeJson(CONFIG, configJson(config));
        TextSettings text = TextSettings.read(model);
        ObjectNode generation = JsonNodeFactory.instance.objectNode();
        putTokens(generation, config);
        writeJson("generation_config.json", generation);
        Files.writeString(folder.resolve("tokenizer.json"), text.tokenizer().textWithBeginToken(text.beginsTexts()));
        ObjectNode tokenizer = JsonNodeFactory.instance.objectNode();
        tokenizer.put("tokenizer_class", "PreTrainedTokenizerFast");
        tokenizer.put("clean_up_tokenization_spaces", false);
        tokenizer.put("model_max_length", config.contextTokens());
        text.specialTokens().forEach(tokenizer::put);
        writeJson("tokenizer_config.json", tokenizer);
        String template = text.template();
        if (template != null) {
            Files.writeString(folder.resolve("chat_template.jinja"), template);
        }
    }

    /** What config.json would say of a GGUF file's architecture and sizes; also where what else the file holds cannot be said there. */
    static ObjectNode sizes(ModelConfig config) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.putArray("architectures").add(config.architecture());
        json.put("model_type", isQwen(config) ? "qwen2" : "llama");
        json.put("hidden_size", config.hiddenSize());
        json.put("num_hidden_layers", config.layers());
        json.put("num_attention_heads", config.heads());
        json.put("num_key_value_heads", config.keyValueHeads());
        json.put("head_dim", config.headSize());
        json.put("intermediate_size", config.feedForwardSize());
        json.put("vocab_size", config.vocabularySize());
        json.put("max_position_embeddings", config.contextTokens());
        json.put(TIED, config.tiedEmbeddings());
        return json;
    }

    private static boolean isQwen(ModelConfig config) {
        return GgufArchitecture.of(config).equals(Optional.of(GgufArchitecture.QWEN_2));
    }

    private ObjectNode configJson(ModelConfig config) {
        ObjectNode json = sizes(config);
        json.put("rope_theta", config.ropeTheta());
        json.set("rope_scaling", ropeScaling(config));
        json.put("rms_norm_eps", config.rmsEpsilon());
        json.put("hidden_act", config.activation());
        json.put(TIED, config.tiedEmbeddings() && !isUntied);
        if (!isQwen(config)) {
            if (config.attentionBias() == AttentionBias.QUERY_KEY_VALUE) {
                throw unwritten("query, key and value have biases and the output has none");
            }
            json.put("attention_bias", config.attentionBias() == AttentionBias.ALL);
            json.put("mlp_bias", config.feedForwardBias());
        }
        json.put("torch_dtype", torchName(type));
        putTokens(json, config);
        return json;
    }

    private JsonNode ropeScaling(ModelConfig config) {
        if (config.ropeScaling() instanceof RopeScaling.None) {
            return JsonNodeFactory.instance.nullNode();
        }
        if (config.ropeScaling() instanceof RopeScaling.Linear linear) {
            return JsonNodeFactory.instance
                    .objectNode()
                    .put("rope_type", "linear")
                    .put("factor", linear.factor());
        }
        throw unwritten("its rotary frequencies are stretched in its own way");
    }

    private static void putTokens(ObjectNode json, ModelConfig config) {
        config.beginTokenIfAny().ifPresent(token -> json.put("bos_token_id", token));
        if (config.endTokens().size() == 1) {
            json.put("eos_token_id", config.endTokens().get(0));
        } else if (!config.endTokens().isEmpty()) {
            ArrayNode tokens = json.putArray("eos_token_id");
            config.endTokens().forEach(tokens::add);
        }
    }

    private static String torchName(TensorType type) {
        String name = TORCH_NAMES.get(type);
        if (name == null) {
            throw new IllegalArgumentException("type must be F32 or BF16, was " + type);
        }
        return name;
    }

    private FineTuneException unwritten(String cause) {
        return ModelFilesProblems.LAYOUT_UNWRITTEN
                .error("this GGUF file has no counterpart in Hugging Face layout")
                .at(Location.of(model.path().toString()))
                .because(cause)
                .asException();
    }

    private void writeJson(String name, JsonNode json) throws IOException {
        Files.writeString(folder.resolve(name), json.toPrettyString() + "\n");
    }
}
