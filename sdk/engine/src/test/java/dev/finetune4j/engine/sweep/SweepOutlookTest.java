package dev.finetune4j.engine.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.engine.search.Rung;
import java.util.List;
import org.junit.jupiter.api.Test;

class SweepOutlookTest {
    @Test
    void countsInWords() {
        assertThat(words(1))
                .startsWith("1 run: 1.0 times the training of the job alone, and once 20 validation rows to answer; ");
        assertThat(words(3))
                .startsWith(
                        "3 runs: 3.0 times the training of the job alone, and 3 times 20 validation rows to answer; ");
    }

    private static String words(int trials) {
        return new SweepOutlook(List.of(new Rung(1, trials)), 1.0, 20, null, null).words();
    }
}
