package dev.finetune4j.cli.view;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Remembers why something was lost: of that a PrintStream tells only that it is so. Safe for several threads. */
final class WitnessedStream extends OutputStream {
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
            stream.write(bytes, offset, length);
        } catch (IOException e) {
            failure = e;
            throw e;
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
        try {
            // Asked alone, a channel that appends gives a size, which a pipe has, too.
            FileChannel unused = channel.position(channel.position());
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
