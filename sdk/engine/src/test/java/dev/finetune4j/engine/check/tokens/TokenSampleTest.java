package dev.finetune4j.engine.check.tokens;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.data.Quantiles;
import dev.finetune4j.engine.check.tokens.TokenSample.Choice;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class TokenSampleTest {
    @Test
    void takesEveryRowOfASmallSet() {
        TokenSample sample = TokenSample.of(100, TokenSample.ALL_BYTES, 500_000, 1);

        assertThat(LongStream.range(0, 1000)).allMatch(row -> sample.choose(row, 10) == Choice.CERTAIN);
    }

    @Test
    void takesEveryRowThatCouldBeTooLongAndEnoughOfTheOthers() {
        TokenSample sample = TokenSample.of(100, 100L << 20, 1_000_000, 1);

        assertThat(sample.choose(7, 101)).isEqualTo(Choice.CERTAIN);
        assertThat(LongStream.range(0, 1_000_000)
                        .filter(row -> sample.choose(row, 100) == Choice.SAMPLED)
                        .count())
                .isBetween(310_000L, 330_000L);
        assertThat(TokenSample.of(100, 100L << 30, 1_000_000, 1).share()).isEqualTo(0.021);
    }

    @Test
    void drawsTheSameSampleForTheSameSeedAndAnotherForAnother() {
        TokenSample sample = TokenSample.of(100, 100L << 20, 1_000_000, 1);
        TokenSample other = TokenSample.of(100, 100L << 20, 1_000_000, 2);

        assertThat(LongStream.range(0, 1000))
                .allMatch(row -> sample.choose(row, 1)
                        == TokenSample.of(100, 100L << 20, 1_000_000, 1).choose(row, 1));
        assertThat(LongStream.range(0, 1000)).anyMatch(row -> sample.choose(row, 1) != other.choose(row, 1));
    }

    @Test
    void weighsSampledRows() {
        WeightedQuantiles counts = new WeightedQuantiles();
        counts.add(1000, false);
        for (int i = 1; i <= 9; i++) {
            counts.add(i, true);
        }

        assertThat(counts.quantiles(1)).isEqualTo(new Quantiles(1, 5, 9, 1000, 1000, 104.5));
        assertThat(counts.quantiles(11)).isEqualTo(new Quantiles(1, 5, 9, 9, 1000, 14.95));
        assertThat(new WeightedQuantiles().quantiles(1)).isEqualTo(new Quantiles(0, 0, 0, 0, 0, 0));
    }
}
