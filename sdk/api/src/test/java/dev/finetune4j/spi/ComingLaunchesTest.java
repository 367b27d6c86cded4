package dev.finetune4j.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Inputs stay while a launch may need them that has no job yet, and no longer. */
class ComingLaunchesTest {
    private static final Instant NOW = Instant.parse("2026-11-27T12:00:00Z");

    @Test
    void anOrderBelongsToALaunchForAnHour() {
        ComingLaunches launches = new ComingLaunches(NOW, Stream.of());

        assertThat(launches.mayBelongToOne(ago(59))).isTrue();
        assertThat(launches.mayBelongToOne(ago(60))).isFalse();
    }

    @Test
    void anOrderOfAnyHourOfTheDayBelongsToALaunchWhileInputsArrive() {
        ComingLaunches launches = new ComingLaunches(NOW, Stream.of(ago(3000), ago(59)));

        assertThat(launches.mayBelongToOne(ago(24 * 60 - 1))).isTrue();
        assertThat(launches.mayBelongToOne(ago(24 * 60))).isFalse();
    }

    @Test
    void inputsStayForARunThatWasNeverLaunched() {
        ComingLaunches launches = new ComingLaunches(NOW, Stream.of());
        assertThat(launches.use(false)).isEmpty();

        launches.tell(ago(1), Optional.empty());

        assertThat(launches.use(false)).isEqualTo("a launch may be under way");
        assertThat(launches.use(true)).isEqualTo("a job that has not ended");
    }

    /** A run that moves to another machine, or is resumed, stores its order anew before its next job is there. */
    @Test
    void inputsStayForARunWhoseOrderIsYoungerThanItsLastLaunch() {
        ComingLaunches launches = new ComingLaunches(NOW, Stream.of());

        launches.tell(ago(50), Optional.of(ago(49)));
        assertThat(launches.use(false)).as("launched, and ended since").isEmpty();
        launches.tell(ago(1), Optional.of(ago(49)));
        assertThat(launches.use(false)).isEqualTo("a launch may be under way");
    }

    private static Instant ago(int minutes) {
        return NOW.minus(Duration.ofMinutes(minutes));
    }
}
