package dev.finetune4j.training.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.run.Rehearsal;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.WorkStep.Rehearse.Extent;
import dev.finetune4j.testkit.VirtualClock;
import dev.finetune4j.training.bigram.BigramModel;
import dev.finetune4j.training.model.TokenBatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first steps of a training, timed, and what they say of the whole. */
class RehearsalTest {
    private static final Extent EXTENT = new Extent(5, 8, Duration.ofMinutes(1), Duration.ofMinutes(1));
    private static final TrainingSpec SPEC = TrainingSpec.builder()
            .epochs(2.5)
            .batchSize(3)
            .gradientAccumulation(2)
            .learningRate(0.2)
            .warmupRatio(0)
            .evaluateEvery(4)
            .checkpointEvery(5)
            .build();

    @TempDir
    private Path folder;

    private LoopTrial trial;

    @BeforeEach
    void prepare() {
        trial = new LoopTrial(folder.resolve("run"), SPEC);
    }

    @Test
    void doesTheFirstStepsOfTheVerySameTraining() {
        LoopTrial whole = new LoopTrial(folder.resolve("whole"), SPEC);
        whole.run();

        Rehearsal.Training shown = rehearse(EXTENT);

        assertThat(shown.steps()).isEqualTo(5);
        assertThat(trial.events(RunEvent.StepCompleted.class))
                .isEqualTo(whole.events(RunEvent.StepCompleted.class).subList(0, 5));
        assertThat(shown.learns()).isTrue();
        assertThat(shown.lossAfter()).isLessThan(shown.lossBefore());
        assertThat(shown.learningRate())
                .isEqualTo(whole.events(RunEvent.StepCompleted.class).get(4).learningRate());
    }

    @Test
    void countsWhatTheWholeTrainingWillDo() {
        LoopTrial whole = new LoopTrial(folder.resolve("whole"), SPEC);
        whole.run();

        Rehearsal.Training shown = rehearse(EXTENT);

        assertThat(shown.plannedSteps())
                .isEqualTo(whole.events(RunEvent.StepCompleted.class).size());
        assertThat(shown.plannedTokens())
                .isEqualTo(whole.events(RunEvent.StepCompleted.class).stream()
                        .mapToLong(RunEvent.StepCompleted::tokens)
                        .sum());
        assertThat(shown.validations())
                .isEqualTo(whole.events(RunEvent.ValidationCompleted.class).size());
        assertThat(shown.checkpoints())
                .isEqualTo(whole.events(RunEvent.CheckpointSaved.class).size());
        assertThat(shown.rowTokens().max())
                .isEqualTo(Arrays.stream(trial.training.lengths()).max().orElseThrow());
        assertThat(shown.rowTokens().mean())
                .isEqualTo(Arrays.stream(trial.training.lengths()).average().orElseThrow());
    }

    @Test
    void leavesTheResultAndNoCheckpoint() {
        Rehearsal.Training shown = rehearse(EXTENT);

        assertThat(trial.folders.adapter()).isNotEmptyDirectory();
        assertThat(trial.folders.checkpoints()).doesNotExist();
        assertThat(folder.resolve("scratch/state")).doesNotExist();
        assertThat(shown.checkpointBytes()).isPositive();
    }

    @Test
    void timesAllStepsButTheFirstAndStopsWhenThatTookLongEnough() {
        VirtualClock clock = new VirtualClock();
        trial.clock = clock;
        trial.model = new BigramModel(LoopTrial.VOCABULARY) {
            @Override
            public void step(int step, double rate, double decay, double scale) {
                super.step(step, rate, decay, scale);
                clock.advance(Duration.ofSeconds(step == 1 ? 30 : 20));
            }
        };

        Rehearsal.Training shown = rehearse(new Extent(8, 8, Duration.ofSeconds(60), Duration.ZERO));

        assertThat(shown.steps()).as("30 s, 50 s, 70 s").isEqualTo(Extent.LEAST_STEPS);
        assertThat(shown.timedSeconds()).isEqualTo(40);
        assertThat(shown.timedTokens())
                .isEqualTo(trial.events(RunEvent.StepCompleted.class).stream()
                        .skip(1)
                        .mapToLong(RunEvent.StepCompleted::tokens)
                        .sum());
    }

    @Test
    void goesThroughTheLargestMicroBatch() {
        int[] largest = {0};
        trial.model = new BigramModel(LoopTrial.VOCABULARY) {
            @Override
            public double accumulateGradient(TokenBatch batch, double scale, long dropoutSeed) {
                largest[0] = Math.max(largest[0], batch.tokens());
                return super.accumulateGradient(batch, scale, dropoutSeed);
            }
        };

        Rehearsal.Training shown = rehearse(new Extent(3, 8, Duration.ZERO, Duration.ZERO));

        assertThat(largest[0]).isEqualTo(shown.largestBatchTokens());
    }

    @Test
    void saysWhereTheLossDoesNotFall() {
        trial.model = new BigramModel(LoopTrial.VOCABULARY) {
            @Override
            public void step(int step, double learningRate, double weightDecay, double gradientScale) {
                super.step(step, learningRate, weightDecay, -gradientScale);
            }
        };

        assertThat(rehearse(EXTENT).learns()).isFalse();
    }

    @Test
    void aCheckpointThatReadsBackAsSomethingElseIsAProblem() {
        int[] written = {0};
        trial.model = new BigramModel(LoopTrial.VOCABULARY) {
            @Override
            public void writeState(Path file) {
                super.writeState(file);
                if (written[0]++ > 0) {
                    append(file);
                }
            }
        };

        assertThatThrownBy(() -> rehearse(EXTENT))
                .hasMessageContaining("FT0636: the checkpoint of step 5 does not read back as it was written");
    }

    @Test
    void aFolderThatCannotBeWrittenIsAProblem() throws Exception {
        Files.createDirectories(folder.resolve("run"));
        Files.writeString(folder.resolve("run/checkpoints"), "in the way");

        assertThatThrownBy(() -> rehearse(EXTENT)).hasMessageContaining("FT0632");
    }

    @Test
    void aTrainingOfOneStepIsTimedByThatStep() {
        trial = new LoopTrial(
                folder.resolve("one"),
                SPEC.toBuilder()
                        .epochs(0.01)
                        .batchSize(2)
                        .gradientAccumulation(1)
                        .build());

        Rehearsal.Training shown = rehearse(EXTENT);

        assertThat(shown.plannedSteps()).isEqualTo(1);
        assertThat(shown.timedTokens()).isEqualTo(shown.plannedTokens()).isPositive();
    }

    private static void append(Path file) {
        try {
            Files.writeString(file, "more", StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Rehearsal.Training rehearse(Extent extent) {
        return trial.loop().rehearse(extent, folder.resolve("scratch/state")).orElseThrow();
    }
}
