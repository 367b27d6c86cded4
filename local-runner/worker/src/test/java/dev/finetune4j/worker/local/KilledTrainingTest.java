package dev.finetune4j.worker.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.json.Json;
import dev.finetune4j.method.FullTuning;
import dev.finetune4j.method.HeadTuning;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.method.PrefixTuning;
import dev.finetune4j.method.PromptTuning;
import dev.finetune4j.method.QloraTuning;
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
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A training with accumulation, packing and evaluation, and with dropout where the method has adapters, whose worker is killed in the
 * middle of a step and goes on in another process ends with the bits of one that nothing disturbed: by every method, on decoders and
 * encoders.
 */
@Tag("long")
class KilledTrainingTest {
    /** 50 steps, and so the pace that the product chooses has saved only the first when a worker is killed. */
    private static final double EPOCHS = 4.16;

    private static final int STEPS = 50;
    private static final int MICRO_BATCHES_OF_A_STEP = 2;

    /** Tokens of the longest row, of which packing puts two in a micro-batch. */
    private static final int ROW_TOKENS = 32;

    /** The rows of an encoder have no answer. */
    private static final int PROMPT_TOKENS = 24;

    /** Kills of each way in the slow suite. */
    private static final int KILLS = 10;

    @TempDir
    private Path root;

    private LocalPlace place;
    private LocalProvider provider;
    private Way way = Way.LORA;
    private SmallJob job;
    private int kills;

    /** A method, and what it trains. */
    private enum Way {
        LORA,
        DORA,
        QLORA,
        QDORA,
        EMBEDDING,
        EMBEDDING_AND_HEAD,
        FULL,
        PROMPT,
        PREFIX,
        ENCODER,
        ENCODER_HEAD,
        ENCODER_LORA,
        ENCODER_DORA;

        private boolean isEncoder() {
            return name().startsWith(ENCODER.name());
        }

        private TuningMethod method() {
            LoraTuning.Builder lora = LoraTuning.builder().rank(4).alpha(8).dropout(0.1);
            return switch (this) {
                case LORA, ENCODER_LORA -> lora.build();
                case DORA, ENCODER_DORA -> lora.dora(true).build();
                case QLORA -> new QloraTuning(lora.build());
                case QDORA -> new QloraTuning(lora.dora(true).build());
                case EMBEDDING ->
                    lora.trainedModules(List.of(LoraTuning.EMBEDDING)).build();
                case EMBEDDING_AND_HEAD ->
                    lora.trainedModules(List.of(LoraTuning.EMBEDDING, LoraTuning.HEAD))
                            .build();
                case FULL, ENCODER -> FullTuning.defaults();
                case PROMPT -> new PromptTuning(4, null);
                case PREFIX -> new PrefixTuning(4, null);
                case ENCODER_HEAD -> HeadTuning.defaults();
            };
        }
    }

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

    /** Some of the ways, with all that there is to be saved among them; the slow suite goes all of them, many times. */
    @ParameterizedTest
    @EnumSource(names = {"QDORA", "EMBEDDING_AND_HEAD", "FULL", "PREFIX", "ENCODER_LORA"})
    void goesOnToTheSameBitsByMethods(Way each) throws Exception {
        begin(each);

        killedAndResumed(spec(7), anyMicroBatch(), undisturbed());
    }

    @Test
    void goesOnToTheSameBitsWhateverWasSaved() throws Exception {
        String undisturbed = undisturbed();

        killedAndResumed(spec(7), 1, undisturbed);
        killedAndResumed(spec(0), lastMicroBatchOf(49), undisturbed);
    }

    @Test
    void replaysTheStepsBeforeItsLastCheckpointToTheSameBits() throws Exception {
        Submission killed = submission("replayed", spec(7));
        killAt(lastMicroBatchOf(26));
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
            killedAndResumed(spec(step % 2 == 0 ? 7 : 0), lastMicroBatchOf(step), undisturbed);
        }
    }

    @Tag("slow")
    @ParameterizedTest
    @EnumSource
    void goesOnToTheSameBitsByEveryMethodFromManyPlaces(Way each) throws Exception {
        begin(each);
        String undisturbed = undisturbed();

        for (int kill = 0; kill < KILLS; kill++) {
            killedAndResumed(spec(kill % 2 == 0 ? 7 : 0), anyMicroBatch(), undisturbed);
        }
    }

    private void begin(Way each) throws IOException {
        way = each;
        job = way.isEncoder() ? SmallJob.onEncoder(root) : job;
    }

    /** Another one in each build; the name of the run tells which. */
    private static int anyMicroBatch() {
        return ThreadLocalRandom.current().nextInt(1, MICRO_BATCHES_OF_A_STEP * STEPS + 1);
    }

    private static int lastMicroBatchOf(int step) {
        return MICRO_BATCHES_OF_A_STEP * step;
    }

    private TrainingSpec spec(int checkpointEvery) {
        return SmallJob.training(EPOCHS)
                .packing(true)
                .maxTokens(way.isEncoder() ? PROMPT_TOKENS : ROW_TOKENS)
                .checkpointEvery(checkpointEvery)
                .build();
    }

    private String undisturbed() throws Exception {
        Submission whole = submission("undisturbed", spec(7));
        provider.submit(whole);

        assertThat(place.awaitEnd(whole.id()).state()).as(place.log(whole.id())).isEqualTo(RunState.SUCCEEDED);
        assertThat(steps(whole).max().orElse(0)).isEqualTo(STEPS);
        return place.resultSha(whole.id(), way.method());
    }

    private void killedAndResumed(TrainingSpec spec, int microBatch, String undisturbed) throws Exception {
        String name = "killed-" + ++kills + "-at-" + microBatch + "-saving-every-" + spec.checkpointEvery();
        Submission submission = submission(name, spec);
        killAt(microBatch);
        provider.submit(submission);
        assertThat(place.awaitEnd(submission.id()).failure().orElseThrow().code())
                .as(name)
                .isEqualTo("FT0662");
        assertThat(steps(submission).max().orElse(0)).as(name).isEqualTo((microBatch - 1) / MICRO_BATCHES_OF_A_STEP);

        provider.resume(submission.id());

        assertThat(place.awaitEnd(submission.id()).state())
                .as(place.log(submission.id()))
                .isEqualTo(RunState.SUCCEEDED);
        assertThat(steps(submission).max().orElse(0)).as(name).isEqualTo(STEPS);
        assertThat(place.resultSha(submission.id(), way.method())).as(name).isEqualTo(undisturbed);
    }

    private void killAt(int microBatch) throws IOException {
        Files.createDirectories(root.resolve("home/jobs"));
        Files.writeString(root.resolve("home/jobs").resolve(KilledWorkerMain.KILL), Integer.toString(microBatch));
    }

    private IntStream steps(Submission submission) {
        Stream<RunEvent> events = new EventReader(place.folder(submission.id())).all().stream();
        return events.filter(RunEvent.StepCompleted.class::isInstance)
                .mapToInt(event -> ((RunEvent.StepCompleted) event).step());
    }

    private Submission submission(String id, TrainingSpec spec) {
        return job.submission(id, id, List.of(SmallJob.steps(way.method(), spec).get(0)));
    }
}
