package dev.finetune4j.engine.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.data.Part;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.engine.check.tokens.TokenSample.Choice;
import dev.finetune4j.spi.EncodedExample;
import java.util.BitSet;
import org.junit.jupiter.api.Test;

class TokenTotalsTest {
    private static final RowRef ROW = new RowRef("rows.jsonl", 1);

    private final TokenTotals totals = new TokenTotals(64, 8, new FindingLog());

    @Test
    void tellsWhatTrainingAndValidationRowsBeginWith() {
        add(Part.TRAIN, 1, 2, 3, 4, 5, 9);
        add(Part.TRAIN, 1, 2, 3, 7, 5, 9);
        add(Part.TEST, 8, 8, 8, 8, 8, 8);
        assertThat(totals.figures().prefixTokens()).isEqualTo(3);

        add(Part.VALIDATION, 1, 2, 6, 7, 5, 9);

        assertThat(totals.figures().prefixTokens()).isEqualTo(2);
    }

    @Test
    void tellsNothingOfASample() {
        add(Part.TRAIN, 1, 2, 3, 4, 5, 9);
        add(Part.TRAIN, 1, 2, 3, 7, 5, 9);

        totals.add(Part.TRAIN, ROW, TokenFacts.LEFT_OUT, false);

        assertThat(totals.figures().prefixTokens()).isZero();
    }

    /** A row whose last token is learned. */
    private void add(Part part, int... tokens) {
        BitSet trained = new BitSet();
        trained.set(tokens.length - 1);
        EncodedExample row = new EncodedExample(tokens, trained, tokens.length);
        totals.add(part, ROW, new TokenFacts(Choice.CERTAIN, row, 1, 1, 0, null, null), false);
    }
}
