package dev.finetune4j.modelfiles.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.modelfiles.weights.GgufValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GgufKeysTest {
    @TempDir
    private Path folder;

    @Test
    void mistralIsLlamaThatLooksBackNoFartherThanItsWindow() throws IOException {
        Map<String, GgufValue> keys = keys("Mistral", "\"sliding_window\": 1024, \"max_position_embeddings\": 4096");

        assertThat(keys)
                .containsEntry("general.architecture", new GgufValue.Text("llama"))
                .containsEntry("llama.context_length", new GgufValue.Whole(1024))
                .containsEntry("llama.attention.head_count_kv", new GgufValue.Whole(2))
                .containsEntry("llama.rope.dimension_count", new GgufValue.Whole(32));
    }

    @Test
    void qwenHasKeysOfItsOwn() throws IOException {
        Map<String, GgufValue> keys = keys("Qwen2", "\"rope_theta\": 1000000.0");

        assertThat(keys)
                .containsEntry("general.architecture", new GgufValue.Text("qwen2"))
                .containsEntry("qwen2.rope.freq_base", new GgufValue.Real(1e6))
                .doesNotContainKey("qwen2.rope.scaling.type");
    }

    @Test
    void saysThatPositionsAreDivided() throws IOException {
        assertThat(keys("Llama", "\"rope_scaling\": {\"rope_type\": \"linear\", \"factor\": 2.0}"))
                .containsEntry("llama.rope.scaling.type", new GgufValue.Text("linear"))
                .containsEntry("llama.rope.scaling.factor", new GgufValue.Real(2));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Gemma2 | \"head_dim\": 32 | Gemma2ForCausalLM is not written",
                "Llama | \"hidden_act\": \"gelu\" | activation gelu is not written",
                "Llama | \"attention_bias\": true, \"head_dim\": 16 | biases of heads",
                "Llama | \"rope_scaling\": {\"type\": \"dynamic\", \"factor\": 4} | stretched rotary frequencies",
                "Qwen2 | \"rope_scaling\": {\"rope_type\": \"yarn\", \"factor\": 4.0, \"original_max_position_embeddings\": 512} |"
                        + " stretched rotary frequencies",
                "Qwen2 | \"rope_scaling\": {\"rope_type\": \"llama3\", \"factor\": 8.0, \"low_freq_factor\": 1.0, \"high_freq_factor\":"
                        + " 4.0, \"original_max_position_embeddings\": 512} | stretched rotary frequencies"
            })
    void refusesWhatLlamaCppWouldComputeOtherwise(String family, String settings, String message) {
        assertThatThrownBy(() -> keys(family, settings))
                .isInstanceOf(FineTuneException.class)
                .hasMessageContaining("FT0424")
                .hasMessageContaining(message);
    }

    @Test
    void refusesForEveryReasonAtOnce() {
        assertThatThrownBy(() -> keys(
                        "Llama", "\"hidden_act\": \"gelu\", \"rope_scaling\": {\"type\": \"dynamic\", \"factor\": 4}"))
                .isInstanceOfSatisfying(
                        FineTuneException.class, e -> assertThat(e.problems()).hasSize(2));
    }

    private Map<String, GgufValue> keys(String family, String settings) throws IOException {
        Files.writeString(folder.resolve("config.json"), """
                {"architectures": ["%sForCausalLM"], "hidden_size": 128, "num_attention_heads": 4, "num_key_value_heads": 2,
                 "num_hidden_layers": 2, "intermediate_size": 256, "vocab_size": 100, "rms_norm_eps": 1e-5, %s}
                """.formatted(family, settings));
        return GgufKeys.of(ModelFolder.open(folder).config(), "config.json");
    }
}
