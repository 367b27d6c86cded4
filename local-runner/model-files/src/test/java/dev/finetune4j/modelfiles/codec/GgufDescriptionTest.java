package dev.finetune4j.modelfiles.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.modelfiles.config.ModelConfig;
import dev.finetune4j.modelfiles.config.ModelFolder;
import dev.finetune4j.modelfiles.weights.GgufValue;
import dev.finetune4j.modelfiles.weights.GgufWriter;
import dev.finetune4j.modelfiles.weights.TensorType;
import dev.finetune4j.modelfiles.weights.WritableTensor;
import dev.finetune4j.spi.TextCodec;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A GGUF file with this description gives the tokens of the model that it was made of. */
class GgufDescriptionTest {
    @TempDir
    private Path folder;

    @Test
    void describesAFolder() throws IOException {
        Path model = Files.createDirectory(folder.resolve("model"));
        ModelFixture.in(model)
                .set("config.json", "eos_token_id", List.of(0, 2))
                .set("config.json", "vocab_size", 602)
                .set("tokenizer_config.json", "eos_token", "<|im_end|>")
                .set("tokenizer_config.json", "add_bos_token", true);

        Map<String, GgufValue> described = assertGivesTheSameTokens(ModelFolder.open(model));

        assertThat(described)
                .containsEntry("general.name", new GgufValue.Text("tuned"))
                .containsEntry("general.file_type", new GgufValue.Whole(7))
                .containsEntry("tokenizer.ggml.bos_token_id", new GgufValue.Whole(1))
                .containsEntry("tokenizer.ggml.add_bos_token", new GgufValue.Truth(true))
                .as("the tokenizer's own end, then that of config.json")
                .containsEntry("tokenizer.ggml.eos_token_id", new GgufValue.Whole(2))
                .containsEntry("tokenizer.ggml.eot_token_id", new GgufValue.Whole(0))
                .doesNotContainKey("tokenizer.ggml.eom_token_id");
    }

    @ParameterizedTest
    @ValueSource(strings = {"smollm.gguf", "llama-bpe.gguf", "qwen2.gguf"})
    void describesAGgufFile(String name) throws IOException {
        assertGivesTheSameTokens(ModelFolder.open(ModelFixture.CODEC.resolve(name)));
    }

    @Test
    void aTemplateThatEndsNoAnswerIsMendedInTheMetadata() throws IOException {
        Path model = Files.createDirectory(folder.resolve("model"));
        ModelFixture.in(model).template("{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}");
        assertGivesTheSameTokens(ModelFolder.open(model));

        try (TextCodec codec = HuggingFaceTextCodec.open(ModelFolder.open(folder.resolve("described.gguf")))) {
            assertThat(codec.conversationNotes())
                    .singleElement()
                    .satisfies(note -> assertThat(note.remedies())
                            .containsExactly("write {{ eos_token }} behind the assistant's text in"
                                    + " tokenizer.chat_template of the metadata"));
        }
    }

    @Test
    void refusesBeforeItReadsATokenizer() throws IOException {
        ModelFixture.in(folder)
                .set("config.json", "architectures", List.of("Gemma2ForCausalLM"))
                .delete("tokenizer.json");

        assertThatThrownBy(() -> GgufDescription.of(ModelFolder.open(folder), "tuned", TensorType.F16))
                .hasMessageContaining("FT0424");
    }

    private Map<String, GgufValue> assertGivesTheSameTokens(ModelFolder model) throws IOException {
        Map<String, GgufValue> described = GgufDescription.of(model, "tuned", TensorType.Q8_0);
        ModelConfig config = model.config();
        Path file = folder.resolve("described.gguf");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            int weights = config.vocabularySize() * config.hiddenSize();
            GgufWriter.write(
                    channel,
                    described,
                    Map.of(
                            "token_embd.weight",
                            WritableTensor.ofFloats(
                                    List.of((long) config.vocabularySize(), (long) config.hiddenSize()),
                                    () -> new float[weights])));
        }
        ModelFolder written = ModelFolder.open(file);
        assertThat(written.config().architecture()).isEqualTo(config.architecture());
        assertThat(written.config().headSize()).isEqualTo(config.headSize());
        assertThat(written.config().ropeTheta()).isEqualTo(config.ropeTheta());
        assertThat(written.config().rmsEpsilon()).isEqualTo((float) config.rmsEpsilon());
        try (TextCodec before = HuggingFaceTextCodec.open(model);
                TextCodec after = HuggingFaceTextCodec.open(written)) {
            assertThat(after.encode(ModelFixture.conversation(), 0))
                    .isEqualTo(before.encode(ModelFixture.conversation(), 0));
            assertThat(after.encode(ModelFixture.passage(), 0)).isEqualTo(before.encode(ModelFixture.passage(), 0));
            assertThat(after.stopTokens()).isEqualTo(before.stopTokens());
            assertThat(after.contextTokens()).isEqualTo(before.contextTokens());
        }
        return described;
    }
}
