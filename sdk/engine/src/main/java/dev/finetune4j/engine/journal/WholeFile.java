package dev.finetune4j.engine.journal;

import dev.finetune4j.error.FineTuneException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Files that are there whole or not at all, whenever the machine stops. */
public final class WholeFile {
    private WholeFile() {}

    /**
     * Writes a file beside its place, syncs it and moves it there, over an older one.
     *
     * @throws FineTuneException with FT0501 if it cannot be written; an older one is untouched
     */
    public static void write(Path file, String text) {
        Path fresh = beside(file);
        try {
            try (FileChannel channel = FileChannel.open(
                    fresh, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
                ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            moveTo(file, fresh);
        } catch (IOException e) {
            throw RunProblems.unwritable(file, e);
        }
    }

    /**
     * Copies a file in the same way.
     *
     * @throws FineTuneException with FT0501 if it cannot be written; nothing half-written stays
     */
    public static void copy(Path source, Path file) {
        Path fresh = beside(file);
        try {
            Files.copy(source, fresh, StandardCopyOption.REPLACE_EXISTING);
            try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            moveTo(file, fresh);
        } catch (IOException e) {
            discard(fresh, e);
            throw RunProblems.unwritable(file, e);
        }
    }

    /** A model's copy would take much of a disk that is full. */
    private static void discard(Path fresh, IOException failure) {
        try {
            Files.deleteIfExists(fresh);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    /** The new name is durable on return, since what is written to the journal next may rely on it. */
    private static void moveTo(Path file, Path fresh) throws IOException {
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            DiskFiles.forceFolder(folder);
        }
    }

    private static Path beside(Path file) {
        return file.resolveSibling("." + file.getFileName() + ".new");
    }
}
