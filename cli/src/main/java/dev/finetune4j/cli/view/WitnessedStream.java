package dev.finetune4j.cli.view;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Remembers why something was lost: of that a PrintStream tells only that it is so. Safe for several threads. */
final class WitnessedStream extends OutputStream {
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final FileOutputStream stream;
    private volatile @Nullable IOException failure;

    WitnessedStream(FileOutputStream stream) {
        this.stream = stream;
    }

    @Override
    public void write(int oneByte) throws IOException {
        write(new byte[] {(byte) oneByte}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        try {
            writeAll(ByteBuffer.wrap(bytes, offset, length));
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    /**
     * Waits for a reader, also where the pipe is one that whoever opened it does not wait for: there a stream fails as if nobody read any more,
     * whereas a channel takes nothing.
     */
    private void writeAll(ByteBuffer bytes) throws IOException {
        boolean isInterrupted = false;
        try {
            while (bytes.hasRemaining()) {
                isInterrupted |= Thread.interrupted(); // else the channel would close itself
                if (stream.getChannel().write(bytes) == 0) {
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            }
        } finally {
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void flush() throws IOException {
        try {
            stream.flush();
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    /** Why something was lost, if it was; empty where whoever reads has read enough, as {@code head} does. */
    Optional<IOException> loss() {
        return Optional.ofNullable(failure).filter(unused -> hasPosition());
    }

    /**
     * Whether this is a file. Pipes, sockets and terminals have no position, and a write to them fails of nothing but that nobody reads any
     * more, which the system says in its own language.
     */
    private boolean hasPosition() {
        FileChannel channel = stream.getChannel();
        boolean isInterrupted = Thread.interrupted(); // else the channel would close itself
        try {
            // Asked alone, a channel that appends gives a size, which a pipe has, too.
            FileChannel unused = channel.position(channel.position());
            return true;
        } catch (IOException e) {
            return false;
        } finally {
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
