package dev.finetune4j.modelfiles.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.modelfiles.tokenizer.TokenizerJson;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class RowTruncationTest {
    /** Its decoder leaves out the space that a text begins with. */
    private final TokenizerJson tokenizer = TokenizerJson.read(ModelFixture.CODEC.resolve("sentencepiece/llama.json"));

    private final PieceEncoder encoder = new PieceEncoder(tokenizer, new SpecialTokens(tokenizer.addedTokens()));

    @Test
    void wordsAtTheCutStayApart() {
        String text = "c" + " c".repeat(31);
        assertThat(encoder.encodeContent(text)).as("a token for each word").hasSize(32);

        for (int limit = 1; limit < 32; limit++) {
            assertThat(shortened(text, limit)).isEqualTo("c" + " c".repeat(limit - 1));
        }
    }

    /** A character of several tokens goes whole. */
    @Test
    void noHalfOfACharacterIsLeft() {
        String text = "\uD83D\uDE80".repeat(20);

        for (int limit = 1; limit < 60; limit++) {
            assertThat(shortened(text, limit)).matches("(\uD83D\uDE80)*");
        }
    }

    private String shortened(String text, int limit) {
        List<Message> row = List.of(new Message(Role.USER, text));
        return new RowTruncation(encoder)
                .shorten(row, encoded(row), limit, this::encoded)
                .get(0)
                .content();
    }

    private EncodedRow encoded(List<Message> messages) {
        return new EncodedRow(encoder.encodeContent(messages.get(0).content()), new BitSet(), 0);
    }
}
