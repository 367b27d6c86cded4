package dev.finetune4j.training.model.adapter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.model.ModelName;
import dev.finetune4j.modelfiles.weights.SafetensorsFile;
import dev.finetune4j.modelfiles.weights.SafetensorsWriter;
import dev.finetune4j.modelfiles.weights.TensorEntry;
import dev.finetune4j.modelfiles.weights.TensorType;
import dev.finetune4j.training.model.ModelProblems;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Adapters in the format of PEFT (<a href="https://huggingface.co/docs/peft/developer_guides/checkpoint">checkpoint format</a>):
 * {@code adapter_config.json} and {@code adapter_model.safetensors} with one float32 tensor a factor.
 */
public final class AdapterFiles {
    private static final String CONFIG = "adapter_config.json";
    private static final String WEIGHTS = "adapter_model.safetensors";
    private static final long MAX_CONFIG_BYTES = 1 << 20;
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);

    private AdapterFiles() {}

    /**
     * Writes both files into an existing folder; the same adapter gives the same bytes.
     *
     * @param folder where to
     * @param layout where the factors lie
     * @param method rank, alpha and dropout
     * @param baseModel what the base model is called
     * @param flat the trainable vector, little-endian float32, [layout.length()]
     * @throws UncheckedIOException if the disk refuses
     */
    public static void write(Path folder, LoraLayout layout, LoraTuning method, ModelName baseModel, ByteBuffer flat) {
        Map<String, SafetensorsWriter.Tensor> tensors = new TreeMap<>();
        for (LoraLayout.Factor factor : layout.factors()) {
            tensors.put(
                    factor.name(),
                    SafetensorsWriter.Tensor.ofBytes(
                            TensorType.F32,
                            List.of((long) factor.rows(), (long) factor.columns()),
                            () -> slice(flat, factor)));
        }
        try (FileChannel channel = FileChannel.open(
                folder.resolve(WEIGHTS),
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
            SafetensorsWriter.write(channel, tensors, Map.of("format", "pt"));
            Files.writeString(folder.resolve(CONFIG), config(layout, method, baseModel), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads an adapter into the trainable vector.
     *
     * @param folder a folder that PEFT or {@link #write} wrote
     * @param layout where the factors lie
     * @param method what the adapter must agree with
     * @param flat the vector, little-endian float32, [layout.length()]
     * @throws FineTuneException with FT0473 if it does not fit, FT04xx if the weight file is damaged
     */
    public static void read(Path folder, LoraLayout layout, LoraTuning method, ByteBuffer flat) {
        checkConfig(folder.resolve(CONFIG), layout, method);
        Path file = folder.resolve(WEIGHTS);
        try (SafetensorsFile weights = SafetensorsFile.open(file)) {
            List<LoraLayout.Factor> factors = layout.factors();
            List<String> wrong = new ArrayList<>();
            for (LoraLayout.Factor factor : factors) {
                TensorEntry entry = weights.tensors().get(factor.name());
                List<Long> shape = List.of((long) factor.rows(), (long) factor.columns());
                if (entry == null) {
                    wrong.add(factor.name() + " is missing");
                } else if (!entry.shape().equals(shape) || entry.type() != TensorType.F32) {
                    wrong.add(factor.name() + " is " + entry.type() + " " + entry.shape() + ", not F32 " + shape);
                }
            }
            if (wrong.isEmpty() && weights.tensors().size() != factors.size()) {
                wrong.add("it holds " + weights.tensors().size() + " tensors, not " + factors.size());
            }
            if (!wrong.isEmpty()) {
                throw misfit(file, wrong).asException();
            }
            for (LoraLayout.Factor factor : factors) {
                weights.read(factor.name(), 0, slice(flat, factor));
            }
        }
    }

    private static ByteBuffer slice(ByteBuffer flat, LoraLayout.Factor factor) {
        int from = Math.toIntExact(factor.offset() * Float.BYTES);
        return flat.slice(from, Math.toIntExact(factor.length() * Float.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static String config(LoraLayout layout, LoraTuning method, ModelName baseModel)
            throws JsonProcessingException {
        Map<String, Object> config = new TreeMap<>();
        config.put("peft_type", "LORA");
        config.put("task_type", "CAUSAL_LM");
        config.put("base_model_name_or_path", baseModel.value());
        config.put("revision", baseModel.revision()); // of the base model, as PEFT reads it
        config.put("r", layout.rank());
        config.put(
                "lora_alpha",
                method.alpha() == Math.rint(method.alpha()) ? (Object) (long) method.alpha() : method.alpha());
        config.put("lora_dropout", method.dropout());
        config.put("target_modules", layout.moduleNames());
        config.put("bias", "none");
        config.put("fan_in_fan_out", false);
        config.put("inference_mode", true);
        config.put("init_lora_weights", true);
        config.put("use_rslora", false);
        config.put("use_dora", false);
        config.put("rank_pattern", Map.of());
        config.put("alpha_pattern", Map.of());
        return JSON.writeValueAsString(config) + "\n";
    }

    private static void checkConfig(Path file, LoraLayout layout, LoraTuning method) {
        JsonNode config;
        try {
            if (Files.size(file) > MAX_CONFIG_BYTES) {
                throw misfit(file, List.of("it is larger than " + MAX_CONFIG_BYTES + " bytes"))
                        .asException();
            }
            config = JSON.readTree(Files.readAllBytes(file));
        } catch (IOException e) {
            throw misfit(
                            file,
                            List.of("it cannot be read as JSON: " + e.getClass().getSimpleName()))
                    .asException(e);
        }
        List<String> wrong = new ArrayList<>();
        if (!config.path("peft_type").asText("").equals("LORA")) {
            wrong.add("peft_type is " + config.path("peft_type") + ", not LORA");
        }
        if (config.path("r").asInt() != layout.rank()) {
            wrong.add("r is " + config.path("r") + ", method.rank is " + layout.rank());
        }
        if (config.path("lora_alpha").asDouble() != method.alpha()) {
            wrong.add("lora_alpha is " + config.path("lora_alpha") + ", method.alpha is " + method.alpha());
        }
        TreeSet<String> modules = new TreeSet<>(); // PEFT lists names, or full paths for all-linear
        config.path("target_modules")
                .forEach(module -> modules.add(module.asText().replaceFirst(".*\\.", "")));
        if (!modules.equals(new TreeSet<>(layout.moduleNames()))) {
            wrong.add("target_modules are " + modules + ", the method adapts " + layout.moduleNames());
        }
        for (String unsupported : List.of("use_dora", "use_rslora", "fan_in_fan_out", "lora_bias")) {
            if (config.path(unsupported).asBoolean(false)) {
                wrong.add(unsupported + " is true, which is not supported");
            }
        }
        for (String unsupported : List.of("rank_pattern", "alpha_pattern", "modules_to_save", "layers_to_transform")) {
            if (!config.path(unsupported).isEmpty()) {
                wrong.add(unsupported + " is set, which is not supported");
            }
        }
        if (!wrong.isEmpty()) {
            throw misfit(file, wrong).asException();
        }
    }

    private static Problem.Builder misfit(Path file, List<String> causes) {
        Problem.Builder problem = ModelProblems.ADAPTER
                .error("the adapter in " + file.getParent() + " does not fit")
                .at(Location.of(file.toString()));
        causes.stream().limit(5).forEach(problem::because);
        if (causes.size() > 5) {
            problem.because((causes.size() - 5) + " more");
        }
        return problem;
    }
}
