package dev.finetune4j.training.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.finetune4j.error.Problem;
import dev.finetune4j.job.Schedule;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.training.bigram.BigramModel;
import dev.finetune4j.training.bigram.SmallRows;
import dev.finetune4j.training.model.TokenBatch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingLoopTest {
    @TempDir
    private Path folder;

    @Test
    void learnsAndReportsEveryStep() {
        LoopTrial trial = trial(TrainingSpec.builder().epochs(20).learningRate(0.1));

        TrainingResult result = trial.run();

        List<RunEvent.StepCompleted> steps = trial.events(RunEvent.StepCompleted.class);
        assertThat(result).isInstanceOf(TrainingResult.Finished.class);
        assertThat(steps).hasSize(100).extracting(RunEvent.StepCompleted::step).isSorted();
        assertThat(steps.get(0).loss()).isCloseTo(Math.log(LoopTrial.VOCABULARY), within(1e-9));
        assertThat(steps.get(99).loss()).isLessThan(1.5);
        assertThat(steps.get(4).epoch()).isEqualTo(1);
        assertThat(steps)
                .extracting(RunEvent.StepCompleted::learningRate)
                .element(0)
                .isEqualTo(0.0);
    }

    @Test
    void accumulationTakesTheMeanOverAllCountedTokensOfTheStep() {
        LoopTrial accumulated = new LoopTrial(
                folder.resolve("a"),
                TrainingSpec.builder()
                        .epochs(3)
                        .batchSize(10)
                        .gradientAccumulation(4)
                        .learningRate(0.1)
                        .warmupRatio(0)
                        .build());
        LoopTrial whole = new LoopTrial(
                folder.resolve("w"),
                TrainingSpec.builder()
                        .epochs(3)
                        .batchSize(40)
                        .learningRate(0.1)
                        .warmupRatio(0)
                        .build());

        accumulated.run();
        whole.run();

        // The first loss is taken before dropout can differ between micro-batches: all weights are zero.
        List<RunEvent.StepCompleted> expected = whole.events(RunEvent.StepCompleted.class);
        assertThat(accumulated.events(RunEvent.StepCompleted.class)).hasSameSizeAs(expected);
        assertThat(accumulated.events(RunEvent.StepCompleted.class).get(0).loss())
                .isCloseTo(expected.get(0).loss(), within(1e-12));
        assertThat(accumulated.events(RunEvent.StepCompleted.class))
                .extracting(RunEvent.StepCompleted::tokens)
                .isEqualTo(expected.stream().map(RunEvent.StepCompleted::tokens).toList());
    }

    @Test
    void keepsTheAdapterOfTheLowestValidationLossNotTheLast() {
        // Far too many epochs on few rows: the validation loss rises again.
        LoopTrial trial =
                trial(TrainingSpec.builder().epochs(60).learningRate(0.3).schedule(Schedule.CONSTANT));
        trial.training = SmallRows.of(12, LoopTrial.VOCABULARY, 7);

        TrainingResult.Finished result = (TrainingResult.Finished) trial.run();

        BigramModel best = new BigramModel(LoopTrial.VOCABULARY);
        best.readAdapter(trial.folders.adapter());
        TokenBatch rows = TokenBatch.of(trial.validation.rows());
        double loss = best.loss(rows) / rows.countedTargets();
        List<RunEvent.ValidationCompleted> validations = trial.events(RunEvent.ValidationCompleted.class);
        assertThat(validations).hasSize(60);
        assertThat(loss)
                .isCloseTo(
                        validations.stream()
                                .mapToDouble(RunEvent.ValidationCompleted::loss)
                                .min()
                                .orElseThrow(),
                        within(1e-12));
        assertThat(loss).isLessThan(validations.get(59).loss());
        assertThat(result.validationLoss()).isCloseTo(loss, within(1e-12));
        assertThat(result.adapterStep()).isLessThan(result.steps());
        assertThat(trial.folders.bestAdapter()).doesNotExist();
        assertThat(trial.folders.checkpoints()).doesNotExist();
    }

    @Test
    void stopsEarlyWhenPatienceIsOver() {
        LoopTrial trial = trial(TrainingSpec.builder()
                .epochs(60)
                .learningRate(0.3)
                .schedule(Schedule.CONSTANT)
                .earlyStoppingPatience(3));
        trial.training = SmallRows.of(12, LoopTrial.VOCABULARY, 7);

        TrainingResult.Finished result = (TrainingResult.Finished) trial.run();

        assertThat(result.stoppedEarly()).isTrue();
        assertThat(trial.events(RunEvent.StoppedEarly.class)).singleElement().satisfies(event -> {
            assertThat(event.step()).isEqualTo(result.steps());
            assertThat(event.reason()).startsWith("3 validations without a lower loss than ");
        });
        assertThat(trial.events(RunEvent.ValidationCompleted.class))
                .extracting(RunEvent.ValidationCompleted::best)
                .endsWith(true, false, false, false);
    }

    @Test
    void withoutValidationRowsTheLastAdapterIsKept() {
        LoopTrial trial = trial(TrainingSpec.builder().epochs(2));
        trial.validation = LoopTrial.NONE;

        TrainingResult.Finished result = (TrainingResult.Finished) trial.run();

        assertThat(result.adapterStep()).isEqualTo(result.steps());
        assertThat(result.validationLoss()).isNull();
        assertThat(trial.events(RunEvent.ValidationCompleted.class)).isEmpty();
        assertThat(trial.adapterSha()).hasSize(64);
    }

    @Test
    void validatesAndSavesAtTheIntervalsAsked() {
        LoopTrial trial =
                trial(TrainingSpec.builder().epochs(3).evaluateEvery(4).checkpointEvery(6));

        trial.run();

        assertThat(trial.events(RunEvent.ValidationCompleted.class))
                .extracting(RunEvent.ValidationCompleted::step)
                .containsExactly(4, 8, 12, 15);
        assertThat(trial.events(RunEvent.CheckpointSaved.class))
                .extracting(RunEvent.CheckpointSaved::step)
                .containsExactly(6, 12);
    }

    @Test
    void aLossThatIsNotANumberStopsTheTrainingWithoutTouchingTheLastCheckpoint() {
        LoopTrial trial =
                trial(TrainingSpec.builder().epochs(3).checkpointEvery(2).learningRate(3e-3));
        int[] microBatches = {0};
        trial.model = new BigramModel(LoopTrial.VOCABULARY) {
            @Override
            public double accumulateGradient(TokenBatch batch, double scale, long dropoutSeed) {
                double loss = super.accumulateGradient(batch, scale, dropoutSeed);
                return microBatches[0]++ == 6 ? Double.NaN : loss;
            }
        };

        assertThatThrownBy(trial::run)
                .hasMessageContaining("FT0622: the loss is not a number at step 7")
                .satisfies(e -> assertThat(((dev.finetune4j.error.FineTuneException) e)
                                .problems()
                                .get(0)
                                .remedies())
                        .containsExactly("training.learning-rate: 0.0003", "training.precision: fp32"));
        assertThat(CheckpointManifest.damageOf(trial.folders.checkpoints().resolve("checkpoint-000006")))
                .isEmpty();
        assertThat(trial.folders.adapter()).doesNotExist();
    }

    @Test
    void noticesAJumpOfLossAndGradientAndGoesOn() {
        LoopTrial trial =
                trial(TrainingSpec.builder().epochs(4).learningRate(3e-3).maxGradientNorm(0));
        int[] microBatches = {0};
        trial.model = new BigramModel(LoopTrial.VOCABULARY) {
            @Override
            public double accumulateGradient(TokenBatch batch, double scale, long dropoutSeed) {
                double odd = microBatches[0]++ == 12 ? 20 : 1;
                return odd * super.accumulateGradient(batch, odd * scale, dropoutSeed);
            }
        };

        TrainingResult result = trial.run();

        assertThat(result).isInstanceOf(TrainingResult.Finished.class);
        List<Problem> noticed = trial.events(RunEvent.Noticed.class).stream()
                .map(RunEvent.Noticed::problem)
                .toList();
        assertThat(noticed).extracting(Problem::code).containsExactly("FT0623", "FT0624");
        assertThat(noticed)
                .extracting(Problem::summary)
                .containsExactly("the loss jumped at step 13", "the gradient exploded at step 13");
        assertThat(noticed.get(1).remedies()).containsExactly("training.max-gradient-norm: 1.0");
    }

    @Test
    void clipsAsTorchDoes() {
        LoopTrial trial = trial(TrainingSpec.builder().epochs(1).maxGradientNorm(0.05));
        double[] scales = {0};
        trial.model = new BigramModel(LoopTrial.VOCABULARY) {
            @Override
            public void step(int step, double learningRate, double weightDecay, double gradientScale) {
                scales[0] = gradientScale;
                super.step(step, learningRate, weightDecay, gradientScale);
            }
        };

        trial.run();

        double norm = trial.events(RunEvent.StepCompleted.class).get(4).gradientNorm();
        assertThat(scales[0]).isEqualTo(0.05 / (norm + 1e-6));
    }

    @Test
    void leftoversOfAKilledRunAreNotInTheWay() throws Exception {
        LoopTrial trial = trial(TrainingSpec.builder().epochs(2).checkpointEvery(2));
        Files.createDirectories(trial.folders.checkpoints().resolve("checkpoint-000002.partial/best"));
        Files.writeString(trial.folders.checkpoints().resolve("checkpoint-000002.partial/state.safetensors"), "half");
        Files.createDirectories(trial.folders.checkpoints().resolve("checkpoint-000004"));
        Files.createDirectories(trial.folders.bestAdapter());
        Files.createDirectories(folder.resolve("adapter.partial"));

        TrainingResult result = trial.run();

        assertThat(result).isInstanceOf(TrainingResult.Finished.class);
        assertThat(trial.folders.adapter()).isDirectoryContaining("glob:**adapter_model.safetensors");
    }

    private LoopTrial trial(TrainingSpec.Builder spec) {
        return new LoopTrial(folder, spec.build());
    }
}
