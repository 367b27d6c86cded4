package dev.finetune4j.worker.folder;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * At most one worker a folder, and a proof of life: the operating system gives the lock back when the process ends, however it ends. Process ids are
 * used again, a lock is not. A process must not ask for the holder of a lock that it holds itself: closing the file gives the lock back.
 */
public final class WorkerLock implements AutoCloseable {
    /** Who asks for life holds the lock, shared, for a moment; a worker that begins then tries again. */
    private static final int TRIES = 100;

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final FileChannel channel;

    private WorkerLock(FileChannel channel) {
        this.channel = channel;
    }

    /** Takes the lock and writes this process's id into it; empty where another worker holds it. */
    public static Optional<WorkerLock> take(JobFolder folder) throws IOException {
        FileChannel channel = FileChannel.open(folder.lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        for (int tries = 0; tries < TRIES; tries++) {
            if (tryLock(channel, false) != null) {
                byte[] id = Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII);
                channel.truncate(0);
                channel.write(ByteBuffer.wrap(id));
                return Optional.of(new WorkerLock(channel));
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        channel.close();
        return Optional.empty();
    }

    /** The process that holds the lock; empty where no worker lives. */
    public static OptionalLong holder(JobFolder folder) {
        if (!Files.exists(folder.lock())) {
            return OptionalLong.empty();
        }
        // The JVM refuses two locks of its own on one file, even shared ones, so its threads ask one after the other.
        synchronized (WorkerLock.class) {
            try (FileChannel channel = FileChannel.open(folder.lock(), StandardOpenOption.READ)) {
                FileLock lock = tryLock(channel, true);
                if (lock != null) {
                    lock.release();
                    return OptionalLong.empty();
                }
                return OptionalLong.of(
                        Long.parseLong(Files.readString(folder.lock()).trim()));
            } catch (IOException | NumberFormatException e) {
                return OptionalLong.of(-1); // held, but its id is not written yet
            }
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel, boolean shared) throws IOException {
        try {
            return channel.tryLock(0, Long.MAX_VALUE, shared);
        } catch (OverlappingFileLockException e) {
            return null; // held by another thread of this process
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
