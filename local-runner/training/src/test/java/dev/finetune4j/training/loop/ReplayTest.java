package dev.finetune4j.training.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.Replay;
import dev.finetune4j.training.bigram.BigramModel;
import dev.finetune4j.training.model.BatchPrefix;
import dev.finetune4j.training.model.TokenBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The last steps of a stopped training, gone over again from the last checkpoint but one. */
class ReplayTest {
    private static final TrainingSpec SPEC = TrainingSpec.builder()
            .epochs(4)
            .batchSize(3)
            .gradientAccumulation(2)
            .packing(true)
            .learningRate(0.2)
            .evaluateEvery(2)
            .checkpointEvery(5)
            .build();

    @TempDir
    private Path folder;

    private LoopTrial trial;

    @BeforeEach
    void stopsATraining() {
        trial = new LoopTrial(folder.resolve("run"), SPEC);
        trial.stoppingBefore(30).run();
        trial.undisturbed();
    }

    @Test
    void givesTheSameBitsAndLeavesTheCheckpointsAsTheyAre() throws Exception {
        Map<String, String> before = digests();

        Replay replay = replay();

        assertThat(replay.isEqual()).isTrue();
        assertThat(replay.savedSha256()).matches("[0-9a-f]{64}").isEqualTo(replay.replayedSha256());
        assertThat(trial.checkpoints())
                .extracting(path -> path.getFileName().toString())
                .containsExactly(
                        String.format(Locale.ROOT, "checkpoint-%06d", replay.fromStep()),
                        String.format(Locale.ROOT, "checkpoint-%06d", replay.toStep()));
        assertThat(digests()).isEqualTo(before);
    }

    @Test
    void namesTheStepFromWhichOnItWentOtherwise() {
        int fromStep = replay().fromStep();
        TrainingPlan plan = new TrainingPlan(SPEC, trial.training, trial.validation, 12, BatchPrefix.NONE);
        int[] left = {plan.microBatches(fromStep + 1).size()};
        trial.model = new BigramModel(LoopTrial.VOCABULARY) {
            @Override
            public double accumulateGradient(TokenBatch batch, double scale, long dropoutSeed) {
                boolean slips = left[0]-- == 0; // at the first micro-batch of the second step
                return super.accumulateGradient(batch, scale, slips ? dropoutSeed + 1 : dropoutSeed);
            }
        };

        Replay replay = replay();

        assertThat(replay.isEqual()).isFalse();
        assertThat(replay.firstDifferenceIfKnown()).contains(fromStep + 2);
        assertThat(replay.savedSha256()).isNotEqualTo(replay.replayedSha256());
    }

    @Test
    void needsTwoCheckpointsOfTheSameTraining() {
        trial.identity = "another identity";

        assertThatThrownBy(this::replay).hasMessageContaining("FT0635: there is nothing to replay");
    }

    private Replay replay() {
        return trial.loop().replay(folder.resolve("scratch/state")).orElseThrow();
    }

    private Map<String, String> digests() throws IOException {
        Map<String, String> digests = new TreeMap<>();
        try (var paths = Files.walk(trial.folders.checkpoints())) {
            for (Path path : paths.filter(Files::isRegularFile).toList()) {
                digests.put(path.toString(), Json.sha256(Files.readAllBytes(path)));
            }
        }
        return digests;
    }
}
