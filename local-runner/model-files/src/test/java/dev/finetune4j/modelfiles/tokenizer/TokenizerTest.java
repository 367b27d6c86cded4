package dev.finetune4j.modelfiles.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.error.FineTuneException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizerTest {
    private static final Path CODEC = Path.of("src/test/resources/dev/finetune4j/modelfiles/codec");
    private static final int TEXTS = 200;
    private static final String[] PARTS = {
        "The quick",
        " fox ",
        "attacked",
        "\n",
        "42",
        "Grüße 🙂 你好",
        "什么",
        "👩\u200D👧",
        "  ",
        "\t",
        "don't do it, please .",
        "<s>",
        "</s>",
        "[SEP]",
        "<|im_end|>",
        "e\u0301"
    };

    @TempDir
    Path folder;

    @Test
    void refusesATextWithAWordForWhichItHasNoTokenNorOneForWhatIsUnknown() throws IOException {
        try (Tokenizer tokenizer = Tokenizer.open(TokenizerJson.read(onlyKnown()))) {
            assertThat(tokenizer.encode("known known")).containsExactly(0, 0);
            assertThatThrownBy(() -> tokenizer.encode("known unknown"))
                    .isInstanceOf(FineTuneException.class)
                    .hasMessageContainingAll("FT0431", "no tokens for a text of 13 characters")
                    .rootCause()
                    .hasMessageContaining("[UNK]");
        }
    }

    /** Of twelve million blanks before a letter, Qwen's pattern ended the process. */
    @ParameterizedTest
    @CsvSource({
        "' ',blanks",
        "\\n,blanks",
        "a,letters",
        "7,digits",
        "-,characters that are neither letters nor digits",
        "e\u0301,letters",
        "\ud83d\ude42,characters that are neither letters nor digits"
    })
    void refusesSoManyCharactersOfOneKindThatTheLibraryMayGiveUp(String part, String kind) throws IOException {
        String repeated = part.replace("\\n", "\n");
        String most = repeated.repeat(LongRun.MOST / repeated.length());
        try (Tokenizer tokenizer = Tokenizer.open(TokenizerJson.read(onlyKnown()))) {
            assertThatThrownBy(() -> tokenizer.encode("known \u00a7x" + most + repeated + "1 known"))
                    .isInstanceOfSatisfying(
                            FineTuneException.class,
                            e -> assertThat(e.problems()).singleElement().satisfies(problem -> {
                                assertThat(problem.code()).isEqualTo("FT0431");
                                assertThat(problem.summary())
                                        .isEqualTo("the tokenizer takes no more than 1,000,000 " + kind
                                                + " one after the other");
                                assertThat(problem.remedies())
                                        .containsExactly("leave the row out, or shorten what repeats in it");
                            }));
        }
    }

    @Test
    void takesALongTextOfWords() throws IOException {
        try (Tokenizer tokenizer = Tokenizer.open(TokenizerJson.read(onlyKnown()))) {
            assertThat(tokenizer.encode("known ".repeat(LongRun.MOST / 5))).hasSize(LongRun.MOST / 5);
        }
        assertThat(LongRun.in(" ".repeat(LongRun.MOST))).isEmpty();
        assertThat(LongRun.in("a" + " ".repeat(LongRun.MOST) + "a")).isEmpty();
        assertThat(LongRun.in("ab" + " ".repeat(LongRun.MOST + 1))).hasValue(new LongRun("blanks", 2));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "metaspace.json",
                "sentencepiece/gemma.json",
                "sentencepiece/llama.json",
                "sentencepiece/unigram.json",
                "encoders/bert/tokenizer.json",
                "encoders/roberta/tokenizer.json",
                "model/tokenizer.json"
            })
    void piecesAreTheTextOneAfterTheOther(String name) {
        Random random = new Random(1);

        try (Tokenizer tokenizer = Tokenizer.open(TokenizerJson.read(CODEC.resolve(name)))) {
            for (int i = 0; i < TEXTS; i++) {
                int parts = random.nextInt(8);
                String text = random.ints(parts, 0, PARTS.length)
                                .mapToObj(part -> PARTS[part])
                                .collect(Collectors.joining())
                        + "fox";
                int[] ids = tokenizer.encode(text);

                List<String> pieces = tokenizer.pieces(ids);

                assertThat(pieces).as(text).hasSize(ids.length);
                assertThat(String.join("", pieces)).as(text).isEqualTo(tokenizer.decode(ids, true));
            }
        }
    }

    @Test
    void piecesHaveTheBlanksBetweenWords() {
        try (Tokenizer bert = Tokenizer.open(TokenizerJson.read(CODEC.resolve("encoders/bert/tokenizer.json")));
                Tokenizer llama = Tokenizer.open(TokenizerJson.read(CODEC.resolve("sentencepiece/llama.json")))) {
            assertThat(bert.pieces(bert.encode("the attacked task"))).containsExactly("the", " attack", "ed", " task");
            assertThat(String.join("", llama.pieces(llama.encode("the attacked task"))))
                    .isEqualTo("the attacked task");
        }
    }

    private Path onlyKnown() throws IOException {
        return Files.writeString(folder.resolve("tokenizer.json"), """
                {"version":"1.0","added_tokens":[],"normalizer":null,"pre_tokenizer":{"type":"Whitespace"},"post_processor":null,
                "decoder":null,"model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##",
                "max_input_chars_per_word":100,"vocab":{"known":0}}}""");
    }
}
