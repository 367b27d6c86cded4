package dev.finetune4j.modelfiles.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.modelfiles.weights.GgufBytes;
import dev.finetune4j.modelfiles.weights.GgufFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The fixtures are made by src/test/python/make_tokenizer_fixtures.py with transformers. */
class GgufTokenizerTest {
    private static final Path FIXTURES = Path.of("src/test/resources/dev/finetune4j/modelfiles/codec");
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"gpt-2", "smollm", "llama-bpe", "qwen2"})
    void givesTheTokensOfTransformers(String preTokenizer) throws IOException {
        JsonNode fixture = JSON.readTree(FIXTURES.resolve("tokens.json").toFile());
        JsonNode expected = fixture.path("tokens").path(preTokenizer);

        try (GgufFile file = GgufFile.open(FIXTURES.resolve(preTokenizer + ".gguf"));
                Tokenizer tokenizer = Tokenizer.open(GgufTokenizer.read(file))) {

            assertThat(expected).hasSizeGreaterThan(200);
            for (int i = 0; i < expected.size(); i++) {
                String text = fixture.path("texts").path(i).asText();
                assertThat(tokenizer.encode(text)).as(text).isEqualTo(JSON.convertValue(expected.path(i), int[].class));
            }
        }
    }

    @Test
    void knowsWhetherTextsBeginWithASpecialToken() {
        try (GgufFile with = GgufFile.open(FIXTURES.resolve("llama-bpe.gguf"));
                GgufFile without = GgufFile.open(FIXTURES.resolve("smollm.gguf"))) {

            assertThat(GgufTokenizer.read(with).beginToken()).contains("<|im_start|>");
            assertThat(GgufTokenizer.read(without).beginToken()).isEmpty();
        }
    }

    @Test
    void refusesPreTokenizersThatItDoesNotKnow() {
        Path file = GgufBytes.header(0, 2)
                .textKey("tokenizer.ggml.model", "gpt2")
                .textKey("tokenizer.ggml.pre", "brand-new")
                .write(folder.resolve("m.gguf"));

        try (GgufFile gguf = GgufFile.open(file)) {
            assertThatThrownBy(() -> GgufTokenizer.read(gguf))
                    .isInstanceOf(FineTuneException.class)
                    .hasMessageContaining("FT0432")
                    .satisfies(thrown -> assertThat(((FineTuneException) thrown)
                                    .problems()
                                    .get(0)
                                    .causes())
                            .anyMatch(cause -> cause.contains("brand-new"))
                            .anyMatch(cause -> cause.contains("smollm")));
        }
    }

    @Test
    void refusesVocabulariesThatDoNotFitTogether() {
        Path noMerges = vocabulary("a.gguf", List.of("a", "b"), List.of());
        Path twice = vocabulary("b.gguf", List.of("a", "a"), List.of("a a"));

        for (Path file : List.of(noMerges, twice)) {
            try (GgufFile gguf = GgufFile.open(file)) {
                assertThatThrownBy(() -> GgufTokenizer.read(gguf))
                        .isInstanceOf(FineTuneException.class)
                        .hasMessageContaining("FT0431");
            }
        }
    }

    @Test
    void refusesMergesThatTheLibraryRefuses() {
        try (GgufFile gguf = GgufFile.open(vocabulary("c.gguf", List.of("a", "b"), List.of("x y")))) {
            TokenizerJson json = GgufTokenizer.read(gguf);

            assertThatThrownBy(() -> Tokenizer.open(json))
                    .isInstanceOf(FineTuneException.class)
                    .hasMessageContaining("FT0431");
        }
    }

    private Path vocabulary(String name, List<String> tokens, List<String> merges) {
        return GgufBytes.header(0, 4)
                .textKey("tokenizer.ggml.model", "gpt2")
                .textKey("tokenizer.ggml.pre", "smollm")
                .textsKey("tokenizer.ggml.tokens", tokens)
                .textsKey("tokenizer.ggml.merges", merges)
                .write(folder.resolve(name));
    }
}
