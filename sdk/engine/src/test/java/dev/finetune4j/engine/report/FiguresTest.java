package dev.finetune4j.engine.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.value.Money;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class FiguresTest {
    /** 5 h 11 min and the winding down would come to 5.005 USD. */
    @Test
    void aTimeThatMoneyMustPayForIsNeverRoundedUp() {
        Duration limit =
                Money.parse("5.00 USD").lasts(Money.parse("0.9212 USD")).minus(Duration.ofMinutes(15));

        assertThat(Figures.duration(limit)).isEqualTo("5 h 11 min");
        assertThat(Figures.atMost(limit)).isEqualTo("5 h 10 min");
        assertThat(Figures.atMost(Duration.ofMillis(3_599_999))).isEqualTo("59 min 59 s");
        assertThat(Figures.atMost(Duration.ofHours(2))).isEqualTo("2 h");
    }
}
