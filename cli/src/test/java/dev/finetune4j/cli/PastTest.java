package dev.finetune4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class PastTest {
    private static final Instant SEEN = Instant.parse("2026-11-26T08:00:00Z");

    @Test
    void isWhatWasSeen() {
        Past past = new Past(SEEN, false);

        assertThat(past.test(state(0, RunState.STOPPED))).isTrue();
        assertThat(past.test(state(1, RunState.QUEUED))).isFalse();
    }

    /** A run that was stopped once, was resumed, and is stopped again. */
    @Test
    void ofAStopIsWhatHappenedBeforeTheRunEnds() {
        Past past = new Past(SEEN, true);

        assertThat(past.test(state(-1, RunState.STOPPED))).as("the stop before").isTrue();
        assertThat(past.test(state(1, RunState.TRAINING))).as("not seen yet").isTrue();
        assertThat(past.test(state(2, RunState.STOPPING))).isFalse();
        assertThat(past.test(state(3, RunState.UPLOADING))).isFalse();
        assertThat(past.test(state(4, RunState.STOPPED))).isFalse();
    }

    private static RunEvent state(int seconds, RunState state) {
        return new RunEvent.StateChanged(SEEN.plusSeconds(seconds), state, "");
    }
}
