package dev.finetune4j.offlinecloud.azure;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
import dev.finetune4j.offlinecloud.azure.blob.Azurite;
import dev.finetune4j.offlinecloud.azure.ml.CommandContainer;
import dev.finetune4j.run.ContainerOrder;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.value.RunId;
import dev.finetune4j.worker.SageMakerMain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a training in a command job tells of itself is with its run at MLflow, by few calls, and a training never ends of it. */
class MlflowMetricsTest {
    private static final String LOG = "Mlflow_LogBatch";
    private static final String DIGEST = "0123456789abcdef";
    private static final Path MODEL = Path.of("../junit/src/test/resources/tickets/model");
    private static final Path PYTHON =
            Path.of("../worker/src/main/resources/dev/finetune4j/worker/peft").toAbsolutePath();
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @SuppressWarnings("NullAway.Init") // before all tests
    private static Azurite blobs;

    @TempDir
    private Path folder;

    @SuppressWarnings("NullAway.Init") // before each test
    private OfflineAzure azure;

    @SuppressWarnings("NullAway.Init") // before each test
    private AzureClient client;

    @BeforeAll
    static void install() throws IOException {
        blobs = Azurite.start(Path.of("../../target/azurite"));
    }

    @AfterAll
    static void end() {
        blobs.close();
    }

    @BeforeEach
    void open() throws Exception {
        CommandContainer container = new CommandContainer(
                folder.resolve("machines"),
                blobs,
                Map.of("PATH", System.getenv("PATH"), "HOME", System.getProperty("user.home")),
                Clock.systemUTC());
        azure = OfflineAzure.start(Workspace.sample(), Clock.systemUTC(), AzurePace.SWIFT, container, blobs);
        client = new AzureClient(azure.variables(), Workspace.sample());
    }

    @AfterEach
    void close() {
        azure.close();
    }

    /** The container's own figures are in its log; MLflow has the same ones. */
    @Test
    @Tag("long")
    void theFiguresOfATrainedJobCanBeReadBack() throws Exception {
        Path base = layOut(folder.resolve("base"));

        String log = run("job-1", core(base), "Completed");

        List<RunEvent> events = log.lines()
                .filter(line -> line.startsWith(ContainerOrder.EVENT_MARK))
                .map(line -> Json.read(line.substring(ContainerOrder.EVENT_MARK.length()), RunEvent.class))
                .toList();
        List<RunEvent.StepCompleted> steps = only(events, RunEvent.StepCompleted.class);
        List<RunEvent.ValidationCompleted> validations = only(events, RunEvent.ValidationCompleted.class);
        assertThat(steps).hasSize(16);
        assertThat(history("job-1", "loss"))
                .isEqualTo(told(steps.stream(), RunEvent.StepCompleted::step, RunEvent.StepCompleted::loss));
        assertThat(history("job-1", "learning_rate"))
                .isEqualTo(told(steps.stream(), RunEvent.StepCompleted::step, RunEvent.StepCompleted::learningRate));
        assertThat(history("job-1", "validation_loss"))
                .isNotEmpty()
                .isEqualTo(told(
                        validations.stream(), RunEvent.ValidationCompleted::step, RunEvent.ValidationCompleted::loss));
        assertThat(azure.calls().of(LOG)).as("of a training of some seconds").hasSizeLessThanOrEqualTo(3);
    }

    @Test
    @Tag("long")
    void aTrainingDoesNotEndOfMetricsThatAreNotTaken() throws Exception {
        azure.faults().denyAccess(LOG, 1);

        String log = run("job-1", core(layOut(folder.resolve("base"))), "Completed");

        assertThat(log).contains("no metrics are told to MLflow: it answers 403");
        assertThat(history("job-1", "loss")).isEmpty();
        assertThat(azure.calls().of(LOG)).hasSize(1);
    }

    /** Without torch: its training loop tells its events to this. */
    @Test
    void theEngineInPythonTellsTheSameAndWaitsWhereItIsToldTo() throws Exception {
        azure.faults().throttle(LOG, 1);
        Path program = Files.writeString(folder.resolve("tell.py"), """
                import os, sys
                from finetune4j_peft.events import Events
                from finetune4j_peft.metrics import Metrics
                events = Events(sys.stdout, None, Metrics.of(os.environ))
                for step in range(1, 501):
                    events.tell("step", step=step, loss=1 / step, learningRate=0.1)
                events.tell("validation", step=500, loss=0.25, best=True)
                events.close()
                """);

        run("job-1", "PYTHONPATH=" + PYTHON + " python3 -B " + program, "Completed");

        assertThat(history("job-1", "loss")).hasSize(500).containsEntry(4, 0.25);
        assertThat(history("job-1", "learning_rate")).hasSize(500).containsEntry(500, 0.1);
        assertThat(history("job-1", "validation_loss")).isEqualTo(Map.of(500, 0.25));
        assertThat(azure.calls().of(LOG)).as("one was told to wait").hasSize(3);
    }

    /** Runs a command to its end; its log. */
    private String run(String job, String command, String status) throws Exception {
        ObjectNode body = CommandBody.serverless(command);
        assertThat(client.call("PUT", "/jobs/" + job, body).statusCode()).isEqualTo(201);
        long giveUp = System.nanoTime() + PATIENCE.toNanos();
        while (!List.of("Completed", "Failed", "Canceled").contains(client.status(job))) {
            assertThat(System.nanoTime()).as(client.status(job)).isLessThan(giveUp);
            Thread.sleep(50);
        }
        String log = client.fetch(client.details(job)
                        .at("/logFiles/user_logs~1std_log.txt")
                        .asText())
                .body();
        assertThat(client.status(job)).as(log).isEqualTo(status);
        return log;
    }

    private static String core(Path base) {
        return "SAGEMAKER_BASE_DIR=" + base + " CLASSPATH=" + System.getProperty("java.class.path") + " exec "
                + Path.of(System.getProperty("java.home"), "bin", "java") + " " + SageMakerMain.class.getName();
    }

    /** Of a metric, by step. */
    private Map<Integer, Double> history(String job, String metric) throws Exception {
        JsonNode answer = AzureClient.json(client.at(
                "GET",
                "/mlflow/v1.0" + Workspace.sample().id() + "/api/2.0/mlflow/metrics/get-history?run_id=" + job
                        + "&metric_key=" + metric,
                null));
        return StreamSupport.stream(answer.path("metrics").spliterator(), false)
                .collect(Collectors.toMap(
                        one -> one.path("step").asInt(),
                        one -> one.path("value").asDouble()));
    }

    private interface Figure<E, T> {
        T of(E event);
    }

    private static <E> Map<Integer, Double> told(Stream<E> events, Figure<E, Integer> step, Figure<E, Double> value) {
        return events.collect(Collectors.toMap(step::of, value::of));
    }

    private static <E> List<E> only(List<RunEvent> events, Class<E> kind) {
        return events.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    /** A small job as a container finds it. */
    private static Path layOut(Path base) throws IOException {
        Path inputs = base.resolve("input/data");
        Path model = Files.createDirectories(inputs.resolve(WorkOrder.MODEL_CHANNEL));
        try (Stream<Path> files = Files.list(MODEL)) {
            for (Path file : files.toList()) {
                Files.copy(file, model.resolve(file.getFileName()));
            }
        }
        Path data = Files.createDirectories(inputs.resolve(WorkOrder.DATA_CHANNEL));
        for (Part part : Part.values()) {
            Files.writeString(data.resolve(part.fileName()), rows(part == Part.TRAIN ? 32 : 8));
        }
        TrainingSpec training = TrainingSpec.builder()
                .epochs(1)
                .batchSize(2)
                .learningRate(0.01)
                .maxTokens(64)
                .precision(Precision.FP32)
                .evaluateEvery(4)
                .threads(1)
                .build();
        WorkStep train = new WorkStep.Train(LoraTuning.defaults(), training, new ModelName("made/tickets", "c0ffee"));
        ContainerOrder order = new ContainerOrder(
                new RunId("tickets"),
                new ModelRef("tickets"),
                new WorkOrder(DIGEST, List.of(train)),
                Map.of(WorkOrder.MODEL_CHANNEL, "", WorkOrder.DATA_CHANNEL, ""),
                Map.of());
        Path channel = Files.createDirectories(inputs.resolve(ContainerOrder.CHANNEL));
        Files.writeString(channel.resolve(ContainerOrder.FILE), Json.pretty(order));
        Path config = Files.createDirectories(base.resolve("input/config"));
        Files.writeString(
                config.resolve("hyperparameters.json"), Json.line(Map.of(ContainerOrder.DIGEST_SETTING, DIGEST)));
        return base;
    }

    private static String rows(int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(row -> Json.line(new Example.Conversation(
                        new RowRef("rows", (long) row),
                        List.of(
                                new Message(Role.USER, row % 2 == 0 ? "please refund my" : "the login screen"),
                                new Message(Role.ASSISTANT, row % 2 == 0 ? "billing" : "technical")),
                        null)))
                .collect(Collectors.joining("\n", "", "\n"));
    }
}
