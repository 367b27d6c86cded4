package dev.finetune4j.engine.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TrialTimesTest {
    @Test
    void foreseesTheMostOfAsManyEpochsElseInProportion() {
        TrialTimes times = new TrialTimes();
        assertThat(times.foresee(1)).isEmpty();

        times.add(1, Duration.ofSeconds(70));
        times.add(1, Duration.ofSeconds(80));

        assertThat(times.foresee(1)).contains(Duration.ofSeconds(80));
        assertThat(times.foresee(3)).contains(Duration.ofMinutes(4));
        assertThat(times.foresee(0.5)).contains(Duration.ofSeconds(80));
        assertThat(times.total()).isEqualTo(Duration.ofSeconds(150));

        times.add(3, Duration.ofSeconds(150));

        assertThat(times.foresee(3)).contains(Duration.ofSeconds(150));
        assertThat(times.foresee(6)).contains(Duration.ofMinutes(5));

        times.addCutShort(Duration.ofSeconds(20));

        assertThat(times.foresee(3)).contains(Duration.ofSeconds(150));
        assertThat(times.total()).isEqualTo(Duration.ofSeconds(320));
    }
}
