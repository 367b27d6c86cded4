package dev.finetune4j.worker;

import dev.finetune4j.modelfiles.weights.SafetensorsWriter;
import dev.finetune4j.modelfiles.weights.TensorType;
import dev.finetune4j.training.bigram.LetterCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** A Llama of two layers and some thousand random weights in Hugging Face layout, for the letters of {@link LetterCodec}. */
final class TinyLlama {
    private static final int WIDTH = 32;
    private static final int INNER = 48;
    private static final int LAYERS = 2;
    private static final int HEADS = 4;
    private static final int KEY_HEADS = 2;

    private TinyLlama() {}

    /** Writes the same model each time. */
    static Path write(Path folder) throws IOException {
        Files.createDirectories(folder);
        String config = String.format(Locale.ROOT, """
                {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": %d, "intermediate_size": %d,
                 "num_hidden_layers": %d, "num_attention_heads": %d, "num_key_value_heads": %d, "vocab_size": %d,
                 "max_position_embeddings": 256, "rms_norm_eps": 1e-5, "rope_theta": 10000.0, "hidden_act": "silu",
                 "tie_word_embeddings": true, "bos_token_id": 0, "eos_token_id": 0, "torch_dtype": "float32"}
                """, WIDTH, INNER, LAYERS, HEADS, KEY_HEADS, LetterCodec.VOCABULARY);
        Files.writeString(folder.resolve("config.json"), config);
        Map<String, SafetensorsWriter.Tensor> tensors = new TreeMap<>();
        SplittableRandom random = new SplittableRandom(1);
        tensors.put("model.embed_tokens.weight", matrix(random, LetterCodec.VOCABULARY, WIDTH));
        tensors.put("model.norm.weight", ones());
        for (int layer = 0; layer < LAYERS; layer++) {
            String name = "model.layers." + layer + ".";
            int keys = WIDTH / HEADS * KEY_HEADS;
            tensors.put(name + "input_layernorm.weight", ones());
            tensors.put(name + "post_attention_layernorm.weight", ones());
            tensors.put(name + "self_attn.q_proj.weight", matrix(random, WIDTH, WIDTH));
            tensors.put(name + "self_attn.k_proj.weight", matrix(random, keys, WIDTH));
            tensors.put(name + "self_attn.v_proj.weight", matrix(random, keys, WIDTH));
            tensors.put(name + "self_attn.o_proj.weight", matrix(random, WIDTH, WIDTH));
            tensors.put(name + "mlp.gate_proj.weight", matrix(random, INNER, WIDTH));
            tensors.put(name + "mlp.up_proj.weight", matrix(random, INNER, WIDTH));
            tensors.put(name + "mlp.down_proj.weight", matrix(random, WIDTH, INNER));
        }
        try (FileChannel channel = FileChannel.open(
                folder.resolve("model.safetensors"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            SafetensorsWriter.write(channel, tensors, Map.of("format", "pt"));
        }
        return folder;
    }

    private static SafetensorsWriter.Tensor matrix(SplittableRandom random, int rows, int columns) {
        float[] values = new float[rows * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) ((random.nextDouble() - 0.5) * 0.4);
        }
        return tensor(List.of((long) rows, (long) columns), values);
    }

    private static SafetensorsWriter.Tensor ones() {
        float[] values = new float[WIDTH];
        java.util.Arrays.fill(values, 1);
        return tensor(List.of((long) WIDTH), values);
    }

    private static SafetensorsWriter.Tensor tensor(List<Long> shape, float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return new SafetensorsWriter.Tensor(
                TensorType.F32, shape, () -> bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN));
    }
}
