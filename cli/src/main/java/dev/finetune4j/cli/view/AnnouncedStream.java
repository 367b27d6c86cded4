package dev.finetune4j.cli.view;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** A stream that has something done before each write to it. */
final class AnnouncedStream extends FilterOutputStream {
    private final Runnable before;

    AnnouncedStream(OutputStream stream, Runnable before) {
        super(stream);
        this.before = before;
    }

    @Override
    public void write(int oneByte) throws IOException {
        before.run();
        out.write(oneByte);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        before.run();
        out.write(bytes, offset, length);
    }
}
