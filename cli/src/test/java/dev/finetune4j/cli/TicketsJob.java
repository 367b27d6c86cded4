package dev.finetune4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A job of a tiny model that trains in about two seconds: that of the JUnit extension's tests. */
final class TicketsJob {
    private static final Path TICKETS = Path.of("../local-runner/junit/src/test/resources/tickets");

    /** The folder of its model. */
    static final Path MODEL = TICKETS.resolve("model").toAbsolutePath();

    private TicketsJob() {}

    /** Writes its file and rows; another seed makes it a job that no earlier execution has run. */
    static Path write(Path folder, long seed) throws IOException {
        Files.copy(TICKETS.resolve("tickets.jsonl"), folder.resolve("tickets.jsonl"));
        String text = Files.readString(TICKETS.resolve("job.yaml"));
        return Files.writeString(
                folder.resolve("job.yaml"),
                text.replace("model: model", "model: " + MODEL).replace("epochs: 4", "epochs: 4, seed: " + seed));
    }

    /**
     * The same without held-out rows: nothing is compared, so that nothing has to be computed. The model lies beside the job: where the tests
     * lie is no part of the run's id then, by which its watcher looks at moments of its own.
     */
    static Path writeUncompared(Path folder, long seed) throws IOException {
        Path file = write(folder, seed);
        Files.createSymbolicLink(folder.resolve("model"), MODEL);
        return Files.writeString(
                file,
                Files.readString(file)
                        .replace("model: " + MODEL, "model: model")
                        .replace("split: {test: 0.25}", "split: {test: 0}")
                        .replace("few-shot: 0", "gate: {better-than-base: false}"));
    }
}
