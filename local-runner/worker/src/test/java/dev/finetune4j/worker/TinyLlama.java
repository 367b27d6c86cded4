package dev.finetune4j.worker;

import dev.finetune4j.modelfiles.weights.SafetensorsWriter;
import dev.finetune4j.modelfiles.weights.TensorType;
import dev.finetune4j.modelfiles.weights.WritableTensor;
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
import java.util.function.Supplier;

/** Llamas of random weights in Hugging Face layout; the tiny one is for the letters of {@link LetterCodec}. */
public final class TinyLlama {
    private static final Sizes TINY = new Sizes(LetterCodec.VOCABULARY, 32, 48, 2, 4, 2);

    private TinyLlama() {}

    /**
     * How large a model is.
     *
     * @param vocabulary V
     * @param width C
     * @param inner F
     * @param layers L
     * @param heads H, each of C / H
     * @param keyHeads K
     */
    public record Sizes(int vocabulary, int width, int inner, int layers, int heads, int keyHeads) {}

    /** Writes the same model each time: two layers, some thousand weights. */
    public static Path write(Path folder) throws IOException {
        return write(folder, TINY);
    }

    /** Writes the same model each time. */
    public static Path write(Path folder, Sizes sizes) throws IOException {
        Files.createDirectories(folder);
        String config = String.format(
                Locale.ROOT,
                """
                {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": %d, "intermediate_size": %d,
                 "num_hidden_layers": %d, "num_attention_heads": %d, "num_key_value_heads": %d, "vocab_size": %d,
                 "max_position_embeddings": 256, "rms_norm_eps": 1e-5, "rope_theta": 10000.0, "hidden_act": "silu",
                 "tie_word_embeddings": true, "bos_token_id": 0, "eos_token_id": 0, "torch_dtype": "float32"}
                """,
                sizes.width(),
                sizes.inner(),
                sizes.layers(),
                sizes.heads(),
                sizes.keyHeads(),
                sizes.vocabulary());
        Files.writeString(folder.resolve("config.json"), config);
        Map<String, WritableTensor> tensors = new TreeMap<>();
        SplittableRandom random = new SplittableRandom(1);
        int width = sizes.width();
        tensors.put("model.embed_tokens.weight", matrix(random, sizes.vocabulary(), width));
        tensors.put("model.norm.weight", ones(width));
        for (int layer = 0; layer < sizes.layers(); layer++) {
            String name = "model.layers." + layer + ".";
            int keys = width / sizes.heads() * sizes.keyHeads();
            tensors.put(name + "input_layernorm.weight", ones(width));
            tensors.put(name + "post_attention_layernorm.weight", ones(width));
            tensors.put(name + "self_attn.q_proj.weight", matrix(random, width, width));
            tensors.put(name + "self_attn.k_proj.weight", matrix(random, keys, width));
            tensors.put(name + "self_attn.v_proj.weight", matrix(random, keys, width));
            tensors.put(name + "self_attn.o_proj.weight", matrix(random, width, width));
            tensors.put(name + "mlp.gate_proj.weight", matrix(random, sizes.inner(), width));
            tensors.put(name + "mlp.up_proj.weight", matrix(random, sizes.inner(), width));
            tensors.put(name + "mlp.down_proj.weight", matrix(random, width, sizes.inner()));
        }
        try (FileChannel channel = FileChannel.open(
                folder.resolve("model.safetensors"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            SafetensorsWriter.write(channel, tensors, Map.of("format", "pt"));
        }
        return folder;
    }

    /** Numbers are made as they are written, so that no model is ever whole in memory. */
    private static WritableTensor matrix(SplittableRandom seeds, int rows, int columns) {
        long seed = seeds.nextLong();
        return tensor(List.of((long) rows, (long) columns), () -> {
            SplittableRandom random = new SplittableRandom(seed);
            ByteBuffer bytes = floats(rows * columns);
            while (bytes.hasRemaining()) {
                bytes.putFloat((float) ((random.nextDouble() - 0.5) * 0.4));
            }
            return bytes.flip();
        });
    }

    private static WritableTensor ones(int width) {
        return tensor(List.of((long) width), () -> {
            ByteBuffer bytes = floats(width);
            while (bytes.hasRemaining()) {
                bytes.putFloat(1);
            }
            return bytes.flip();
        });
    }

    private static ByteBuffer floats(int count) {
        return ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static WritableTensor tensor(List<Long> shape, Supplier<ByteBuffer> bytes) {
        return WritableTensor.ofBytes(TensorType.F32, shape, bytes);
    }
}
