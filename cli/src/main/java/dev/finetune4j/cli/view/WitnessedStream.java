package dev.finetune4j.cli.view;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Remembers why something could not be written: of that a PrintStream tells only that it is so. Safe for several threads. */
final class WitnessedStream extends OutputStream {
    private final OutputStream stream;
    private volatile @Nullable IOException failure;

    WitnessedStream(OutputStream stream) {
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

    /** The last failure, if there was one. */
    Optional<IOException> failure() {
        return Optional.ofNullable(failure);
    }
}
