package dev.finetune4j.modelfiles.weights;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.modelfiles.ModelFilesProblems;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** One open weight file and its size when it was opened. */
final class WeightChannel implements AutoCloseable {
    private final Path path;
    private final FileChannel channel;
    private final long size;

    private WeightChannel(Path path, FileChannel channel, long size) {
        this.path = path;
        this.channel = channel;
        this.size = size;
    }

    static WeightChannel open(Path path) {
        try {
            FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
            return new WeightChannel(path, channel, channel.size());
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    Path path() {
        return path;
    }

    long size() {
        return size;
    }

    Location location() {
        return Location.of(path.toString());
    }

    /** Fills {@code target} from a byte on; the caller has checked that the bytes are there. */
    void read(long position, ByteBuffer target) {
        try {
            long at = position;
            while (target.hasRemaining()) {
                int read = channel.read(target, at);
                if (read < 0) {
                    throw new IOException("the file became shorter while it was read");
                }
                at += read;
            }
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    /** Fills {@code target} with bytes of a tensor, counted from its first. */
    void read(TensorEntry entry, long from, ByteBuffer target) {
        int length = target.remaining();
        if (from < 0 || from > entry.bytes() - length) {
            throw new IllegalArgumentException("bytes " + from + " to " + from + " + " + length + " must lie in tensor "
                    + entry.name() + " of " + entry.bytes());
        }
        read(entry.offset() + from, target);
    }

    static FineTuneException unreadable(Path path, IOException cause) {
        return ModelFilesProblems.FILE_UNREADABLE
                .error("cannot read " + path.getFileName())
                .at(Location.of(path.toString()))
                .because(String.valueOf(cause.getMessage()))
                .asException(cause);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }
}
