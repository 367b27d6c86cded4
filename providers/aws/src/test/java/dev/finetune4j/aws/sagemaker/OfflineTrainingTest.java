package dev.finetune4j.aws.sagemaker;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.LibUtils;
import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Part;
import dev.finetune4j.data.Role;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.job.Precision;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.json.Json;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.model.ModelName;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.offlinecloud.OfflineAws;
import dev.finetune4j.offlinecloud.logs.LogBook;
import dev.finetune4j.offlinecloud.s3.OfflineS3;
import dev.finetune4j.offlinecloud.sagemaker.Pace;
import dev.finetune4j.offlinecloud.sagemaker.ProcessContainer;
import dev.finetune4j.run.ContainerOrder;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.WorkerPackage;
import dev.finetune4j.value.RunId;
import dev.finetune4j.worker.pack.WorkerArchive;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.DescribeTrainingJobResponse;
import software.amazon.awssdk.services.sagemaker.model.SecondaryStatusTransition;
import software.amazon.awssdk.services.sagemaker.model.TrainingJobStatus;

/** The mapper's request makes the real worker train, from inputs in the store to results in the store, whatever becomes of machines. */
@Tag("long")
class OfflineTrainingTest {
    private static final Path MODEL = Path.of("../../local-runner/junit/src/test/resources/tickets/model");
    private static final String STORE = "s3://my-bucket/jobs";
    private static final String DIGEST = "0123456789abcdef";
    private static final String ADAPTER = "model/adapter/adapter_model.safetensors";
    /** Packed once for all modules. */
    private static final Path WORKERS = Path.of("../../target/worker-package");

    private static final int PATIENCE = 3000;

    @TempDir
    private Path folder;

    private OfflineS3 store;
    private ProcessContainer containers;
    private OfflineAws aws;
    private SageMakerClient client;

    @BeforeEach
    void open() throws IOException {
        store = OfflineAccount.store(folder.resolve("s3")).createBucket("my-bucket");
        containers = new ProcessContainer(
                folder.resolve("machines"),
                store,
                Map.of(
                        "PATH", System.getenv("PATH"),
                        "HOME", System.getProperty("user.home"),
                        "PYTHONPATH", packages(folder.resolve("image")).toString()),
                Clock.systemUTC());
        aws = OfflineAws.start(OfflineAccount.ACCOUNT, Clock.systemUTC(), Pace.SWIFT, containers, store);
        client = OfflineAccount.client(aws);
        stageInputs();
    }

    @AfterEach
    void close() {
        client.close();
        aws.close();
    }

    @Test
    void trainsAndGoesOnAfterAnInterruptionAsIfThereHadBeenNone() throws Exception {
        StagedJob whole = staged("whole");
        create(whole);
        assertThat(end(whole).trainingJobStatus()).isEqualTo(TrainingJobStatus.COMPLETED);

        StagedJob interrupted = staged("interrupted");
        create(interrupted);
        await(interrupted, job -> steps(interrupted).size() >= 12);
        aws.sageMaker().reclaim("interrupted");
        DescribeTrainingJobResponse job = end(interrupted);

        assertThat(job.trainingJobStatus()).as("%s", job.failureReason()).isEqualTo(TrainingJobStatus.COMPLETED);
        assertThat(job.secondaryStatusTransitions())
                .extracting(SecondaryStatusTransition::statusAsString)
                .contains("Interrupted");
        assertThat(steps(interrupted))
                .as("the second machine goes on where the first one was")
                .containsOnlyOnce(1)
                .containsOnlyOnce(480);
        assertThat(output("interrupted", ADAPTER)).hasSameBinaryContentAs(output("whole", ADAPTER));
        assertThat(job.modelArtifacts().s3ModelArtifacts()).isEqualTo(STORE + "/outputs/interrupted/output/model/");
    }

    @Test
    void keepsWhatWasTrainedOfAJobThatIsStopped() throws Exception {
        StagedJob job = staged("stopped");
        create(job);
        await(job, now -> steps(job).size() >= 12);

        client.stopTrainingJob(request -> request.trainingJobName(job.name()));

        assertThat(end(job).trainingJobStatus()).isEqualTo(TrainingJobStatus.STOPPED);
        assertThat(store.keys(STORE + "/checkpoints/stopped/")).isNotEmpty();
    }

    @Test
    void saysAtTheJobWhyTheWorkerFailed() throws Exception {
        put("inputs/data/train.jsonl", "no row\n");
        StagedJob job = staged("failing");
        create(job);

        DescribeTrainingJobResponse end = end(job);

        assertThat(end.trainingJobStatus()).isEqualTo(TrainingJobStatus.FAILED);
        assertThat(end.failureReason())
                .startsWith("AlgorithmError: FT0631: ")
                .contains("; try: ")
                .endsWith(", exit code: 3");
    }

    private void stageInputs() throws IOException {
        try (Stream<Path> files = Files.list(MODEL)) {
            for (Path file : files.toList()) {
                store.upload(file, STORE + "/inputs/model/" + file.getFileName());
            }
        }
        put("inputs/data/" + Part.TRAIN.fileName(), rows(96));
        put("inputs/data/" + Part.VALIDATION.fileName(), rows(8));
        put("inputs/data/" + Part.TEST.fileName(), rows(8));
        stageWorker();
    }

    private void stageWorker() throws IOException {
        store.upload(new WorkerArchive().archive(WORKERS), STORE + "/code/" + WorkerPackage.FILE);
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

    private static String rows(int count) {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < count; i++) {
            boolean isBilling = i % 2 == 0;
            lines.append(Json.line(new Example.Conversation(
                            new RowRef("rows", i + 1L),
                            List.of(
                                    new Message(Role.USER, isBilling ? "please refund my" : "the login screen"),
                                    new Message(Role.ASSISTANT, isBilling ? "billing" : "technical")),
                            null)))
                    .append('\n');
        }
        return lines.toString();
    }

    private StagedJob staged(String name) throws IOException {
        TrainingSpec training = TrainingSpec.builder()
                .epochs(10)
                .batchSize(2)
                .learningRate(0.01)
                .maxTokens(64)
                .precision(Precision.FP32)
                .checkpointEvery(5)
                .threads(1)
                .build();
        WorkStep train = new WorkStep.Train(LoraTuning.defaults(), training, new ModelName("made/tickets", "c0ffee"));
        ContainerOrder order = new ContainerOrder(
                new RunId(name),
                new ModelRef("tickets"),
                new WorkOrder(DIGEST, List.of(train)),
                Map.of(WorkOrder.MODEL_CHANNEL, "", WorkOrder.DATA_CHANNEL, ""),
                Map.of());
        put("orders/" + name + "/" + ContainerOrder.FILE, Json.pretty(order));
        return new StagedJob(
                new RunId(name),
                1,
                DIGEST,
                Map.of(
                        WorkOrder.MODEL_CHANNEL, STORE + "/inputs/model/",
                        WorkOrder.DATA_CHANNEL, STORE + "/inputs/data/"),
                STORE + "/orders/" + name + "/",
                STORE + "/code/",
                Map.of(),
                Duration.ofMinutes(10));
    }

    private void put(String key, String text) throws IOException {
        Path file = Files.createTempFile(folder, "staged", "");
        Files.writeString(file, text, StandardCharsets.UTF_8);
        store.upload(file, STORE + "/" + key);
    }

    private void create(StagedJob job) {
        SageMakerOptions options = SageMakerOptions.builder(OfflineAccount.ROLE, "eu-central-1", STORE, "ml.m5.xlarge")
                .spot(true)
                .build();
        assertThat(SageMakerRules.problems(job, options, VendorImages.shipped()))
                .isEmpty();
        String image = VendorImages.shipped().image("eu-central-1", false).orElseThrow();
        client.createTrainingJob(new TrainingJobMapper(options).request(job, image));
    }

    private DescribeTrainingJobResponse end(StagedJob job) throws Exception {
        return await(
                job,
                now -> Set.of(TrainingJobStatus.COMPLETED, TrainingJobStatus.FAILED, TrainingJobStatus.STOPPED)
                        .contains(now.trainingJobStatus()));
    }

    private DescribeTrainingJobResponse await(StagedJob job, Predicate<DescribeTrainingJobResponse> condition)
            throws Exception {
        for (int i = 0; i < PATIENCE; i++) {
            DescribeTrainingJobResponse now =
                    client.describeTrainingJob(request -> request.trainingJobName(job.name()));
            if (condition.test(now)) {
                return now;
            }
            assertThat(now.trainingJobStatus())
                    .as("%s: %s", now.failureReason(), job)
                    .isIn(TrainingJobStatus.IN_PROGRESS, TrainingJobStatus.STOPPING);
            Thread.sleep(20);
        }
        throw new AssertionError("waited too long for " + job);
    }

    /** Steps that the containers of a job told of, one container after the other. */
    private List<Integer> steps(StagedJob job) {
        return aws.logs().streams("/aws/sagemaker/TrainingJobs").stream()
                .flatMap(streams -> streams.entrySet().stream())
                .filter(stream -> stream.getKey().startsWith(job.name() + "/"))
                .flatMap(stream -> stream.getValue().stream())
                .map(LogBook.Line::text)
                .filter(line -> line.startsWith(ContainerOrder.EVENT_MARK))
                .map(line -> Json.read(line.substring(ContainerOrder.EVENT_MARK.length()), RunEvent.class))
                .filter(RunEvent.StepCompleted.class::isInstance)
                .map(event -> ((RunEvent.StepCompleted) event).step())
                .toList();
    }

    private Path output(String job, String file) throws IOException {
        return store.file(STORE + "/outputs/" + job + "/output/" + file);
    }
}
