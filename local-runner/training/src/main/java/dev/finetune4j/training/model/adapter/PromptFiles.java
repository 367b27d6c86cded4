package dev.finetune4j.training.model.adapter;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.method.PromptTuning;
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
 * Trained virtual tokens in the format of PEFT: {@code adapter_config.json} of kind {@code PROMPT_TUNING} and
 * {@code adapter_model.safetensors} with {@code prompt_embeddings} [v, C].
 */
public final class PromptFiles {
    private static final String KIND = "PROMPT_TUNING";
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
            "prompt_tuning_init",
            "prompt_tuning_init_text",
            "revision",
            "task_type",
            "token_dim",
            "tokenizer_kwargs",
            "tokenizer_name_or_path");

    private PromptFiles() {}

    /**
     * What PEFT wants to know of the base model.
     *
     * @param name what it is called
     * @param layers its layers
     * @param heads its query heads
     * @param width C
     */
    public record Base(ModelName name, int layers, int heads, int width) {}

    /** Whether a folder holds virtual tokens rather than another kind of adapter. */
    public static boolean isPrompt(Path folder) {
        return AdapterConfig.tree(folder).path("peft_type").asText("").equals(KIND);
    }

    /**
     * How virtual tokens were tuned.
     *
     * @throws FineTuneException with FT0473 if the configuration asks for what is not computed here
     */
    public static PromptTuning method(Path folder) {
        JsonNode config = AdapterConfig.tree(folder);
        List<String> wrong = new ArrayList<>();
        config.properties().forEach(entry -> {
            if (!KNOWN.contains(entry.getKey()) && AdapterConfig.isSet(entry.getValue())) {
                wrong.add(entry.getKey() + " is " + entry.getValue() + ", which is not supported");
            }
        });
        if (config.path("num_transformer_submodules").asInt(1) != 1) {
            wrong.add("num_transformer_submodules is " + config.path("num_transformer_submodules") + ", not 1");
        }
        String text = config.path("prompt_tuning_init_text").asText("");
        try {
            if (wrong.isEmpty()) {
                return new PromptTuning(config.path("num_virtual_tokens").asInt(), text.isBlank() ? null : text);
            }
        } catch (IllegalArgumentException e) {
            wrong.add(String.valueOf(e.getMessage()));
        }
        throw AdapterConfig.misfit(folder, wrong);
    }

    /**
     * Writes both files into an existing folder; the same embeddings give the same bytes.
     *
     * @param embeddings [v, C], little-endian float32
     * @throws UncheckedIOException if the disk refuses
     */
    public static void write(Path folder, PromptTuning method, Base base, ByteBuffer embeddings) {
        List<Long> shape = List.of((long) method.virtualTokens(), (long) base.width());
        try (FileChannel channel = FileChannel.open(
                folder.resolve(AdapterTensors.FILE),
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
            SafetensorsWriter.write(
                    channel,
                    Map.of(EMBEDDINGS, WritableTensor.ofBytes(TensorType.F32, shape, embeddings::duplicate)),
                    Map.of("format", "pt"));
            AdapterConfig.write(folder, config(method, base));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What {@code adapter_config.json} says of virtual tokens, by PEFT's names. */
    public static Map<String, Object> config(PromptTuning method, Base base) {
        Map<String, Object> config = new TreeMap<>();
        config.put("peft_type", KIND);
        config.put("task_type", "CAUSAL_LM");
        config.put("base_model_name_or_path", base.name().value());
        config.put("revision", base.name().revision()); // of the base model, as PEFT reads it
        config.put("num_virtual_tokens", method.virtualTokens());
        config.put("token_dim", base.width());
        config.put("num_transformer_submodules", 1);
        config.put("num_attention_heads", base.heads());
        config.put("num_layers", base.layers());
        config.put("prompt_tuning_init", method.initText() == null ? "SAMPLE_VOCAB" : "TEXT");
        config.put("prompt_tuning_init_text", method.initText());
        config.put("tokenizer_name_or_path", base.name().value());
        config.put("inference_mode", true);
        return config;
    }

    /**
     * Reads embeddings.
     *
     * @param folder a folder that PEFT or {@link #write} wrote
     * @param method what they must agree with
     * @param width C
     * @param embeddings [v, C], little-endian float32
     * @throws FineTuneException with FT0473 if they do not fit, FT0474 if one of them is no finite number, FT04xx if the weight file
     *     is damaged
     */
    public static void read(Path folder, PromptTuning method, int width, ByteBuffer embeddings) {
        List<String> wrong = new ArrayList<>();
        int written = method(folder).virtualTokens();
        if (written != method.virtualTokens()) {
            wrong.add("num_virtual_tokens is " + written + ", method.virtual-tokens is " + method.virtualTokens());
        }
        try (AdapterTensors weights = AdapterTensors.open(folder)) {
            if (!weights.names().equals(Set.of(EMBEDDINGS))) {
                wrong.add("it holds " + weights.names() + ", not " + EMBEDDINGS + " alone");
            } else {
                weights.misfit(EMBEDDINGS, List.of((long) method.virtualTokens(), (long) width))
                        .ifPresent(wrong::add);
            }
            if (!wrong.isEmpty()) {
                throw AdapterConfig.misfit(folder, wrong);
            }
            weights.read(EMBEDDINGS, embeddings);
        }
    }
}
