package dev.finetune4j.worker.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.json.Json;
import dev.finetune4j.method.FullTuning;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.method.PromptTuning;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.run.Replay;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.value.RunId;
import dev.finetune4j.worker.KilledWorkerMain;
import dev.finetune4j.worker.SmallJob;
import dev.finetune4j.worker.folder.EventReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A training with dropout, accumulation, packing and evaluation whose worker is killed in the middle of a step and goes on in another
 * process ends with the bits of one that nothing disturbed.
 */
class KilledTrainingTest {
    /** 50 steps, and so the pace that the product chooses has saved only the first when a worker is killed. */
    private static final double EPOCHS = 4.16;

    private static final int STEPS = 50;
    private static final int MICRO_BATCHES_OF_A_STEP = 2;

    @TempDir
    private Path root;

    private SmallJob job;
    private LocalPlace place;
    private LocalProvider provider;
    private TuningMethod method = new LoraTuning(4, 8, 0.1, List.of(LoraTuning.ALL_LINEAR));

    @BeforeEach
    void open() throws Exception {
        job = new SmallJob(root);
        place = new LocalPlace(root.resolve("home"));
        provider = place.openWith(KilledWorkerMain.class);
    }

    @AfterEach
    void killWorkers() {
        place.killAll();
    }

    @Test
    void goesOnToTheSameVirtualTokens() throws Exception {
        method = new PromptTuning(4, null);

        killedAndResumed("own-interval", spec(7), 26, undisturbed());
    }

    @Test
    void goesOnToTheSameWeightsWhereAllAreTrained() throws Exception {
        method = FullTuning.defaults();

        killedAndResumed("own-interval", spec(7), 26, undisturbed());
    }

    @Test
    void goesOnToTheSameBits() throws Exception {
        String undisturbed = undisturbed();

        killedAndResumed("before-any-checkpoint", spec(7), 1, undisturbed);
        killedAndResumed("own-interval", spec(7), 26, undisturbed);
        killedAndResumed("chosen-pace", spec(0), 49, undisturbed);
    }

    @Test
    void replaysTheStepsBeforeItsLastCheckpointToTheSameBits() throws Exception {
        Submission killed = submission("replayed", spec(7));
        killAt(26);
        provider.submit(killed);
        assertThat(place.awaitEnd(killed.id()).state()).isEqualTo(RunState.FAILED);
        WorkStep.Train train = (WorkStep.Train) killed.order().steps().get(0);
        Submission verification = Submission.builder(
                        new RunId("replay"),
                        killed.model(),
                        new WorkOrder(
                                "replay",
                                List.of(new WorkStep.Verify(killed.order().digest(), train))))
                .channel(WorkOrder.MODEL_CHANNEL, job.model())
                .channel(WorkOrder.DATA_CHANNEL, job.data())
                .channel(
                        WorkOrder.CHECKPOINTS_CHANNEL,
                        provider.fetch(killed.id(), root).resolve(WorkOrder.CHECKPOINTS_FOLDER))
                .build();

        provider.submit(verification);

        assertThat(place.awaitEnd(verification.id()).state())
                .as(place.log(verification.id()))
                .isEqualTo(RunState.SUCCEEDED);
        Replay replay = Json.read(
                Files.readString(provider.fetch(verification.id(), root).resolve(WorkOrder.REPLAY_FILE)), Replay.class);
        assertThat(replay.isEqual()).as(replay.toString()).isTrue();
        assertThat(List.of(replay.fromStep(), replay.toStep())).containsExactly(14, 21);
    }

    @Tag("slow")
    @Test
    void goesOnToTheSameBitsFromEachStep() throws Exception {
        String undisturbed = undisturbed();

        for (int step = 1; step <= STEPS; step++) {
            killedAndResumed("step-" + step, spec(step % 2 == 0 ? 7 : 0), step, undisturbed);
        }
    }

    private static TrainingSpec spec(int checkpointEvery) {
        return SmallJob.training(EPOCHS)
                .packing(true)
                .maxTokens(32)
                .checkpointEvery(checkpointEvery)
                .build();
    }

    private String undisturbed() throws Exception {
        Submission whole = submission("undisturbed", spec(7));
        provider.submit(whole);

        assertThat(place.awaitEnd(whole.id()).state()).as(place.log(whole.id())).isEqualTo(RunState.SUCCEEDED);
        assertThat(steps(whole).max().orElse(0)).isEqualTo(STEPS);
        return place.resultSha(whole.id(), method);
    }

    private void killedAndResumed(String name, TrainingSpec spec, int step, String undisturbed) throws Exception {
        Submission submission = submission(name, spec);
        killAt(step);
        provider.submit(submission);
        assertThat(place.awaitEnd(submission.id()).failure().orElseThrow().code())
                .as(name)
                .isEqualTo("FT0662");
        assertThat(steps(submission).max().orElse(0)).as(name).isEqualTo(step - 1);

        provider.resume(submission.id());

        assertThat(place.awaitEnd(submission.id()).state())
                .as(place.log(submission.id()))
                .isEqualTo(RunState.SUCCEEDED);
        assertThat(steps(submission).max().orElse(0)).as(name).isEqualTo(STEPS);
        assertThat(place.resultSha(submission.id(), method)).as(name).isEqualTo(undisturbed);
    }

    private void killAt(int step) throws IOException {
        Files.createDirectories(root.resolve("home/jobs"));
        Files.writeString(
                root.resolve("home/jobs").resolve(KilledWorkerMain.KILL),
                Integer.toString(MICRO_BATCHES_OF_A_STEP * step));
    }

    private IntStream steps(Submission submission) {
        Stream<RunEvent> events = new EventReader(place.folder(submission.id())).all().stream();
        return events.filter(RunEvent.StepCompleted.class::isInstance)
                .mapToInt(event -> ((RunEvent.StepCompleted) event).step());
    }

    private Submission submission(String id, TrainingSpec spec) {
        return job.submission(id, id, List.of(SmallJob.steps(method, spec).get(0)));
    }
}
