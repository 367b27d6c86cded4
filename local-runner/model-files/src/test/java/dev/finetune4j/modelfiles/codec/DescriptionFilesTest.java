package dev.finetune4j.modelfiles.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.finetune4j.modelfiles.config.ModelConfig;
import dev.finetune4j.modelfiles.config.ModelFolder;
import dev.finetune4j.modelfiles.weights.GgufBytes;
import dev.finetune4j.modelfiles.weights.TensorType;
import dev.finetune4j.spi.TextCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DescriptionFilesTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"smollm.gguf", "llama-bpe.gguf"})
    void describesAGgufFileAsTheFolderThatItCouldHaveComeFrom(String name) throws IOException {
        ModelFolder gguf = ModelFolder.open(ModelFixture.CODEC.resolve(name));

        DescriptionFiles.write(gguf, TensorType.F32, folder);

        ModelFolder written = ModelFolder.open(folder);
        ModelConfig config = written.config();
        assertThat(config.hiddenSize()).isEqualTo(gguf.config().hiddenSize());
        assertThat(config.headSize()).isEqualTo(gguf.config().headSize());
        assertThat(config.ropeTheta()).isEqualTo(gguf.config().ropeTheta());
        assertThat(config.rmsEpsilon()).isEqualTo(gguf.config().rmsEpsilon());
        assertThat(config.tiedEmbeddings()).isEqualTo(gguf.config().tiedEmbeddings());
        assertThat(config.endTokens()).isEqualTo(gguf.config().endTokens());
        assertThat(config.storedType()).isEqualTo("float32");
        assertThat(config.interleavedRotary()).isFalse();
        try (TextCodec before = HuggingFaceTextCodec.open(gguf);
                TextCodec after = HuggingFaceTextCodec.open(written)) {
            assertThat(after.encode(ModelFixture.conversation(), 0))
                    .isEqualTo(before.encode(ModelFixture.conversation(), 0));
            assertThat(after.encode(ModelFixture.passage(), 0)).isEqualTo(before.encode(ModelFixture.passage(), 0));
            assertThat(after.stopTokens()).isEqualTo(before.stopTokens());
            assertThat(after.contextTokens()).isEqualTo(before.contextTokens());
        }
    }

    @Test
    void tellsOtherProgramsToBeginTextsAsTheGgufFileDoes() throws IOException {
        DescriptionFiles.write(ModelFolder.open(ModelFixture.CODEC.resolve("llama-bpe.gguf")), TensorType.F32, folder);

        JsonNode processor =
                JSON.readTree(folder.resolve("tokenizer.json").toFile()).path("post_processor");
        assertThat(processor.path("type").asText()).isEqualTo("TemplateProcessing");
        assertThat(processor.at("/single/0/SpecialToken/id").asText()).isEqualTo("<|im_start|>");
        assertThat(processor.at("/single/1/Sequence/id").asText()).isEqualTo("A");
        assertThat(processor.path("pair")).hasSize(4);
        assertThat(processor.at("/special_tokens/<|im_start|>/tokens/0").asText())
                .isEqualTo("<|im_start|>");
    }

    @Test
    void copiesAFolderButForItsWeights() throws IOException {
        ModelFixture.in(Files.createDirectory(folder.resolve("base")))
                .write("LICENSE", "free")
                .write("old.bin", "a pickle");
        Files.write(folder.resolve("base/model.safetensors"), new byte[8]);
        Path to = Files.createDirectory(folder.resolve("to"));

        DescriptionFiles.write(ModelFolder.open(folder.resolve("base")), TensorType.BF16, to);

        assertThat(to.toFile().list())
                .contains("config.json", "tokenizer.json", "LICENSE")
                .doesNotContain("model.safetensors", "old.bin");
        assertThat(ModelFolder.open(to).config().storedType()).isEqualTo("bfloat16");
    }

    @Test
    void refusesAGgufFileThatConfigJsonCannotDescribe() {
        Path file = GgufBytes.header(2, 6)
                .textKey("general.architecture", "llama")
                .intKey("llama.embedding_length", 4)
                .intKey("llama.attention.head_count", 1)
                .intKey("llama.block_count", 1)
                .intKey("llama.feed_forward_length", 4)
                .text("llama.attention.layer_norm_rms_epsilon")
                .i32(6)
                .i32(Float.floatToIntBits(1e-5f))
                .tensor("token_embd.weight", List.of(4L, 2L), 0, 0)
                .tensor("blk.0.attn_q.bias", List.of(4L), 0, 32)
                .data(48)
                .write(folder.resolve("m.gguf"));

        assertThatThrownBy(() -> DescriptionFiles.write(ModelFolder.open(file), TensorType.F32, folder))
                .hasMessageContaining("FT0423");
        assertThat(folder.resolve("config.json")).doesNotExist();
    }
}
