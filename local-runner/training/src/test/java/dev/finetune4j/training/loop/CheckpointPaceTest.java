package dev.finetune4j.training.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.run.RunEvent;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckpointPaceTest {
    private static final TrainingSpec SPEC = TrainingSpec.builder()
            .epochs(3)
            .batchSize(3)
            .gradientAccumulation(2)
            .evaluateEvery(4)
            .build();

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "0, 0", // free: after every step
        "10, 20785", // sqrt(2 * 0.01 * 21600)
        "500, 146969",
        "2000, 293939",
        "5000, 300000", // five minutes at most
        "20000, 571429" // 3.5 % at most
    })
    void waitsAsLongAsLosesTheLeastTime(long costMillis, long intervalMillis) {
        assertThat(CheckpointPace.interval(Duration.ofMillis(costMillis)).toMillis())
                .isBetween(intervalMillis - 1, intervalMillis + 1);
    }

    @Test
    void theFirstStepIsSavedAndThenOnlyWhatTimeAsksFor() {
        LoopTrial trial = new LoopTrial(folder, SPEC);

        trial.clock = new Ticking(Duration.ofSeconds(10));
        trial.run();

        List<Integer> saved = trial.events(RunEvent.CheckpointSaved.class).stream()
                .map(RunEvent.CheckpointSaved::step)
                .toList();
        assertThat(saved).first().isEqualTo(1);
        assertThat(saved).hasSizeBetween(2, 10);
    }

    @Test
    void whatTheJobAsksForIsKept() {
        LoopTrial trial =
                new LoopTrial(folder, SPEC.toBuilder().checkpointEvery(5).build());

        trial.run();

        assertThat(trial.events(RunEvent.CheckpointSaved.class))
                .extracting(RunEvent.CheckpointSaved::step)
                .containsExactly(5, 10, 15, 20);
    }

    @Test
    void noPaceChangesTheResult() {
        LoopTrial rare = new LoopTrial(folder.resolve("rare"), SPEC);
        rare.run();
        LoopTrial often = new LoopTrial(
                folder.resolve("often"), SPEC.toBuilder().checkpointEvery(1).build());
        often.run();
        LoopTrial timed = new LoopTrial(folder.resolve("timed"), SPEC);
        timed.clock = new Ticking(Duration.ofSeconds(20));
        timed.run();

        assertThat(often.adapterSha()).isEqualTo(rare.adapterSha());
        assertThat(timed.adapterSha()).isEqualTo(rare.adapterSha());
    }

    /** Goes on by the same time whenever it is read. */
    private static final class Ticking extends Clock {
        private final Duration tick;
        private Instant now = Instant.EPOCH;

        Ticking(Duration tick) {
            this.tick = tick;
        }

        @Override
        public Instant instant() {
            now = now.plus(tick);
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException("the loop knows no zones");
        }
    }
}
