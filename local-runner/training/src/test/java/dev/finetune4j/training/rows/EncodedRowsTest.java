package dev.finetune4j.training.rows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.spi.EncodedExample;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class EncodedRowsTest {
    @Test
    void findsWhatAllRowsBeginWith() {
        EncodedRows training = EncodedRows.of(List.of(row(1, 2, 3, 4, 5), row(1, 2, 3, 9, 5)), List.of());
        EncodedRows validation = EncodedRows.of(List.of(row(1, 2, 8, 4, 5)), List.of());

        assertThat(training.sharedPrefix(EncodedRows.of(List.of(), List.of()))).isEqualTo(3);
        assertThat(training.sharedPrefix(validation)).isEqualTo(2);
    }

    /** Its last token is learned. */
    private static EncodedExample row(int... tokens) {
        BitSet trained = new BitSet();
        trained.set(tokens.length - 1);
        return new EncodedExample(tokens, trained, tokens.length);
    }
}
