package dev.finetune4j.offlinecloud.bedrock;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** A folder in Hugging Face layout, read as far as the service reads one before it takes it in: what the model is, and heads of its weights. */
final class CheckpointFolder {
    private static final Set<String> ARCHITECTURES = Set.of(
            "GPTBigCodeForCausalLM",
            "GptOssForCausalLM",
            "LlamaForCausalLM",
            "MistralForCausalLM",
            "MixtralForCausalLM",
            "MllamaForConditionalGeneration",
            "Qwen2ForCausalLM",
            "Qwen2_5_VLForConditionalGeneration",
            "Qwen3ForCausalLM",
            "T5ForConditionalGeneration");
    private static final Set<String> TYPES = Set.of("F32", "F16", "BF16");
    private static final int LONGEST_HEAD = 100 << 20;

    private final Path folder;

    CheckpointFolder(Path folder) {
        this.folder = folder;
    }

    /**
     * The architecture.
     *
     * @throws DataRefusal if the service does not take the folder
     */
    String check() throws DataRefusal {
        try {
            if (Files.exists(folder.resolve("adapter_config.json")) && Files.notExists(folder.resolve("config.json"))) {
                throw new DataRefusal(
                        "The model files contain an adapter. Merge the adapter with its base model before you import it.");
            }
            String architecture = architecture(json("config.json"));
            for (String needed : List.of("tokenizer.json", "tokenizer_config.json")) {
                json(needed);
            }
            List<Path> weights = weights();
            if (weights.isEmpty()) {
                throw new DataRefusal("No model weights in .safetensors format were found at the provided location.");
            }
            for (Path file : weights) {
                checkWeights(file);
            }
            return architecture;
        } catch (IOException e) {
            throw new DataRefusal("The model files could not be read: " + e.getMessage());
        }
    }

    private JsonNode json(String name) throws DataRefusal, IOException {
        Path file = folder.resolve(name);
        if (Files.notExists(file)) {
            throw new DataRefusal("The required file " + name + " was not found at the provided location.");
        }
        try {
            return Json.records().readTree(Files.readString(file));
        } catch (JsonProcessingException e) {
            throw new DataRefusal("The file " + name + " is not valid JSON.");
        }
    }

    private static String architecture(JsonNode config) throws DataRefusal {
        String architecture = config.path("architectures").path(0).asText();
        if (!ARCHITECTURES.contains(architecture)) {
            throw new DataRefusal("The model architecture " + architecture + " is not supported for import.");
        }
        return architecture;
    }

    private List<Path> weights() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".safetensors"))
                    .sorted()
                    .toList();
        }
    }

    /** A safetensors file: eight bytes of length, a head in JSON, and as many bytes of values as the head says. */
    private static void checkWeights(Path file) throws DataRefusal, IOException {
        String name = String.valueOf(file.getFileName());
        try (InputStream in = Files.newInputStream(file)) {
            byte[] start = in.readNBytes(Long.BYTES);
            long length = start.length < Long.BYTES
                    ? -1
                    : ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).getLong();
            if (length <= 0 || length > LONGEST_HEAD || length > Files.size(file) - Long.BYTES) {
                throw new DataRefusal("The file " + name + " is not in safetensors format.");
            }
            JsonNode head = Json.records().readTree(in.readNBytes((int) length));
            long end = 0;
            for (JsonNode tensor : tensors(head)) {
                if (!TYPES.contains(tensor.path("dtype").asText())) {
                    throw new DataRefusal(
                            "The data type " + tensor.path("dtype").asText() + " in " + name
                                    + " is not supported. Use FP32, FP16, or BF16.");
                }
                end = Math.max(end, tensor.path("data_offsets").path(1).asLong());
            }
            if (Long.BYTES + length + end != Files.size(file)) {
                throw new DataRefusal("The file " + name + " is incomplete.");
            }
        } catch (JsonProcessingException e) {
            throw new DataRefusal("The file " + name + " is not in safetensors format.");
        }
    }

    private static List<JsonNode> tensors(JsonNode head) {
        List<JsonNode> tensors = new ArrayList<>();
        head.properties().stream()
                .filter(entry -> !entry.getKey().equals("__metadata__"))
                .forEach(entry -> tensors.add(entry.getValue()));
        return tensors;
    }
}
