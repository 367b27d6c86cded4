package dev.finetune4j.worker.folder;

import dev.finetune4j.error.Problem;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.RunState;
import dev.finetune4j.training.durable.DurableFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a worker stands. Replaced as a whole at each change of state.
 *
 * @param state the state
 * @param at since when
 * @param problem why it failed, or null
 */
public record WorkerStatus(
        RunState state, Instant at, @Nullable Problem problem) {
    /** Replaces the folder's status. */
    public void write(JobFolder folder) throws IOException {
        DurableFiles.write(folder.status(), Json.pretty(this));
    }

    /** The folder's status; empty before the worker begins. */
    public static Optional<WorkerStatus> read(JobFolder folder) {
        try {
            return Files.exists(folder.status())
                    ? Optional.of(Json.read(Files.readString(folder.status()), WorkerStatus.class))
                    : Optional.empty();
        } catch (IOException | UncheckedIOException e) {
            return Optional.empty();
        }
    }
}
