package dev.finetune4j.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.container.Container;
import dev.finetune4j.offlinecloud.container.PlannedContainer;
import dev.finetune4j.offlinecloud.s3.ObjectStore;
import dev.finetune4j.run.ContainerOrder;
import dev.finetune4j.run.Host;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.testkit.fake.FakeWorker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A container of SageMaker's whose worker computes nothing: it fetches its channels as the job's role, tells what a worker tells and leaves
 * what a {@link FakeWorker} leaves.
 */
final class FakeWorkerContainer implements Container {
    /** How long its worker trains. */
    static final Duration WORK = Duration.ofMinutes(30);

    private static final int STEPS = 10;
    private static final long BYTES = 1L << 30;
    private static final Set<String> OWN_CHANNELS = Set.of(ContainerOrder.CHANNEL, WorkOrder.WORKER_CHANNEL);

    private final ObjectStore store;
    private final Path machines;

    /** Containers with a folder each in one that is there. */
    FakeWorkerContainer(ObjectStore store, Path machines) {
        this.store = store;
        this.machines = machines;
    }

    @Override
    public Running start(ObjectNode job, Instant at, Duration ranBefore, Consumer<String> log) {
        try {
            ObjectStore own = store.actingAs(
                    job.path("RoleArn").asText(),
                    job.path("TrainingJobArn").asText().split(":", -1)[3]);
            Path machine = Files.createTempDirectory(machines, "machine");
            for (JsonNode channel : job.path("InputDataConfig")) {
                Path folder = Files.createDirectories(
                        machine.resolve(channel.path("ChannelName").asText()));
                own.download(channel.at("/DataSource/S3DataSource/S3Uri").asText(), folder);
            }
            events(at).forEach(event -> log.accept(ContainerOrder.EVENT_MARK + Json.line(event)));
            Path output = machine.resolve("output");
            new FakeWorker(submission(machine), true, true).write(output);
            upload(
                    own,
                    output,
                    job.at("/OutputDataConfig/S3OutputPath").asText() + "/"
                            + job.path("TrainingJobName").asText() + "/output/model/");
            return PlannedContainer.succeedingAfter(WORK).start(job, at, ranBefore, line -> {});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a worker was asked for, by the channels in a folder. */
    static Submission submission(Path machine) throws IOException {
        ContainerOrder order = Json.read(
                Files.readString(machine.resolve(ContainerOrder.CHANNEL).resolve(ContainerOrder.FILE)),
                ContainerOrder.class);
        Submission.Builder submission = Submission.builder(order.id(), order.model(), order.order());
        order.channels().forEach((name, file) -> {
            if (!OWN_CHANNELS.contains(name)) {
                submission.channel(name, machine.resolve(name).resolve(file));
            }
        });
        return submission.build();
    }

    /** What a worker tells. */
    static List<RunEvent> events(Instant at) {
        return Stream.of(
                        Stream.of(
                                new RunEvent.WorkerStarted(
                                        at, new Host("Linux", "x86-64", "cuda", 4, BYTES), Map.of("fake", "1")),
                                new RunEvent.StateChanged(at, RunState.TRAINING, ""),
                                new RunEvent.TrainingStarted(at, 1000, 100, STEPS, "bf16", "none", 4, BYTES, null)),
                        Stream.iterate(1, step -> step <= STEPS, step -> step + 1)
                                .map(step -> new RunEvent.StepCompleted(
                                        at, step, STEPS, step / 10.0, 2.0 / step, 1e-4, 1, 64, 32, BYTES)),
                        Stream.of(
                                new RunEvent.ValidationCompleted(at, STEPS, 0.25, true),
                                new RunEvent.StateChanged(at, RunState.EVALUATING, "")))
                .<RunEvent>flatMap(events -> events)
                .toList();
    }

    private static void upload(ObjectStore store, Path folder, String prefix) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(folder)) {
            files = all.filter(Files::isRegularFile).toList();
        }
        for (Path file : files) {
            store.upload(file, prefix + folder.relativize(file));
        }
    }
}
