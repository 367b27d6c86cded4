package dev.finetune4j.azure.ml;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.azure.blob.BlobStore;
import dev.finetune4j.offlinecloud.azure.ml.Datastores;
import dev.finetune4j.offlinecloud.azure.ml.Datastores.Place;
import dev.finetune4j.offlinecloud.container.Container;
import dev.finetune4j.offlinecloud.container.PlannedContainer;
import dev.finetune4j.run.ContainerOrder;
import dev.finetune4j.run.Host;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
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
 * A command whose worker computes nothing: it reads its order from the store, tells what a worker tells and leaves what a worker leaves, an
 * hour of training for each epoch.
 */
public final class ScriptedCommand implements Container {
    private static final Duration EPOCH = Duration.ofHours(1);
    private static final int STEPS = 10;

    private final BlobStore store;
    private final Path folder;

    /** @param store an account at the place of all that jobs read and write */
    public ScriptedCommand(BlobStore store, Path folder) {
        this.store = store;
        this.folder = folder;
    }

    @Override
    public Running start(ObjectNode job, Instant at, Duration ranBefore, Consumer<String> log) {
        try {
            ContainerOrder order = order(job);
            Place output = place(job, "outputs/job");
            output.store().put(output.container(), output.name() + "checkpoints/state.json", "{}");
            tell(log, new RunEvent.WorkerStarted(at, new Host("Linux", "x86-64", "cpu", 4, 1L << 34), Map.of()));
            log.accept("a library says something");
            tell(log, new RunEvent.StateChanged(at, RunState.TRAINING, ""));
            tell(log, new RunEvent.TrainingStarted(at, 1000, 100, STEPS, "bf16", "none", 4, 1L << 30, null));
            for (int step = 1; step <= STEPS; step++) {
                tell(
                        log,
                        new RunEvent.StepCompleted(at, step, STEPS, step / 10.0, 2.0 / step, 1e-4, 1, 64, 32, 1 << 30));
            }
            output.store()
                    .put(
                            output.container(),
                            output.name() + "model/" + WorkOrder.ADAPTER_FOLDER + "/adapter_config.json",
                            "{}");
            output.store()
                    .put(
                            output.container(),
                            output.name() + "model/" + WorkOrder.ADAPTER_FOLDER + "/adapter_model.safetensors",
                            "{}");
            double epochs = order.order().steps().stream()
                    .filter(WorkStep.Train.class::isInstance)
                    .map(step -> ((WorkStep.Train) step).training().epochs())
                    .findFirst()
                    .orElseThrow();
            return PlannedContainer.succeedingAfter(Duration.ofSeconds((long) (EPOCH.toSeconds() * epochs)))
                    .start(job, at, ranBefore, line -> {});
        } catch (IOException e) {
            return PlannedContainer.failingAfter(Duration.ZERO, 1, String.valueOf(e.getMessage()))
                    .start(job, at, ranBefore, log);
        }
    }

    private ContainerOrder order(ObjectNode job) throws IOException {
        Path file = Files.createTempFile(folder, "order", "");
        Place order = place(job, "inputs/order");
        order.store().download(order.container(), order.name() + ContainerOrder.FILE, file);
        return Json.read(Files.readString(file), ContainerOrder.class);
    }

    private Place place(ObjectNode job, String mounted) {
        return Datastores.place(job, job.at("/properties/" + mounted + "/uri").asText(), store);
    }

    private static void tell(Consumer<String> log, RunEvent event) {
        log.accept(ContainerOrder.EVENT_MARK + Json.line(event));
    }
}
