package dev.finetune4j.aws.sagemaker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.container.Container;
import dev.finetune4j.offlinecloud.container.PlannedContainer;
import dev.finetune4j.offlinecloud.s3.ObjectStore;
import dev.finetune4j.run.ContainerOrder;
import dev.finetune4j.run.Host;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.run.WorkStep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A container whose worker computes nothing: it reads its order from the store, tells what a worker tells and leaves what a worker leaves,
 * an hour of training for each epoch.
 */
final class ScriptedWorker implements Container {
    private static final Duration EPOCH = Duration.ofHours(1);
    private static final int STEPS = 10;

    private final ObjectStore store;
    private final Path folder;

    ScriptedWorker(ObjectStore store, Path folder) {
        this.store = store;
        this.folder = folder;
    }

    @Override
    public Running start(ObjectNode job, Instant at, Duration ranBefore, Consumer<String> log) {
        try {
            ContainerOrder order = order(job);
            keepCheckpoint(job);
            TrainingSpec training = order.order().steps().stream()
                    .filter(WorkStep.Train.class::isInstance)
                    .map(step -> ((WorkStep.Train) step).training())
                    .findFirst()
                    .orElseThrow();
            tell(log, new RunEvent.WorkerStarted(at, new Host("Linux", "x86-64", "cpu", 4, 1L << 34), Map.of()));
            log.accept("a library says something");
            tell(log, new RunEvent.StateChanged(at, dev.finetune4j.run.RunState.TRAINING, ""));
            tell(log, new RunEvent.TrainingStarted(at, 1000, 100, STEPS, "bf16", "none", 4, 1L << 30, null));
            for (int step = 1; step <= STEPS; step++) {
                tell(
                        log,
                        new RunEvent.StepCompleted(at, step, STEPS, step / 10.0, 2.0 / step, 1e-4, 1, 64, 32, 1 << 30));
            }
            leave(job);
            Duration length = Duration.ofSeconds((long) (EPOCH.toSeconds() * training.epochs()));
            return PlannedContainer.succeedingAfter(length).start(job, at, ranBefore, line -> {});
        } catch (IOException e) {
            return failed(String.valueOf(e.getMessage())).start(job, at, ranBefore, log);
        }
    }

    /** Ends before it has run, as where its machine cannot have its inputs. */
    private static Container failed(String message) {
        return new PlannedContainer(Duration.ZERO, Container.Ending.NEVER_RAN, message, false, Duration.ZERO);
    }

    /** The store as the job's role sees it. */
    private ObjectStore own(ObjectNode job) {
        return store.actingAs(
                job.path("RoleArn").asText(),
                job.path("TrainingJobArn").asText().split(":", -1)[3]);
    }

    private void keepCheckpoint(ObjectNode job) throws IOException {
        String checkpoints = job.at("/CheckpointConfig/S3Uri").asText() + "/";
        own(job).download(checkpoints, Files.createTempDirectory(folder, "checkpoints"));
        own(job).upload(Files.writeString(Files.createTempFile(folder, "state", ""), "{}"), checkpoints + "state.json");
    }

    private ContainerOrder order(ObjectNode job) throws IOException {
        for (JsonNode channel : job.path("InputDataConfig")) {
            if (channel.path("ChannelName").asText().equals(ContainerOrder.CHANNEL)) {
                Path into = Files.createTempDirectory(folder, "order");
                own(job).download(channel.at("/DataSource/S3DataSource/S3Uri").asText(), into);
                return Json.read(Files.readString(into.resolve(ContainerOrder.FILE)), ContainerOrder.class);
            }
        }
        throw new IOException("the job has no order");
    }

    private void leave(ObjectNode job) throws IOException {
        String output = job.at("/OutputDataConfig/S3OutputPath").asText() + "/"
                + job.path("TrainingJobName").asText() + "/output/model/" + WorkOrder.ADAPTER_FOLDER + "/";
        Path file = Files.writeString(Files.createTempFile(folder, "adapter", ""), "{}");
        own(job).upload(file, output + "adapter_config.json");
        own(job).upload(file, output + "adapter_model.safetensors");
    }

    private static void tell(Consumer<String> log, RunEvent event) {
        log.accept(ContainerOrder.EVENT_MARK + Json.line(event));
    }
}
