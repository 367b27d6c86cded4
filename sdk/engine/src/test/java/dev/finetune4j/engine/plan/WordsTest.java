package dev.finetune4j.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WordsTest {
    @Test
    void twoAmountsOfMemoryReadAlikeOnlyWhereTheyAre() {
        assertThat(Words.gibBeside(16.2, 15.6)).isEqualTo("16.2");
        assertThat(Words.gibBeside(15.6, 16.2)).isEqualTo("15.6");
        assertThat(Words.gibBeside(20.4, 15.6)).isEqualTo("20");
        assertThat(Words.gibBeside(9.96, 20.4)).isEqualTo("10.0");
        assertThat(Words.gibBeside(78.83, 78.79)).as("a tenth would not do").isEqualTo("78.83");
        assertThat(Words.gibBeside(78.79, 78.83)).isEqualTo("78.79");
        assertThat(Words.gibBeside(9.812, 9.814)).isEqualTo("9.812");
    }

    @Test
    void oneLossIsNoLosses() {
        assertThat(Words.validations(1)).isEqualTo("1 validation loss");
        assertThat(Words.validations(3)).isEqualTo("3 validation losses");
        assertThat(Words.validations(0)).isEqualTo("0 validation losses");
    }

    @Test
    void memoryOfThousandsIsReadable() {
        assertThat(Words.gibBeside(6466, 20.4)).isEqualTo("6,466");
        assertThat(Words.gib(1126)).isEqualTo("1,126");
    }
}
