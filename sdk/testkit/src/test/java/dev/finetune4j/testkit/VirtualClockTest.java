package dev.finetune4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;

class VirtualClockTest {
    private final VirtualClock clock = new VirtualClock();

    @Test
    void standsStillUntilItIsMoved() {
        assertThat(clock.instant()).isEqualTo(VirtualClock.START);

        clock.advance(Duration.ofHours(3));

        assertThat(clock.instant()).isEqualTo(VirtualClock.START.plusSeconds(10_800));
    }

    @Test
    void movesTogetherWithItselfInAnotherZone() {
        Clock abroad = clock.withZone(ZoneId.of("Asia/Tokyo"));

        clock.advance(Duration.ofMinutes(1));

        assertThat(abroad.instant()).isEqualTo(clock.instant());
        assertThat(abroad.getZone()).isEqualTo(ZoneId.of("Asia/Tokyo"));
    }

    @Test
    void neverGoesBack() {
        assertThatIllegalArgumentException().isThrownBy(() -> clock.advance(Duration.ofSeconds(-1)));
    }
}
