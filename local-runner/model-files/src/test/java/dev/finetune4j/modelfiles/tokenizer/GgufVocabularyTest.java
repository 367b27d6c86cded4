package dev.finetune4j.modelfiles.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.modelfiles.PythonScript;
import dev.finetune4j.modelfiles.weights.GgufFile;
import dev.finetune4j.modelfiles.weights.GgufValue;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GgufVocabularyTest {
    private static final Path CODEC = Path.of("src/test/resources/dev/finetune4j/modelfiles/codec");
    private static final Path BYTE_LEVEL = CODEC.resolve("model/tokenizer.json");
    private static final ObjectMapper JSON = new ObjectMapper();

    @ParameterizedTest
    @ValueSource(strings = {"gpt-2", "smollm", "llama-bpe", "qwen2"})
    void isWhatTheFileHeldThatItWasReadFrom(String preTokenizer) {
        try (GgufFile file = GgufFile.open(CODEC.resolve(preTokenizer + ".gguf"))) {
            Map<String, GgufValue> held = file.metadata().values();
            TokenizerJson tokenizer = GgufTokenizer.read(file);

            Map<String, GgufValue> keys = GgufVocabulary.of(tokenizer, tokenizer.vocabularySize());

            assertThat(held).containsAllEntriesOf(keys);
            assertThat(keys)
                    .containsOnlyKeys(
                            "tokenizer.ggml.model",
                            "tokenizer.ggml.pre",
                            "tokenizer.ggml.tokens",
                            "tokenizer.ggml.token_type",
                            "tokenizer.ggml.merges");
        }
    }

    @Test
    void fillsRowsWithoutATokenWithOnesThatNoTextHas() {
        TokenizerJson tokenizer = TokenizerJson.read(BYTE_LEVEL);
        int size = tokenizer.vocabularySize();

        Map<String, GgufValue> keys = GgufVocabulary.of(tokenizer, size + 2);

        List<String> tokens = ((GgufValue.Texts) value(keys, "tokens")).values();
        long[] types = ((GgufValue.Wholes) value(keys, "token_type")).values();
        assertThat(tokens).hasSize(size + 2).endsWith("[PAD" + size + "]", "[PAD" + (size + 1) + "]");
        assertThat(types).hasSize(size + 2).startsWith(3, 3, 3).endsWith(5, 5);
    }

    @Test
    void refusesMoreTokensThanRows() {
        TokenizerJson tokenizer = TokenizerJson.read(BYTE_LEVEL);

        assertThatThrownBy(() -> GgufVocabulary.of(tokenizer, 100))
                .isInstanceOfSatisfying(FineTuneException.class, e -> {
                    assertThat(e).hasMessageContaining("FT0431");
                    assertThat(causes(e)).contains("600 tokens, and the embedding has 100 rows");
                });
    }

    @Test
    void knowsAPreTokenizerWhateverItLeavesOut() throws Exception {
        assertThat(preTokenizer(json -> ((ObjectNode) json.at("/pre_tokenizer/pretokenizers/1"))
                        .without(List.of("use_regex", "trim_offsets"))))
                .isEqualTo(new GgufValue.Text("smollm"));
        assertThat(preTokenizer(json -> json.remove("normalizer"))).isEqualTo(new GgufValue.Text("smollm"));
        assertThat(preTokenizer(json -> ((ObjectNode) json.path("model")).remove("type")))
                .isEqualTo(new GgufValue.Text("smollm"));
    }

    @Test
    void refusesTokenizersThatWouldGiveOtherTokensUnderANameThatIsKnown() {
        List<Consumer<ObjectNode>> changes = List.of(
                json -> ((ObjectNode) json.at("/pre_tokenizer/pretokenizers/1")).put("add_prefix_space", true),
                json -> ((ObjectNode) json.at("/pre_tokenizer/pretokenizers/1")).put("use_regex", false),
                json -> ((ObjectNode) json.at("/pre_tokenizer/pretokenizers/0")).put("individual_digits", false),
                json -> ((ObjectNode) json.path("model")).put("ignore_merges", true),
                json -> ((ObjectNode) json.path("model")).put("byte_fallback", true),
                json -> json.putObject("normalizer").put("type", "Lowercase"));

        for (Consumer<ObjectNode> change : changes) {
            assertThatThrownBy(() -> preTokenizer(change))
                    .isInstanceOf(FineTuneException.class)
                    .hasMessageContaining("FT0434");
        }
    }

    @Test
    void saysWhatDiffersFromAPreTokenizerOfTheSameSteps() {
        FineTuneException refusal = catchThrowableOfType(
                FineTuneException.class,
                () -> preTokenizer(json -> {
                    ((ObjectNode) json.path("model")).put("ignore_merges", true);
                    json.putObject("normalizer").put("type", "Lowercase");
                }));

        assertThat(causes(refusal))
                .contains(
                        "its normalizer is Lowercase, SmolLM's is (none)", "its BPE ignores merges, SmolLM's does not");
    }

    /** llama makes a blank before each text, gemma makes none. */
    @ParameterizedTest
    @CsvSource({"llama, true", "gemma, false"})
    void givesSentencePiecesTheScoresThatLeadToTheirTokens(String name, boolean putsBlankBefore) throws Exception {
        TokenizerJson tokenizer = TokenizerJson.of("tokenizer.json", sentencePieces(name));
        List<String> texts = new ArrayList<>();
        for (String line : PythonScript.run("token_texts.py", "1000").split("\n")) {
            texts.add(JSON.readValue(line, String.class));
        }
        // llama.cpp looks for special tokens before it joins anything, or takes them for what they spell all the same.
        texts.removeIf(text -> text.contains("<unk>") || text.contains("<s>") || text.contains("</s>"));

        Map<String, GgufValue> keys = GgufVocabulary.of(tokenizer, tokenizer.vocabularySize() + 1);

        assertThat(value(keys, "model")).isEqualTo(new GgufValue.Text("llama"));
        assertThat(value(keys, "add_space_prefix")).isEqualTo(new GgufValue.Truth(putsBlankBefore));
        assertThat(((GgufValue.Wholes) value(keys, "token_type")).values())
                .as("unknown, control twice, bytes, ..., unused")
                .startsWith(2, 3, 3, 6, 6)
                .endsWith(1, 5);
        ScoredPieces scored = new ScoredPieces(keys);
        try (Tokenizer plain = Tokenizer.openPlain(tokenizer)) {
            for (String text : texts) {
                assertThat(scored.of(text))
                        .as(text)
                        .containsExactlyElementsOf(
                                Arrays.stream(plain.encode(text)).boxed().toList());
            }
        }
    }

    @Test
    void refusesSentencePiecesThatScoresDoNotDescribe() throws Exception {
        assertThat(refusal(json -> ((ArrayNode) json.at("/model/merges")).remove(20)))
                .contains("llama.cpp would make", "and the tokenizer has no such merge");
        assertThat(refusal(json -> {
                    ArrayNode merges = (ArrayNode) json.at("/model/merges");
                    merges.add(merges.get(0));
                }))
                .contains("do not follow each other, and GGUF has one score for them");
        assertThat(refusal(json -> ((ObjectNode) json.at("/model/vocab")).remove(List.of("<0x0A>", "<0xFF>"))))
                .contains("of its 256 bytes 2 have no token, the first is <0x0A>");
        assertThat(refusal(json -> ((ObjectNode) json.path("model")).put("ignore_merges", true)))
                .contains("model.ignore_merges is true, and GGUF has no word for it");
        assertThat(refusal(json -> json.putObject("pre_tokenizer")
                        .put("type", "Metaspace")
                        .put("replacement", "\u2581")
                        .put("prepend_scheme", "first")
                        .put("split", false)))
                .contains("\"prepend_scheme\":\"first\"", "written is \u2581 for each blank");
    }

    @Test
    void refusesTokenizersThatAreNoBpe() {
        TokenizerJson tokenizer = TokenizerJson.read(CODEC.resolve("sentencepiece/unigram.json"));

        assertThatThrownBy(() -> GgufVocabulary.of(tokenizer, 10_000))
                .isInstanceOfSatisfying(FineTuneException.class, e -> {
                    assertThat(e).hasMessageContaining("FT0434");
                    assertThat(causes(e)).contains("its model is Unigram");
                });
    }

    private static String refusal(Consumer<ObjectNode> change) throws Exception {
        ObjectNode json = sentencePieces("llama");
        change.accept(json);
        TokenizerJson tokenizer = TokenizerJson.of("tokenizer.json", json);
        FineTuneException refusal =
                catchThrowableOfType(FineTuneException.class, () -> GgufVocabulary.of(tokenizer, 10_000));
        assertThat(refusal).hasMessageContaining("FT0434");
        return String.join("\n", causes(refusal));
    }

    private static ObjectNode sentencePieces(String name) throws Exception {
        return (ObjectNode)
                JSON.readTree(CODEC.resolve("sentencepiece/" + name + ".json").toFile());
    }

    private static GgufValue preTokenizer(Consumer<ObjectNode> change) throws Exception {
        ObjectNode json = (ObjectNode) JSON.readTree(BYTE_LEVEL.toFile());
        change.accept(json);
        return value(GgufVocabulary.of(TokenizerJson.of("tokenizer.json", json), 600), "pre");
    }

    private static List<String> causes(FineTuneException thrown) {
        return thrown.problems().get(0).causes();
    }

    private static GgufValue value(Map<String, GgufValue> keys, String name) {
        return Objects.requireNonNull(keys.get("tokenizer.ggml." + name), name);
    }
}
