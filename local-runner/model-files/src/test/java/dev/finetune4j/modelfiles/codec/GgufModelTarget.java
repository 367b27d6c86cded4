package dev.finetune4j.modelfiles.codec;

import dev.finetune4j.modelfiles.config.ModelFolder;
import dev.finetune4j.modelfiles.decoder.WeightCheck;
import dev.finetune4j.modelfiles.weights.GgufBytes;
import dev.finetune4j.testkit.fuzz.ParserTarget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What a GGUF file says about its model: configuration, tensors, tokenizer, chat template. */
public final class GgufModelTarget implements ParserTarget {
    @Override
    public String name() {
        return "gguf-model";
    }

    @Override
    public List<byte[]> seeds() throws IOException {
        return List.of(
                Files.readAllBytes(ModelFixture.CODEC.resolve("gpt-2.gguf")),
                small("none").toBytes(),
                small("linear").toBytes());
    }

    private static GgufBytes small(String stretch) {
        return GgufBytes.header(1, 18)
                .textKey("general.architecture", "llama")
                .intKey("llama.embedding_length", 4)
                .intKey("llama.attention.head_count", 2)
                .intKey("llama.attention.head_count_kv", 1)
                .intKey("llama.block_count", 1)
                .intKey("llama.feed_forward_length", 8)
                .intKey("llama.context_length", 16)
                .textKey("llama.rope.scaling.type", stretch)
                .intKey("llama.rope.scaling.factor", 2)
                .intKey("llama.attention.layer_norm_rms_epsilon", 1)
                .textKey("tokenizer.ggml.model", "gpt2")
                .textKey("tokenizer.ggml.pre", "smollm")
                .textsKey("tokenizer.ggml.tokens", List.of("a", "b", "ab"))
                .textsKey("tokenizer.ggml.merges", List.of("a b"))
                .intKey("tokenizer.ggml.eos_token_id", 1)
                .intKey("tokenizer.ggml.bos_token_id", 0)
                .intKey("tokenizer.ggml.padding_token_id", 2)
                .textKey("tokenizer.chat_template", "{% for m in messages %}{{ m.content }}{% endfor %}")
                .tensor("token_embd.weight", List.of(4L, 3L), 0, 0)
                .data(48);
    }

    @Override
    public void read(byte[] input, Path scratch) throws IOException {
        ModelFolder model = ModelFolder.open(Files.write(scratch.resolve("model.gguf"), input));
        try (HuggingFaceTextCodec codec = HuggingFaceTextCodec.open(model)) {
            codec.decode(codec.encodeText("a b"));
        }
        WeightCheck.refuseUnfit(model);
    }
}
