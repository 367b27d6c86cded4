package dev.finetune4j.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.azure.blob.BlobStore;
import dev.finetune4j.offlinecloud.container.Container;
import dev.finetune4j.offlinecloud.container.PlannedContainer;
import dev.finetune4j.run.ContainerOrder;
import dev.finetune4j.testkit.fake.FakeWorker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The same at Azure ML as {@link FakeWorkerContainer} at SageMaker. */
final class FakeWorkerCommand implements Container {
    private static final String CONTAINER = "jobs";
    private static final String PATHS = "azureml://datastores/workspaceblobstore/paths/";

    private final BlobStore store;
    private final Path machines;

    /** Containers with a folder each in one that is there. */
    FakeWorkerCommand(BlobStore store, Path machines) {
        this.store = store;
        this.machines = machines;
    }

    @Override
    public Running start(ObjectNode job, Instant at, Duration ranBefore, Consumer<String> log) {
        try {
            Path machine = Files.createTempDirectory(machines, "machine");
            for (Map.Entry<String, JsonNode> input :
                    job.at("/properties/inputs").properties()) {
                download(path(input.getValue()), machine.resolve(input.getKey()));
            }
            FakeWorkerContainer.events(at).forEach(event -> log.accept(ContainerOrder.EVENT_MARK + Json.line(event)));
            Path output = machine.resolve("written");
            new FakeWorker(FakeWorkerContainer.submission(machine), true, true).write(output);
            upload(output, path(job.at("/properties/outputs/job")) + "model/");
            return PlannedContainer.succeedingAfter(FakeWorkerContainer.WORK).start(job, at, ranBefore, line -> {});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Of a folder that is mounted. */
    private static String path(JsonNode mounted) {
        return mounted.path("uri").asText().substring(PATHS.length());
    }

    private void download(String prefix, Path folder) throws IOException {
        for (String name : store.list(CONTAINER, prefix)) {
            store.download(CONTAINER, name, folder.resolve(name.substring(prefix.length())));
        }
    }

    private void upload(Path folder, String prefix) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(folder)) {
            files = all.filter(Files::isRegularFile).toList();
        }
        for (Path file : files) {
            store.put(CONTAINER, prefix + folder.relativize(file), file);
        }
    }
}
