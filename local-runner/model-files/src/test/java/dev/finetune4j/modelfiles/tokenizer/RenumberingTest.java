package dev.finetune4j.modelfiles.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.finetune4j.error.FineTuneException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RenumberingTest {
    private static final Path FOUND = Path.of("src/test/resources/fuzz/tokenizer");
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void givesAddedTokensTheirNumbersAndLeavesThoseOfTheModel() {
        Renumbering renumbering = new Renumbering(Map.of(4, 20, 5, 30));

        assertThat(List.of(0, 3, 4, 5, 6, 12).stream().map(renumbering::right)).containsExactly(0, 3, 20, 30, 6, 12);
    }

    @Test
    void takesNumbersWithGapsWhereNoTwoTokensWouldShareOne() {
        TokenizerJson json = TokenizerJson.read(FOUND.resolve("numbers-with-gaps"));

        try (Tokenizer plain = Tokenizer.openPlain(json)) {
            assertThat(plain.encode("Hello")).containsExactly(0, 7, 9, 9, 12);
        }
    }

    @Test
    void refusesNumbersThatTwoTokensWouldShare() {
        assertThatThrownBy(() -> TokenizerJson.read(FOUND.resolve("number-given-twice")))
                .hasMessageContaining("FT0431: the tokenizer is damaged: two tokens would have the number 4");
    }

    /** The model has a 4, and no token before it that would let the library number it from 13 on. */
    @Test
    void refusesNumbersThatTwoTokensWouldShareWithoutTheSpecialOnes() {
        assertThatThrownBy(() -> json("{'a': 0, 'b': 4, 'c': 9, 'd': 12}", added(12, "d", true), added(13, "e", false)))
                .hasMessageContaining("FT0431: the tokenizer is damaged: two tokens would have the number 4");
    }

    /** As tokenizers and transformers: what number the file gives is not asked. */
    @Test
    void numbersAddedTokensAsTheLibraryDoes() throws JsonProcessingException {
        TokenizerJson json = json(
                "{'a': 0, 'b': 1, 'c': 2}",
                added(2, "c", true),
                added(7, "<s>", true),
                added(9, "word", false),
                added(20, "</s>", true));

        assertThat(json.addedTokens())
                .containsExactly(
                        new AddedToken(2, "c", true),
                        new AddedToken(3, "<s>", true),
                        new AddedToken(4, "word", false),
                        new AddedToken(5, "</s>", true));
        assertThat(json.id("</s>")).contains(5);
        assertThat(json.vocabularySize()).isEqualTo(6);
        try (Tokenizer tokenizer = Tokenizer.open(json);
                Tokenizer plain = Tokenizer.openPlain(json)) {
            assertThat(tokenizer.encode("<s>awordb</s>")).containsExactly(3, 0, 4, 1, 5);
            assertThat(plain.encode("awordb")).containsExactly(0, 4, 1);
        }
    }

    /** The library goes on behind the largest number of an added token, even where the model gave it. */
    @Test
    void numbersAddedTokensBehindThoseOfAModelWithGaps() throws JsonProcessingException {
        TokenizerJson json = json("{'a': 0, 'b': 12}", added(12, "b", true), added(14, "word", false));

        try (Tokenizer tokenizer = Tokenizer.open(json);
                Tokenizer plain = Tokenizer.openPlain(json)) {
            assertThat(json.id("word")).contains(13);
            assertThat(tokenizer.encode("wordb")).containsExactly(13, 12);
            assertThat(plain.encode("worda")).containsExactly(13, 0);
        }
    }

    @Test
    void refusesAddedTokensOfOneNumber() throws JsonProcessingException {
        assertThatThrownBy(() -> json("{'a': 0}", added(1, "<s>", true), added(1, "</s>", true)))
                .hasMessageContaining("FT0431: the tokenizer is damaged: two tokens have the number 1")
                .satisfies(refused -> assertThat(causes(refused)).contains("the added tokens \"<s>\" and \"</s>\""));
        assertThat(json("{'a': 0}", added(1, "<s>", true), added(1, "<s>", true))
                        .id("<s>"))
                .contains(1);
    }

    @Test
    void refusesAddedTokensInAnotherOrderThanThatOfTheirNumbers() throws JsonProcessingException {
        assertThatThrownBy(() -> json("{'a': 0}", added(2, "<s>", true), added(1, "</s>", true)))
                .hasMessageContaining(
                        "FT0431: the tokenizer is damaged: its added tokens are not in the order of their numbers")
                .satisfies(refused -> assertThat(causes(refused)).contains("\"</s>\" with 1 stands behind one with 2"));
        assertThat(json("{'a': 0, 'b': 1}", added(1, "b", true), added(0, "a", true))
                        .addedTokens())
                .extracting(AddedToken::id)
                .containsExactly(1, 0);
    }

    private static String causes(Throwable refused) {
        return String.join("\n", ((FineTuneException) refused).problems().get(0).causes());
    }

    private static String added(int id, String content, boolean special) {
        return "{'id': %s, 'content': '%s', 'special': %s, 'single_word': false, 'lstrip': false, 'rstrip': false, 'normalized': false}"
                .formatted(id, content, special);
    }

    private static TokenizerJson json(String vocabulary, String... added) throws JsonProcessingException {
        String text = """
                {'version': '1.0', 'added_tokens': [%s], 'normalizer': null, 'pre_tokenizer': null, 'decoder': null,
                'model': {'type': 'BPE', 'vocab': %s, 'merges': []}}""".formatted(String.join(", ", added), vocabulary);
        return TokenizerJson.of("tokenizer.json", JSON.readTree(text.replace('\'', '"')));
    }
}
