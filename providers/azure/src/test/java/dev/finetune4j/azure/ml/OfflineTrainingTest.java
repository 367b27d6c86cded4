package dev.finetune4j.azure.ml;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.LibUtils;
import dev.finetune4j.azure.blob.BlobAddress;
import dev.finetune4j.azure.blob.BlobStore;
import dev.finetune4j.azure.internal.AzureConnection;
import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Part;
import dev.finetune4j.data.Role;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.error.Problem;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.job.LabelScoring;
import dev.finetune4j.job.Precision;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.json.Json;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.model.ModelName;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.offlinecloud.TrainingAzure;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunEvent.StepCompleted;
import dev.finetune4j.run.RunState;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.EventPage;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.spi.WorkerEngine;
import dev.finetune4j.value.RunId;
import dev.finetune4j.worker.local.LocalProviderFactory;
import dev.finetune4j.worker.pack.WorkerArchive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command of a job makes the real worker train, from inputs in the store to results in the store, whatever becomes of machines. */
@Tag("long")
class OfflineTrainingTest {
    private static final Path MODEL = Path.of("../../local-runner/junit/src/test/resources/tickets/model");
    /** Packed once for all modules. */
    private static final Path WORKERS = Path.of("../../target/worker-package");

    private static final String ADAPTER = WorkOrder.ADAPTER_FOLDER + "/adapter_model.safetensors";
    private static final List<String> LABELS = List.of("billing", "technical");
    private static final int STEPS = 240;
    private static final int PATIENCE = 600;
    private static final long LOOK_MILLIS = 200;

    @TempDir
    private static Path folder;

    @SuppressWarnings("NullAway.Init") // before all tests
    private static TrainingAzure cloud;

    @SuppressWarnings("NullAway.Init") // before all tests
    private static ProviderContext context;

    @BeforeAll
    static void open() throws IOException {
        Map<String, String> ofImage = Map.of(
                "PATH", System.getenv("PATH"),
                "HOME", System.getProperty("user.home"),
                "PYTHONPATH", packages(folder.resolve("image")).toString());
        cloud = TrainingAzure.start(folder, OfflineWorkspace.blobs(), TrainingAzure.REGION, ofImage);
        Map<String, String> environment = new HashMap<>(cloud.variables());
        environment.put("PATH", System.getenv("PATH"));
        environment.put("HOME", System.getProperty("user.home"));
        context = new ProviderContext(folder.resolve("home"), environment, Clock.systemUTC());
    }

    @AfterAll
    static void close() {
        cloud.close();
    }

    @Test
    void trainsAsThisMachineDoesThoughItsOwnIsTakenBack() throws Exception {
        Path rows = rows();
        Path here;
        List<StepCompleted> stepsHere;
        try (Provider local = new LocalProviderFactory().open(context, Map.of())) {
            RunId id = local.submit(job("here", rows).build()).id();
            awaitSuccess(local, id);
            here = local.fetch(id, folder.resolve("unused"));
            stepsHere = steps(local, id);
        }
        assertThat(stepsHere).extracting(StepCompleted::step).hasSize(STEPS);

        try (Provider azure = open(Map.of("spot", "true"))) {
            assertThat(azure.worker()).contains(WorkerEngine.CORE);
            RunId id = azure.submit(withWorker(job("there", rows))).id();
            await(() -> steps(azure, id).size() >= 12 && hasCheckpoint(id));
            cloud.azure().reclaim(id.value());
            awaitSuccess(azure, id);
            assertThat(machines(id)).isEqualTo(2);
            assertThat(steps(azure, id))
                    .as("the second machine goes on where the first one was")
                    .extracting(StepCompleted::step)
                    .containsOnlyOnce(1)
                    .containsOnlyOnce(STEPS);
            isTheSame(azure, id, here, stepsHere);
        }
    }

    /** What differs is when, how fast and in how much memory. */
    private void isTheSame(Provider provider, RunId id, Path output, List<StepCompleted> steps) {
        Map<Integer, StepCompleted> lastByStep = new TreeMap<>();
        steps(provider, id).forEach(step -> lastByStep.put(step.step(), step));
        assertThat(lastByStep.values())
                .usingRecursiveFieldByFieldElementComparatorIgnoringFields("at", "tokensPerSecond", "residentBytes")
                .containsExactlyElementsOf(steps);
        Path fetched = provider.fetch(id, folder.resolve("fetched"));
        for (String file : new String[] {
            ADAPTER,
            WorkOrder.PREDICTIONS_FOLDER + "/" + Variant.BASE_ZERO_SHOT.fileName(),
            WorkOrder.PREDICTIONS_FOLDER + "/" + Variant.TUNED.fileName()
        }) {
            assertThat(fetched.resolve(file)).hasSameBinaryContentAs(output.resolve(file));
        }
    }

    @Test
    @Tag("slow")
    void saysWhyTheWorkerFailed() throws Exception {
        Path rows = Files.createDirectory(folder.resolve("broken"));
        Files.writeString(rows.resolve(Part.TRAIN.fileName()), "no row\n");
        try (Provider azure = open(Map.of())) {
            RunId id = azure.submit(withWorker(job("failing", rows))).id();
            await(() -> azure.find(id).orElseThrow().state().isTerminal());

            Problem failure = azure.find(id).orElseThrow().failure().orElseThrow();

            assertThat(failure.code()).isEqualTo("FT0953");
            assertThat(failure.causes().get(0)).startsWith("FT0631: ");
            assertThat(failure.remedies()).isNotEmpty();
        }
    }

    private static Provider open(Map<String, String> others) {
        return new AzureMlProviderFactory().open(context, settings(others));
    }

    /** Of a machine without GPUs, on which the training core trains. */
    private static Map<String, String> settings(Map<String, String> others) {
        Map<String, String> settings = new HashMap<>(cloud.places().get("azure-ml"));
        settings.put("machine", "Standard_D4s_v3");
        settings.putAll(others);
        return settings;
    }

    /** Whether a checkpoint is in the store, whatever becomes of the machine that wrote it. */
    private static boolean hasCheckpoint(RunId id) {
        BlobStore store = BlobStore.open(
                BlobAddress.parse(cloud.azure().store()).orElseThrow(),
                AzureConnection.open(settings(Map.of()), context));
        return store.list(JobFiles.written(id) + "checkpoints/").stream()
                .anyMatch(file -> file.name().contains("/checkpoint-"));
    }

    private static long machines(RunId id) throws IOException {
        try (Stream<Path> machines = Files.list(folder.resolve("machines").resolve(id.value()))) {
            return machines.count();
        }
    }

    private static void awaitSuccess(Provider provider, RunId id) throws InterruptedException {
        await(() -> provider.find(id).orElseThrow().state().isTerminal());
        JobSnapshot end = provider.find(id).orElseThrow();
        assertThat(end.state()).as("%s", end.failure()).isEqualTo(RunState.SUCCEEDED);
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < PATIENCE; i++) {
            if (condition.getAsBoolean()) {
                return;
            }
            Thread.sleep(LOOK_MILLIS);
        }
        throw new AssertionError("waited too long");
    }

    /** Steps that were told so far; all of them of a job that has ended. */
    private static List<StepCompleted> steps(Provider provider, RunId id) {
        List<RunEvent> told = new ArrayList<>();
        EventPage page = provider.events(id, EventPage.START);
        while (!page.events().isEmpty() || page.isPending()) {
            told.addAll(page.events());
            page = provider.events(id, page.next());
        }
        return told.stream()
                .filter(StepCompleted.class::isInstance)
                .map(StepCompleted.class::cast)
                .toList();
    }

    /** What an image's Python has: torch, whose native libraries are those that DJL brings for this machine. */
    private static Path packages(Path folder) throws IOException {
        Path torch = Files.createDirectories(folder.resolve("torch"));
        Files.writeString(torch.resolve("__init__.py"), "raise ImportError('torch was imported')\n");
        Files.writeString(torch.resolve("version.py"), "__version__ = '2.7.1'\n");
        Path libraries = Files.createDirectories(torch.resolve("lib"));
        Engine.getEngine("PyTorch");
        try (Stream<Path> files = Files.list(Path.of(LibUtils.getLibtorchPath()))) {
            for (Path file : files.toList()) {
                Files.createSymbolicLink(libraries.resolve(file.getFileName()), file);
            }
        }
        return folder;
    }

    private static Path rows() throws IOException {
        Path rows = Files.createDirectory(folder.resolve("rows"));
        writeRows(rows, Part.TRAIN, 96);
        writeRows(rows, Part.VALIDATION, 8);
        writeRows(rows, Part.TEST, 8);
        return rows;
    }

    private static void writeRows(Path rows, Part part, int count) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < count; i++) {
            boolean isBilling = i % 2 == 0;
            lines.append(Json.line(new Example.Conversation(
                            new RowRef("rows", i + 1L),
                            List.of(
                                    new Message(Role.USER, isBilling ? "please refund my" : "the login screen"),
                                    new Message(Role.ASSISTANT, LABELS.get(i % 2))),
                            null)))
                    .append('\n');
        }
        Files.writeString(rows.resolve(part.fileName()), lines.toString());
    }

    /** Trains and answers with base and tuned model. */
    private static Submission.Builder job(String name, Path rows) {
        TrainingSpec training = TrainingSpec.builder()
                .epochs(5)
                .batchSize(2)
                .learningRate(0.01)
                .maxTokens(64)
                .precision(Precision.FP32)
                .checkpointEvery(5)
                .threads(1)
                .build();
        List<WorkStep> steps = List.of(
                new WorkStep.Train(LoraTuning.defaults(), training, new ModelName("made/tickets", "c0ffee")),
                answers(Variant.BASE_ZERO_SHOT),
                answers(Variant.TUNED));
        return Submission.builder(new RunId(name), new ModelRef("tickets"), new WorkOrder("0123456789abcdef", steps))
                .channel(WorkOrder.MODEL_CHANNEL, MODEL)
                .channel(WorkOrder.DATA_CHANNEL, rows)
                .label(Submission.RUN_LABEL, name);
    }

    private static Submission withWorker(Submission.Builder job) {
        return job.channel(WorkOrder.WORKER_CHANNEL, new WorkerArchive().archive(WORKERS))
                .build();
    }

    private static WorkStep.Predict answers(Variant variant) {
        return new WorkStep.Predict(variant, Part.TEST.fileName(), List.of(), LABELS, LabelScoring.LIKELIHOOD, 0, 64);
    }
}
