package dev.finetune4j.aws.s3;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Some bytes of a file, one after the other. */
final class FileSlice extends InputStream {
    private final Path file;
    private final InputStream from;
    private long left;

    private FileSlice(Path file, InputStream from, long length) {
        this.file = file;
        this.from = from;
        this.left = length;
    }

    static FileSlice open(Path file, long offset, long length) throws IOException {
        InputStream from = Files.newInputStream(file);
        try {
            from.skipNBytes(offset); // moves the position, reads nothing
            return new FileSlice(file, from, length);
        } catch (IOException e) {
            from.close();
            throw new FileChangedException(file);
        }
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
        if (left == 0) {
            return length == 0 ? 0 : -1;
        }
        int read = from.read(to, offset, (int) Math.min(length, left));
        if (read < 0) {
            throw new FileChangedException(file);
        }
        left -= read;
        return read;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public void close() throws IOException {
        from.close();
    }
}
