package dev.finetune4j.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.azure.blob.BlobStore;
import dev.finetune4j.offlinecloud.azure.ml.Datastores;
import dev.finetune4j.offlinecloud.azure.ml.Datastores.Place;
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
                download(place(job, input.getValue()), machine.resolve(input.getKey()));
            }
            FakeWorkerContainer.events(at).forEach(event -> log.accept(ContainerOrder.EVENT_MARK + Json.line(event)));
            Path output = machine.resolve("written");
            new FakeWorker(FakeWorkerContainer.submission(machine), true, true).write(output);
            upload(output, place(job, job.at("/properties/outputs/job")), "model/");
            return PlannedContainer.succeedingAfter(FakeWorkerContainer.WORK).start(job, at, ranBefore, line -> {});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Of a folder that is mounted. */
    private Place place(ObjectNode job, JsonNode mounted) {
        return Datastores.place(job, mounted.path("uri").asText(), store);
    }

    private static void download(Place from, Path folder) throws IOException {
        for (String name : from.store().list(from.container(), from.name())) {
            from.store()
                    .download(
                            from.container(),
                            name,
                            folder.resolve(name.substring(from.name().length())));
        }
    }

    private static void upload(Path folder, Place to, String below) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(folder)) {
            files = all.filter(Files::isRegularFile).toList();
        }
        for (Path file : files) {
            to.store().put(to.container(), to.name() + below + folder.relativize(file), file);
        }
    }
}
