package dev.finetune4j.engine.journal;

import dev.finetune4j.error.FineTuneException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The right to drive a run: to write its journal and to launch. One process has it at a time; the system takes it back when that
 * process ends, however it ends.
 */
public final class RunLock implements Closeable {
    /**
     * Locks of this process. It must not even open a lock file that it has locked: closing that second handle would give up the
     * lock, as POSIX has it.
     */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final FileChannel channel;

    private RunLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Takes the lock if it is free. Empty where another process, or another part of this one, drives the run.
     *
     * @throws FineTuneException with FT0501 if the lock file cannot be written
     */
    public static Optional<RunLock> tryTake(RunFolder folder, DurableFiles files) {
        Path file = folder.lock().toAbsolutePath().normalize();
        if (!HELD.add(file)) {
            return Optional.empty();
        }
        Optional<RunLock> taken = Optional.empty();
        try {
            files.createFolder(folder.path());
            taken = tryTake(file);
            return taken;
        } catch (IOException e) {
            throw RunProblems.unwritable(file, e);
        } finally {
            if (taken.isEmpty()) {
                HELD.remove(file);
            }
        }
    }

    private static Optional<RunLock> tryTake(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = null;
        try {
            lock = channel.tryLock();
        } finally {
            if (lock == null) {
                channel.close();
            }
        }
        return lock == null ? Optional.empty() : Optional.of(new RunLock(file, channel));
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // The process' end frees it; there is nothing that a user could do.
            System.getLogger(RunLock.class.getName()).log(System.Logger.Level.DEBUG, "lock not closed", e);
        } finally {
            HELD.remove(file);
        }
    }
}
