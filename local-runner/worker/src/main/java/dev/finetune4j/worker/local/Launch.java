package dev.finetune4j.worker.local;

import dev.finetune4j.json.Json;
import dev.finetune4j.training.durable.DurableFiles;
import dev.finetune4j.worker.folder.JobFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One launch of a job's worker. The file is made before the process, with an operation that only one of several callers can win.
 *
 * @param attempt number from 1
 * @param at when it was claimed
 * @param pid the shell that waits for the worker, or null until it is started
 */
record Launch(int attempt, Instant at, @Nullable Long pid) {
    /** A launch that was claimed so long ago and has no process will never have one. */
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(30);

    /** Claims the next launch; empty where somebody else just did. */
    static Optional<Launch> claim(JobFolder folder, Instant at) throws IOException {
        int attempt = latest(folder).map(Launch::attempt).orElse(0) + 1;
        Launch launch = new Launch(attempt, at, null);
        try {
            Files.writeString(folder.launch(attempt), Json.line(launch), StandardOpenOption.CREATE_NEW);
            return Optional.of(launch);
        } catch (FileAlreadyExistsException e) {
            return Optional.empty();
        }
    }

    /** Writes down the process. */
    Launch started(JobFolder folder, long shell) throws IOException {
        Launch launch = new Launch(attempt, at, shell);
        DurableFiles.write(folder.launch(attempt), Json.line(launch));
        return launch;
    }

    /** The latest launch of a job, if there was one. */
    static Optional<Launch> latest(JobFolder folder) {
        int attempt = 0;
        while (Files.exists(folder.launch(attempt + 1))) {
            attempt++;
        }
        return attempt == 0 ? Optional.empty() : Optional.of(read(folder, attempt));
    }

    /** Whether the process may still be about to begin. */
    boolean mayStillBegin(Instant now) {
        return pid == null && isYoung(now);
    }

    /** Whether it was claimed so lately that its process may not be in full swing yet. */
    boolean isYoung(Instant now) {
        return Duration.between(at, now).compareTo(LONG_ENOUGH) < 0;
    }

    private static Launch read(JobFolder folder, int attempt) {
        try {
            String text = Files.readString(folder.launch(attempt));
            // Claimed a moment ago and not written yet.
            return text.isEmpty()
                    ? new Launch(
                            attempt,
                            Files.getLastModifiedTime(folder.launch(attempt)).toInstant(),
                            null)
                    : Json.read(text, Launch.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
