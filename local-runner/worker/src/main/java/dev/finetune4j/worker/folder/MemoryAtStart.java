package dev.finetune4j.worker.folder;

import dev.finetune4j.json.Json;
import dev.finetune4j.training.durable.DurableFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Memory as the worker found it, to tell an out-of-memory kill from another one afterwards.
 *
 * @param availableBytes memory that it could use
 * @param outOfMemoryKills kills that the kernel had counted, -1 if it does not tell
 * @param use where the memory of its training goes, or null before the model is loaded
 */
public record MemoryAtStart(
        long availableBytes,
        long outOfMemoryKills,
        @Nullable MemoryUse use) {
    /** Before the model is loaded. */
    public MemoryAtStart(long availableBytes, long outOfMemoryKills) {
        this(availableBytes, outOfMemoryKills, null);
    }

    /** What a worker wrote down in its folder. */
    public static Optional<MemoryAtStart> read(JobFolder folder) {
        try {
            return Files.exists(folder.memory())
                    ? Optional.of(Json.read(Files.readString(folder.memory()), MemoryAtStart.class))
                    : Optional.empty();
        } catch (IOException | UncheckedIOException e) {
            return Optional.empty(); // it only helps to explain
        }
    }

    /** Writes it down. */
    public void write(JobFolder folder) throws IOException {
        DurableFiles.write(folder.memory(), Json.line(this));
    }

    /** The same once the model is loaded. */
    public MemoryAtStart with(MemoryUse known) {
        return new MemoryAtStart(availableBytes, outOfMemoryKills, known);
    }
}
