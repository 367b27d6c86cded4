package dev.finetune4j.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SpellingTest {
    @Test
    void findsNothingWhereNothingIsNear() {
        assertThat(Spelling.nearest("", List.of("a"))).isEmpty();
        assertThat(Spelling.nearest("x".repeat(200), List.of("a"))).isEmpty();
        assertThat(Spelling.nearest("ukwest", List.of("uksouth", "westeurope"))).isEmpty();
    }

    @Test
    void countsASwapOfNeighboursAsOneEdit() {
        assertThat(Spelling.distance("modle", "model")).isEqualTo(1);
        assertThat(Spelling.distance("kitten", "sitting")).isEqualTo(3);
        assertThat(Spelling.nearest("LOCAL", List.of("local", "bedrock"))).contains("local");
    }
}
