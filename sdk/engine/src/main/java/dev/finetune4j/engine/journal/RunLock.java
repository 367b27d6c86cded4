package dev.finetune4j.engine.journal;

import dev.finetune4j.error.FineTuneException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * The right to drive a run: to write its journal and to launch. One process has it at a time; the system takes it back when that
 * process ends, however it ends.
 */
public final class RunLock implements Closeable {
    private final FileChannel channel;

    private RunLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes the lock if it is free. Empty where another process, or another part of this one, drives the run.
     *
     * @throws FineTuneException with FT0501 if the lock file cannot be written
     */
    public static Optional<RunLock> tryTake(RunFolder folder, DurableFiles files) {
        Path file = folder.lock();
        try {
            files.createFolder(folder.path());
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock;
            try {
                lock = channel.tryLock();
            } catch (OverlappingFileLockException e) {
                lock = null; // another thread of this process has it
            } catch (IOException e) {
                channel.close();
                throw e;
            }
            if (lock == null) {
                channel.close();
                return Optional.empty();
            }
            return Optional.of(new RunLock(channel));
        } catch (IOException e) {
            throw RunProblems.unwritable(file, e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // The process' end frees it; there is nothing that a user could do.
            System.getLogger(RunLock.class.getName()).log(System.Logger.Level.DEBUG, "lock not closed", e);
        }
    }
}
