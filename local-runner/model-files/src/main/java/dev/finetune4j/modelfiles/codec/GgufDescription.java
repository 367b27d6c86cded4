package dev.finetune4j.modelfiles.codec;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.modelfiles.config.GgufKeys;
import dev.finetune4j.modelfiles.config.ModelConfig;
import dev.finetune4j.modelfiles.config.ModelFolder;
import dev.finetune4j.modelfiles.tokenizer.GgufVocabulary;
import dev.finetune4j.modelfiles.weights.GgufValue;
import dev.finetune4j.modelfiles.weights.TensorType;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Everything of a model but its weights, as the metadata of a GGUF file: the counterpart of {@link DescriptionFiles}. */
public final class GgufDescription {
    /** {@code general.file_type}: llama.cpp's numbers of the type that most weights have. */
    private static final Map<TensorType, Integer> FILE_TYPES =
            Map.of(TensorType.F32, 0, TensorType.F16, 1, TensorType.Q8_0, 7, TensorType.BF16, 32);

    private static final int QUANTIZATION_VERSION = 2;

    /** Ways to end: a text, a turn, a message. */
    private static final List<String> END_KEYS = List.of("eos_token_id", "eot_token_id", "eom_token_id");

    private final ModelFolder model;
    private final TextSettings text;
    private final Map<String, GgufValue> keys = new LinkedHashMap<>();

    private GgufDescription(ModelFolder model) {
        this.model = model;
        this.text = TextSettings.read(model);
    }

    /**
     * Describes a model.
     *
     * @param model a folder in Hugging Face layout, or a GGUF file
     * @param name what {@code general.name} shall say
     * @param type how most of the weights beside the description are stored: F32, F16, BF16 or Q8_0
     * @throws FineTuneException with FT0424 if llama.cpp would not compute what the model does, FT0434 if its tokenizer is none that
     *     GGUF has a name for, or FT04xx if its files are missing or damaged
     */
    public static Map<String, GgufValue> of(ModelFolder model, String name, TensorType type) {
        Map<String, GgufValue> sizes = GgufKeys.of(model.config(), model.path().toString());
        GgufDescription description = new GgufDescription(model);
        description.keys.putAll(sizes);
        description.putGeneral(name, type);
        description.putText();
        return Collections.unmodifiableMap(description.keys);
    }

    private void putGeneral(String name, TensorType type) {
        Integer fileType = FILE_TYPES.get(type);
        if (fileType == null) {
            throw new IllegalArgumentException("type must be F32, F16, BF16 or Q8_0, was " + type);
        }
        keys.put("general.type", new GgufValue.Text("model"));
        keys.put("general.name", new GgufValue.Text(name));
        keys.put("general.file_type", new GgufValue.Whole(fileType));
        keys.put("general.quantization_version", new GgufValue.Whole(QUANTIZATION_VERSION));
    }

    private void putText() {
        ModelConfig config = model.config();
        keys.putAll(GgufVocabulary.of(text.tokenizer(), config.vocabularySize()));
        number("bos_token").ifPresent(id -> putToken("bos_token_id", id));
        number("unk_token").ifPresent(id -> putToken("unknown_token_id", id));
        number("pad_token").ifPresent(id -> putToken("padding_token_id", id));
        List<Integer> ends = endTokens();
        for (int i = 0; i < Math.min(ends.size(), END_KEYS.size()); i++) {
            putToken(END_KEYS.get(i), ends.get(i));
        }
        keys.put("tokenizer.ggml.add_bos_token", new GgufValue.Truth(text.beginsTexts()));
        String template = text.template();
        if (template != null) {
            keys.put("tokenizer.chat_template", new GgufValue.Text(template));
        }
    }

    /** The tokenizer's own first, since chat templates write it; then the others at which answers stop. */
    private List<Integer> endTokens() {
        Set<Integer> ends = new LinkedHashSet<>();
        number("eos_token").ifPresent(ends::add);
        ends.addAll(model.endTokens());
        return List.copyOf(ends);
    }

    private Optional<Integer> number(String token) {
        return Optional.ofNullable(text.specialTokens().get(token)).flatMap(text.tokenizer()::id);
    }

    private void putToken(String key, int id) {
        keys.put("tokenizer.ggml." + key, new GgufValue.Whole(id));
    }
}
