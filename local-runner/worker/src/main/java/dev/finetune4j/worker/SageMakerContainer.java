package dev.finetune4j.worker;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.ContainerOrder;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.worker.WorkSite.Engines;
import dev.finetune4j.worker.folder.JobFolder;
import dev.finetune4j.worker.folder.JobTicket;
import dev.finetune4j.worker.folder.WorkerStatus;
import dev.finetune4j.worker.problem.WorkerProblems;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A worker in SageMaker's training container. The service lays inputs below a folder, {@code /opt/ml}, and takes results from there:
 *
 * <table>
 * <caption>What lies where</caption>
 * <tr><td>{@code input/config/hyperparameters.json}</td><td>texts by name; {@link ContainerOrder#DIGEST_SETTING} is read</td></tr>
 * <tr><td>{@code input/data/CHANNEL}</td><td>files of a channel; {@link ContainerOrder} in one of its own</td></tr>
 * <tr><td>{@code checkpoints}</td><td>kept by the service while the job runs, and put back where it starts the container anew: here the
 * worker has its {@link JobFolder}, so that nothing is lost with a machine</td></tr>
 * <tr><td>{@code model}</td><td>taken by the service at the end: the results</td></tr>
 * <tr><td>{@code output/failure}</td><td>why it failed, for the job's description</td></tr>
 * </table>
 */
final class SageMakerContainer {
    private final Path base;
    private final Clock clock;
    private final PrintStream log;
    private final Consumer<RunEvent> listener;
    private final JobFolder folder;
    private final FailureFile failure;
    private final Worker worker;

    /**
     * A container.
     *
     * @param base {@code /opt/ml}, or where it was laid out instead
     * @param engines how models are opened
     * @param clock the clock
     * @param log gets each event as a line, which the service keeps for whoever follows the job
     * @param listener is told each event, too
     */
    SageMakerContainer(Path base, Engines engines, Clock clock, PrintStream log, Consumer<RunEvent> listener) {
        this.base = base.toAbsolutePath();
        this.clock = clock;
        this.log = log;
        this.listener = listener;
        folder = jobFolder(this.base);
        failure = new FailureFile(this.base);
        worker = new Worker(folder, engines, clock, this::tell);
    }

    /** The worker's folder in a container. */
    static JobFolder jobFolder(Path base) {
        return new JobFolder(base.resolve("checkpoints").resolve("job"));
    }

    /** A file or folder of a channel. */
    static Path channel(Path base, String name) {
        return base.resolve("input/data").resolve(name);
    }

    /** Winds down with a checkpoint. Safe to call from any thread. */
    void terminate() {
        worker.terminate();
    }

    /** Works to the end, and says how it ended; leaves why where the service looks for it. */
    ExitCode run() throws IOException {
        try {
            layOut(order());
            ExitCode exit = worker.run();
            linkResults();
            WorkerStatus.read(folder).map(WorkerStatus::problem).ifPresent(problem -> failure.leave(List.of(problem)));
            return exit;
        } catch (FineTuneException e) {
            failure.leave(e.problems());
            throw e;
        } catch (IOException | UncheckedIOException e) {
            failure.leave("the container could not work: " + e.getMessage());
            throw e;
        }
    }

    private ContainerOrder order() throws IOException {
        Path file = channel(ContainerOrder.CHANNEL).resolve(ContainerOrder.FILE);
        if (!Files.exists(file)) {
            throw WorkerProblems.CHANNEL_MISSING
                    .error("the " + ContainerOrder.CHANNEL + " channel of the job is missing")
                    .because("there is no " + file)
                    .asException();
        }
        ContainerOrder order;
        try {
            order = Json.read(Files.readString(file), ContainerOrder.class);
        } catch (UncheckedIOException e) {
            throw damaged(file, "it is no order of this version", e);
        }
        String expected = settings().getOrDefault(ContainerOrder.DIGEST_SETTING, "");
        if (!order.order().digest().equals(expected)) {
            throw damaged(
                    file,
                    "its digest is " + order.order().digest() + ", the job's "
                            + (expected.isEmpty() ? "is not told" : "is " + expected),
                    null);
        }
        return order;
    }

    private Map<String, String> settings() throws IOException {
        Path file = base.resolve("input/config/hyperparameters.json");
        try {
            return Files.exists(file) ? Json.read(Files.readString(file), new TypeReference<>() {}) : Map.of();
        } catch (UncheckedIOException e) {
            throw damaged(file, "it is no map of texts", e);
        }
    }

    /** Paths are those of this machine; whatever else an earlier machine wrote down must be the same. */
    private void layOut(ContainerOrder order) throws IOException {
        Files.createDirectories(folder.root());
        Optional<JobTicket> earlier = JobTicket.read(folder);
        if (earlier.isPresent()
                && !(earlier.get().id().equals(order.id())
                        && earlier.get().order().equals(order.order()))) {
            throw damaged(
                    folder.ticket(),
                    "the checkpoints are of " + earlier.get().id() + ", digest "
                            + earlier.get().order().digest(),
                    null);
        }
        Map<String, String> channels = new LinkedHashMap<>();
        order.channels()
                .forEach((name, file) ->
                        channels.put(name, channel(name).resolve(file).toString()));
        new JobTicket(
                        order.id(),
                        order.model(),
                        order.order(),
                        channels,
                        order.labels(),
                        null, // the service holds the limit itself
                        earlier.map(JobTicket::submittedAt).orElseGet(clock::instant))
                .write(folder);
    }

    private Path channel(String name) {
        return channel(base, name);
    }

    private void tell(RunEvent event) {
        log.print(ContainerOrder.EVENT_MARK + Json.line(event) + "\n");
        log.flush();
        listener.accept(event);
    }

    /** Links rather than copies where that can be, since a whole model may be most of the disk. */
    private void linkResults() throws IOException {
        Path results = folder.output();
        Path model = Files.createDirectories(base.resolve("model"));
        if (!Files.exists(results)) {
            return;
        }
        Files.walkFileTree(results, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path from, BasicFileAttributes attributes) throws IOException {
                if (from.equals(folder.checkpoints())) {
                    return FileVisitResult.SKIP_SUBTREE; // the service has them already
                }
                Files.createDirectories(model.resolve(results.relativize(from)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path from, BasicFileAttributes attributes) throws IOException {
                Path to = model.resolve(results.relativize(from));
                Files.deleteIfExists(to);
                try {
                    Files.createLink(to, from);
                } catch (IOException | UnsupportedOperationException e) {
                    Files.copy(from, to); // two file systems, or one without links
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static FineTuneException damaged(Path file, String why, @Nullable Exception cause) {
        Problem problem = WorkerProblems.FOLDER_DAMAGED
                .error(file.getFileName() + " is not that of the job")
                .at(Location.of(file.toString()))
                .because(why)
                .build();
        return cause == null ? problem.asException() : problem.asException(cause);
    }
}
