package dev.finetune4j.engine.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.json.Json;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class TokenFiguresTest {
    @Test
    void readsChecksFromBeforeThePrefixWasTold() throws IOException {
        String kept = """
                {"limitTokens": 64, "trainedTokens": 10, "cutTokens": 0, "rowsWithCutAnswer": 0, "rowsWithoutTrainedToken": 0,
                 "longestTokens": 9, "largestBatchTokens": 40, "unfamiliarShare": 0.0}""";

        TokenFigures figures = Json.records().readValue(kept, TokenFigures.class);

        assertThat(figures.prefixTokens()).isNull();
        assertThat(figures.longestTokens()).isEqualTo(9);
    }
}
