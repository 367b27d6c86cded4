package dev.finetune4j.training.model.adapter;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.method.PrefixTuning;
import dev.finetune4j.method.PromptTuning;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.model.ModelName;
import dev.finetune4j.modelfiles.weights.SafetensorsWriter;
import dev.finetune4j.modelfiles.weights.TensorType;
import dev.finetune4j.modelfiles.weights.WritableTensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Trained virtual tokens in the format of PEFT: {@code adapter_config.json} and {@code adapter_model.safetensors} with
 * {@code prompt_embeddings}, which are [v, C] of kind {@code PROMPT_TUNING}, and of kind {@code PREFIX_TUNING} [v, L 2 K D]: of each
 * token the keys of the first layer, its values, the keys of the next layer and so on.
 */
public final class PromptFiles {
    private static final String PROMPT = "PROMPT_TUNING";
    private static final String PREFIX = "PREFIX_TUNING";
    private static final String EMBEDDINGS = "prompt_embeddings";

    /** Keys that are read, or do not change what finished virtual tokens compute. */
    private static final Set<String> KNOWN = Set.of(
            "auto_mapping",
            "base_model_name_or_path",
            "inference_mode",
            "num_attention_heads",
            "num_layers",
            "num_transformer_submodules",
            "num_virtual_tokens",
            "peft_type",
            "peft_version",
            "revision",
            "task_type",
            "token_dim");

    private static final Set<String> KNOWN_OF_PROMPT =
            Set.of("prompt_tuning_init", "prompt_tuning_init_text", "tokenizer_kwargs", "tokenizer_name_or_path");

    /** Finished keys and values are written after their projection. */
    private static final Set<String> KNOWN_OF_PREFIX =
            Set.of("encoder_hidden_size", "init_weights", "prefix_projection");

    private PromptFiles() {}

    /**
     * What PEFT wants to know of the base model.
     *
     * @param name what it is called
     * @param layers its layers L
     * @param width C
     * @param heads its query heads
     * @param keyHeads its key heads K
     * @param headWidth D
     */
    public record Base(ModelName name, int layers, int width, int heads, int keyHeads, int headWidth) {
        /** Numbers that are trained of each virtual token. */
        private long columns(TuningMethod method) {
            return method instanceof PrefixTuning ? 2L * layers * keyHeads * headWidth : width;
        }
    }

    /** Whether a folder holds virtual tokens rather than another kind of adapter. */
    public static boolean isPrompt(Path folder) {
        return Set.of(PROMPT, PREFIX).contains(kind(AdapterConfig.tree(folder)));
    }

    private static String kind(JsonNode config) {
        return config.path("peft_type").asText("");
    }

    /**
     * How virtual tokens were tuned.
     *
     * @throws FineTuneException with FT0473 if the configuration asks for what is not computed here
     */
    public static TuningMethod method(Path folder) {
        JsonNode config = AdapterConfig.tree(folder);
        boolean isPrefix = kind(config).equals(PREFIX);
        Set<String> own = isPrefix ? KNOWN_OF_PREFIX : KNOWN_OF_PROMPT;
        List<String> wrong = new ArrayList<>();
        config.properties().forEach(entry -> {
            String key = entry.getKey();
            if (!KNOWN.contains(key) && !own.contains(key) && AdapterConfig.isSet(entry.getValue())) {
                wrong.add(key + " is " + entry.getValue() + ", which is not supported");
            }
        });
        if (config.path("num_transformer_submodules").asInt(1) != 1) {
            wrong.add("num_transformer_submodules is " + config.path("num_transformer_submodules") + ", not 1");
        }
        String text = config.path("prompt_tuning_init_text").asText("");
        try {
            if (wrong.isEmpty()) {
                int tokens = config.path("num_virtual_tokens").asInt();
                return isPrefix
                        ? new PrefixTuning(tokens, null)
                        : new PromptTuning(tokens, text.isBlank() ? null : text);
            }
        } catch (IllegalArgumentException e) {
            wrong.add(String.valueOf(e.getMessage()));
        }
        throw AdapterConfig.misfit(folder, wrong);
    }

    /**
     * Writes both files into an existing folder; the same numbers give the same bytes.
     *
     * @param trained what is trained of all virtual tokens, in the order of the file, little-endian float32
     * @throws UncheckedIOException if the disk refuses
     */
    public static void write(Path folder, TuningMethod method, Base base, ByteBuffer trained) {
        List<Long> shape = List.of((long) method.virtualTokens(), base.columns(method));
        try (FileChannel channel = FileChannel.open(
                folder.resolve(AdapterTensors.FILE),
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
            SafetensorsWriter.write(
                    channel,
                    Map.of(EMBEDDINGS, WritableTensor.ofBytes(TensorType.F32, shape, trained::duplicate)),
                    Map.of("format", "pt"));
            AdapterConfig.write(folder, config(method, base));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What {@code adapter_config.json} says of virtual tokens, by PEFT's names. */
    public static Map<String, Object> config(TuningMethod method, Base base) {
        Map<String, Object> config = new TreeMap<>();
        config.put("task_type", "CAUSAL_LM");
        config.put("base_model_name_or_path", base.name().value());
        config.put("revision", base.name().revision()); // of the base model, as PEFT reads it
        config.put("num_virtual_tokens", method.virtualTokens());
        config.put("num_transformer_submodules", 1);
        config.put("num_layers", base.layers());
        config.put("inference_mode", true);
        if (method instanceof PrefixTuning) {
            config.put("peft_type", PREFIX);
            config.put("token_dim", base.keyHeads() * base.headWidth());
            config.put("num_attention_heads", base.keyHeads()); // PEFT's word for those that keys have
            config.put("encoder_hidden_size", base.keyHeads() * base.headWidth());
            config.put("prefix_projection", false);
        } else {
            config.put("peft_type", PROMPT);
            config.put("token_dim", base.width());
            config.put("num_attention_heads", base.heads());
            config.put("prompt_tuning_init", method.initTextIfAny().isPresent() ? "TEXT" : "SAMPLE_VOCAB");
            config.put("prompt_tuning_init_text", method.initTextIfAny().orElse(null));
            config.put("tokenizer_name_or_path", base.name().value());
        }
        return config;
    }

    /**
     * Reads what is trained of virtual tokens.
     *
     * @param folder a folder that PEFT or {@link #write} wrote
     * @param method what they must agree with
     * @param base the model that they were trained on
     * @param trained gets the numbers of all virtual tokens, in the order of the file, little-endian float32
     * @throws FineTuneException with FT0473 if they do not fit, FT0474 if one of them is no finite number, FT04xx if the weight file
     *     is damaged
     */
    public static void read(Path folder, TuningMethod method, Base base, ByteBuffer trained) {
        List<String> wrong = new ArrayList<>();
        TuningMethod written = method(folder);
        if (!written.kind().equals(method.kind())) {
            wrong.add("it is of " + written.kind() + ", method.kind is " + method.kind());
        }
        if (written.virtualTokens() != method.virtualTokens()) {
            wrong.add("num_virtual_tokens is " + written.virtualTokens() + ", method.virtual-tokens is "
                    + method.virtualTokens());
        }
        try (AdapterTensors weights = AdapterTensors.open(folder)) {
            if (!weights.names().equals(Set.of(EMBEDDINGS))) {
                wrong.add("it holds " + weights.names() + ", not " + EMBEDDINGS + " alone");
            } else {
                weights.misfit(EMBEDDINGS, List.of((long) method.virtualTokens(), base.columns(method)))
                        .ifPresent(wrong::add);
            }
            if (!wrong.isEmpty()) {
                throw AdapterConfig.misfit(folder, wrong);
            }
            weights.read(EMBEDDINGS, trained);
        }
    }
}
