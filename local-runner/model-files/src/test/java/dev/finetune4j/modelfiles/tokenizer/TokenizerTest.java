package dev.finetune4j.modelfiles.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.error.FineTuneException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerTest {
    @TempDir
    Path folder;

    @Test
    void refusesATextWithAWordForWhichItHasNoTokenNorOneForWhatIsUnknown() throws IOException {
        Path file = Files.writeString(folder.resolve("tokenizer.json"), """
                {"version":"1.0","added_tokens":[],"normalizer":null,"pre_tokenizer":{"type":"Whitespace"},"post_processor":null,
                "decoder":null,"model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##",
                "max_input_chars_per_word":100,"vocab":{"known":0}}}""");
        try (Tokenizer tokenizer = Tokenizer.open(TokenizerJson.read(file))) {
            assertThat(tokenizer.encode("known known")).containsExactly(0, 0);
            assertThatThrownBy(() -> tokenizer.encode("known unknown"))
                    .isInstanceOf(FineTuneException.class)
                    .hasMessageContainingAll("FT0431", "no tokens for a text of 13 characters")
                    .rootCause()
                    .hasMessageContaining("[UNK]");
        }
    }
}
