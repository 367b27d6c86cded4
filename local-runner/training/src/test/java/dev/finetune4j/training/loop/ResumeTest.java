package dev.finetune4j.training.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.job.Schedule;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.training.model.BatchPrefix;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that was interrupted ends with the bits of one that was not. */
@Tag("long")
class ResumeTest {
    private static final TrainingSpec SPEC = TrainingSpec.builder()
            .epochs(3)
            .batchSize(3)
            .gradientAccumulation(2)
            .packing(true)
            .learningRate(0.2)
            .schedule(Schedule.COSINE)
            .evaluateEvery(2)
            .checkpointEvery(5)
            .build();

    @TempDir
    private Path folder;

    @Test
    void stoppedBeforeAnyMicroBatchOrValidationTheResultIsTheSame() {
        LoopTrial whole = new LoopTrial(folder.resolve("whole"), SPEC);
        whole.run();
        int pauses = whole.model.seen.size()
                + 2 * whole.events(RunEvent.ValidationCompleted.class).size();
        int steps = whole.events(RunEvent.StepCompleted.class).size();
        assertThat(steps).isGreaterThanOrEqualTo(12);

        for (int pause = 0; pause < pauses; pause++) {
            LoopTrial trial = new LoopTrial(folder.resolve("stop-" + pause), SPEC);
            TrainingResult first = trial.stoppingBefore(pause).run();
            trial.undisturbed().run();

            assertThat(first).as("stop %d", pause).isInstanceOf(TrainingResult.Stopped.class);
            assertThat(trial.adapterSha()).as("stop %d", pause).isEqualTo(whole.adapterSha());
            assertThat(trial.events(RunEvent.StepCompleted.class))
                    .as("stop %d", pause)
                    .isEqualTo(whole.events(RunEvent.StepCompleted.class));
            assertThat(trial.events(RunEvent.ValidationCompleted.class))
                    .as("stop %d", pause)
                    .isEqualTo(whole.events(RunEvent.ValidationCompleted.class));
        }
    }

    @Test
    void killedAtAnyMicroBatchTheResultIsTheSame() {
        LoopTrial whole = new LoopTrial(folder.resolve("whole"), SPEC);
        whole.run();

        for (int kill = 0; kill < whole.model.seen.size(); kill++) {
            LoopTrial trial = new LoopTrial(folder.resolve("kill-" + kill), SPEC).undisturbed();
            int[] left = {kill};
            trial.model.beforeGradient = () -> {
                if (left[0]-- == 0) {
                    throw new IllegalStateException("killed");
                }
            };
            assertThatThrownBy(trial::run).hasMessage("killed");

            trial.undisturbed().run();

            assertThat(trial.adapterSha()).as("kill %d", kill).isEqualTo(whole.adapterSha());
        }
    }

    @Test
    void everyRowIsSeenOnceAnEpochInRandomStopSchedules() {
        SplittableRandom random = new SplittableRandom(9);
        for (int schedule = 0; schedule < 40; schedule++) {
            TrainingSpec spec = TrainingSpec.builder()
                    .epochs(2)
                    .batchSize(random.nextInt(1, 9))
                    .gradientAccumulation(random.nextInt(1, 4))
                    .packing(random.nextBoolean())
                    .seed(random.nextLong())
                    .build();
            LoopTrial trial = new LoopTrial(folder.resolve("schedule-" + schedule), spec);
            trial.validation = LoopTrial.NONE;
            List<int[]> learned = new ArrayList<>();
            TrainingResult result;
            do {
                trial.stoppingBefore(random.nextInt(1, 30));
                int done = trial.events(RunEvent.StepCompleted.class).size();
                result = trial.run();
                learned.addAll(learnedBatches(trial, spec, done));
            } while (result instanceof TrainingResult.Stopped);

            LoopTrial whole = new LoopTrial(folder.resolve("whole-" + schedule), spec);
            whole.validation = LoopTrial.NONE;
            whole.run();
            assertThat(learned).containsExactly(whole.model.seen.toArray(int[][]::new));
            assertThat(learned.stream().mapToInt(batch -> batch.length).sum())
                    .isEqualTo(2 * Arrays.stream(trial.training.lengths()).sum());
            assertThat(trial.events(RunEvent.StepCompleted.class))
                    .extracting(RunEvent.StepCompleted::step)
                    .doesNotHaveDuplicates()
                    .isSorted();
        }
    }

    @Test
    void anyChangedByteOfTheNewestCheckpointIsNoticedAndTheOneBeforeIsUsed() throws Exception {
        LoopTrial whole = new LoopTrial(folder.resolve("whole"), SPEC);
        whole.run();
        SplittableRandom random = new SplittableRandom(10);
        for (int round = 0; round < 10; round++) {
            LoopTrial trial = new LoopTrial(folder.resolve("damage-" + round), SPEC);
            trial.stoppingBefore(22).run();
            List<Path> checkpoints = trial.checkpoints();
            Path newest = checkpoints.get(checkpoints.size() - 1);
            flipOneBit(newest, random);

            trial.undisturbed().run();

            assertThat(trial.events(RunEvent.Noticed.class)).singleElement().satisfies(event -> {
                assertThat(event.problem().code()).isEqualTo("FT0626");
                assertThat(event.problem().summary()).isEqualTo(newest.getFileName() + " was skipped");
            });
            assertThat(trial.events(RunEvent.Resumed.class))
                    .singleElement()
                    .extracting(RunEvent.Resumed::step)
                    .isEqualTo(5);
            assertThat(trial.adapterSha()).isEqualTo(whole.adapterSha());
        }
    }

    @Test
    void keepsTheNewestTwoCheckpoints() {
        LoopTrial trial =
                new LoopTrial(folder, SPEC.toBuilder().checkpointEvery(1).build());

        trial.stoppingBefore(12).run();

        assertThat(trial.events(RunEvent.CheckpointSaved.class)).hasSizeGreaterThan(3);
        assertThat(trial.checkpoints()).hasSize(2);
    }

    @Test
    void aCheckpointOfOtherRowsIsNotUsed() {
        LoopTrial trial = new LoopTrial(folder, SPEC);
        trial.stoppingBefore(20).run();
        trial.undisturbed().identity = "another identity";

        trial.run();

        assertThat(trial.events(RunEvent.Resumed.class)).isEmpty();
        assertThat(trial.events(RunEvent.Noticed.class))
                .isNotEmpty()
                .allSatisfy(event -> assertThat(event.problem().causes())
                        .containsExactly("it was made for another order, other rows or another model"));
    }

    @Test
    void aFullDiskDuringACheckpointIsOneProblemAndTheCheckpointBeforeItServes() {
        LoopTrial whole = new LoopTrial(folder.resolve("whole"), SPEC);
        whole.run();
        LoopTrial trial = new LoopTrial(folder.resolve("full"), SPEC).undisturbed();
        int[] left = {1};
        trial.model.whileWritingState = () -> {
            if (left[0]-- == 0) {
                throw new UncheckedIOException(new IOException("No space left on device"));
            }
        };

        assertThatThrownBy(trial::run)
                .hasMessageContaining("FT0625: the checkpoint of step 10 could not be written")
                .hasMessageNotContaining("FT0632");
        assertThat(trial.checkpoints())
                .extracting(path -> path.getFileName().toString())
                .containsExactly("checkpoint-000005");
        trial.undisturbed().run();

        assertThat(trial.events(RunEvent.Resumed.class))
                .singleElement()
                .extracting(RunEvent.Resumed::step)
                .isEqualTo(5);
        assertThat(trial.adapterSha()).isEqualTo(whole.adapterSha());
    }

    @Test
    void anUnwritableFolderIsToldApartFromAFullDisk() throws Exception {
        LoopTrial trial = new LoopTrial(folder, SPEC);
        Files.writeString(trial.folders.checkpoints(), "a file where a folder should be");

        assertThatThrownBy(trial::run).hasMessageContaining("FT0632: the checkpoint of step 5 could not be written");
    }

    /** The micro-batches of completed steps only: those of a step that was cut short are learned again. */
    private static List<int[]> learnedBatches(LoopTrial trial, TrainingSpec spec, int stepsBefore) {
        TrainingPlan plan = new TrainingPlan(spec, trial.training, trial.validation, 12, BatchPrefix.NONE);
        int count = 0;
        for (int step = stepsBefore + 1;
                step <= trial.events(RunEvent.StepCompleted.class).size();
                step++) {
            count += plan.microBatches(step).size();
        }
        return trial.model.seen.subList(0, count);
    }

    private static void flipOneBit(Path checkpoint, SplittableRandom random) throws IOException {
        List<Path> files;
        try (var paths = Files.walk(checkpoint)) {
            files = paths.filter(Files::isRegularFile).sorted().toList();
        }
        Path file = files.get(random.nextInt(files.size()));
        byte[] bytes = Files.readAllBytes(file);
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(7));
        Files.write(file, bytes);
    }
}
