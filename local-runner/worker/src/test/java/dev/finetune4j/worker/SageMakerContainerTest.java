package dev.finetune4j.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.error.ExitCode;
import dev.finetune4j.json.Json;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.run.ContainerOrder;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.training.durable.DurableFiles;
import dev.finetune4j.training.model.TorchEnvironment;
import dev.finetune4j.value.RunId;
import dev.finetune4j.worker.folder.EventReader;
import dev.finetune4j.worker.folder.JobFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that find their inputs where SageMaker lays them, and leave their results where it takes them. */
@Tag("long")
class SageMakerContainerTest {
    private static final String DIGEST = "0123456789abcdef";
    private static final String ADAPTER = "adapter/adapter_model.safetensors";

    @TempDir
    private Path root;

    private SmallJob job;

    @BeforeEach
    void writeJob() throws IOException {
        job = new SmallJob(root.resolve("job"));
    }

    @Test
    void trainsAndLeavesItsResults() throws Exception {
        Base base = layOut("one", SmallJob.steps(SmallJob.training(1).build()));

        assertThat(base.run()).isEqualTo(ExitCode.OK.number());

        assertThat(base.path("model").resolve(ADAPTER)).isNotEmptyFile();
        assertThat(base.path("model/predictions")).isDirectoryContaining("glob:**/tuned.jsonl");
        assertThat(base.path("model/checkpoints")).doesNotExist();
        assertThat(base.path("output/failure")).doesNotExist();
        assertThat(base.told()).isEqualTo(new EventReader(base.folder()).all()).isNotEmpty();
    }

    @Test
    void goesOnWhereItWasOnAnotherMachine() throws Exception {
        List<WorkStep> steps = SmallJob.steps(SmallJob.training(40).build()).subList(0, 1);
        Base whole = layOut("whole", steps);
        assertThat(whole.run()).isZero();

        Base first = layOut("first", steps);
        Process container = first.start();
        first.awaitSteps(12, container);
        container.destroy(); // SIGTERM
        assertThat(container.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(container.exitValue()).isEqualTo(ExitCode.INTERRUPTED.number());
        assertThat(first.path("output/failure")).doesNotExist();
        Base second = layOut("second", steps);
        DurableFiles.copyTree(first.path("checkpoints"), second.path("checkpoints"));

        assertThat(second.run()).isZero();

        assertThat(second.told()).hasAtLeastOneElementOfType(RunEvent.Resumed.class);
        assertThat(Files.mismatch(
                        second.path("model").resolve(ADAPTER),
                        whole.path("model").resolve(ADAPTER)))
                .as("the adapter is that of a training which nobody interrupted")
                .isEqualTo(-1);
    }

    @Test
    void saysWhyItFailed() throws Exception {
        Base base = layOut("failing", SmallJob.steps(SmallJob.training(1).build()));
        Files.writeString(base.path("input/data/data/train.jsonl"), "no row\n");

        int exit = base.run();

        assertThat(exit).isEqualTo(ExitCode.INVALID.number());
        assertThat(Files.readString(base.path("output/failure")))
                .startsWith("FT0631: ")
                .contains("; try: ")
                .hasSizeLessThanOrEqualTo(1024);
        assertThat(base.told())
                .last()
                .isInstanceOfSatisfying(
                        RunEvent.StateChanged.class,
                        change -> assertThat(change.state()).isEqualTo(RunState.FAILED));
    }

    @Test
    void saysWhatIsMissing() throws Exception {
        Base base = new Base(Files.createDirectories(root.resolve("empty")));

        assertThat(base.run()).isEqualTo(ExitCode.INVALID.number());

        assertThat(Files.readString(base.path("output/failure")))
                .startsWith("FT0651: the order channel of the job is missing");
    }

    @Test
    void worksOnNoOtherOrderThanTheJobs() throws Exception {
        Base base = layOut("other", SmallJob.steps(SmallJob.training(1).build()));
        Files.writeString(
                base.path("input/config/hyperparameters.json"),
                Json.line(Map.of(ContainerOrder.DIGEST_SETTING, "fff")));

        assertThat(base.run()).isEqualTo(ExitCode.INVALID.number());

        assertThat(Files.readString(base.path("output/failure")))
                .startsWith(
                        "FT0652: order.json is not that of the job; its digest is " + DIGEST + ", the job's is fff");
    }

    @Test
    void goesOnFromNoCheckpointsOfAnotherJob() throws Exception {
        Base base = layOut("mine", SmallJob.steps(SmallJob.training(1).build()));
        Base another = layOut("another", SmallJob.steps(SmallJob.training(2).build()));
        assertThat(another.run()).isZero();
        DurableFiles.copyTree(another.path("checkpoints"), base.path("checkpoints"));

        assertThat(base.run()).isEqualTo(ExitCode.INVALID.number());

        assertThat(Files.readString(base.path("output/failure")))
                .startsWith("FT0652: ")
                .contains("checkpoints are of job-1");
    }

    private Base layOut(String name, List<WorkStep> steps) throws IOException {
        Base base = new Base(root.resolve(name));
        DurableFiles.copyTree(job.model(), base.path("input/data/model"));
        DurableFiles.copyTree(job.data(), base.path("input/data/data"));
        Files.createDirectories(base.path("input/data/order"));
        Files.createDirectories(base.path("input/config"));
        ContainerOrder order = new ContainerOrder(
                new RunId("job-1"),
                new ModelRef("tiny"),
                new WorkOrder(DIGEST, steps),
                Map.of(WorkOrder.MODEL_CHANNEL, "", WorkOrder.DATA_CHANNEL, ""),
                Map.of());
        Files.writeString(base.path("input/data/order/order.json"), Json.pretty(order));
        Files.writeString(
                base.path("input/config/hyperparameters.json"),
                Json.line(Map.of(ContainerOrder.DIGEST_SETTING, DIGEST)));
        return base;
    }

    private record Base(Path root) {
        Path path(String below) {
            return root.resolve(below);
        }

        JobFolder folder() {
            return new JobFolder(path("checkpoints/job"));
        }

        Process start() throws IOException {
            ProcessBuilder builder = new ProcessBuilder(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:TieredStopAtLevel=1",
                    SmallSageMakerMain.class.getName());
            builder.environment().putAll(TorchEnvironment.variables(1));
            builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
            builder.environment().put("SAGEMAKER_BASE_DIR", root.toString());
            return builder.redirectOutput(root.resolve("stdout").toFile())
                    .redirectError(root.resolve("stderr").toFile())
                    .start();
        }

        int run() throws IOException, InterruptedException {
            Process container = start();
            if (!container.waitFor(120, TimeUnit.SECONDS)) {
                container.destroyForcibly();
                throw new AssertionError("the container goes on for ever");
            }
            return container.exitValue();
        }

        void awaitSteps(int steps, Process container) throws IOException, InterruptedException {
            while (container.isAlive()
                    && told().stream()
                                    .filter(RunEvent.StepCompleted.class::isInstance)
                                    .count()
                            < steps) {
                Thread.sleep(20);
            }
            assertThat(container.isAlive())
                    .as("it must not end before it is told to")
                    .isTrue();
        }

        List<RunEvent> told() throws IOException {
            List<String> lines = Files.readAllLines(root.resolve("stdout"));
            return lines.stream()
                    .filter(line -> line.startsWith(ContainerOrder.EVENT_MARK) && line.endsWith("}"))
                    .map(line -> Json.read(line.substring(ContainerOrder.EVENT_MARK.length()), RunEvent.class))
                    .toList();
        }
    }
}
