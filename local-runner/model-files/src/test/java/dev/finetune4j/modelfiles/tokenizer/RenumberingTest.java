package dev.finetune4j.modelfiles.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class RenumberingTest {
    private static final Path FOUND = Path.of("src/test/resources/fuzz/tokenizer");

    @Test
    void givesAddedTokensTheirNumbersAndLeavesThoseOfTheModel() {
        Renumbering renumbering = new Renumbering(4, List.of(20, 30));

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
        TokenizerJson json = TokenizerJson.read(FOUND.resolve("number-given-twice"));

        assertThatThrownBy(() -> Tokenizer.openPlain(json))
                .hasMessageContaining("FT0431: the tokenizer is damaged: two tokens would have the number 4");
    }
}
