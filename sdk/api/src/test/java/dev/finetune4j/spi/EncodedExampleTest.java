package dev.finetune4j.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import org.junit.jupiter.api.Test;

class EncodedExampleTest {
    private static final EncodedExample ROW = row(4, 7, 7, 1, 2, 3, 4);

    @Test
    void sharesWhatBothBeginWith() {
        assertThat(ROW.sharedPrefix(row(4, 7, 7, 1, 9, 3, 4))).isEqualTo(3);
        assertThat(ROW.sharedPrefix(row(4, 8, 7, 1, 2, 3, 4))).isZero();
    }

    @Test
    void whatPredictsALearnedTokenIsNotShared() {
        assertThat(ROW.sharedPrefix(row(5, 7, 7, 1, 2, 3, 4))).isEqualTo(3);
        assertThat(ROW.sharedPrefix(row(2, 7, 7, 1, 2, 3, 4))).isEqualTo(1);
        assertThat(ROW.sharedPrefix(row(0, 7, 7, 1, 2, 3, 4)))
                .as("the first token is learned by nobody, the second by the first")
                .isZero();
    }

    @Test
    void aTokenOfEachIsLeftOver() {
        EncodedExample unlearned = row(6, 7, 7, 1, 2, 3, 4);

        assertThat(unlearned.sharedPrefix(unlearned)).isEqualTo(5);
        assertThat(unlearned.sharedPrefix(row(2, 7, 7))).isEqualTo(1);
        assertThat(unlearned.sharedPrefix(row(1, 7))).isZero();
        assertThat(unlearned.sharedPrefix(row(0))).isZero();
    }

    /** Its tokens are learned from one on. */
    private static EncodedExample row(int firstLearned, int... tokens) {
        BitSet trained = new BitSet();
        trained.set(Math.min(firstLearned, tokens.length), tokens.length);
        return new EncodedExample(tokens, trained, tokens.length);
    }
}
