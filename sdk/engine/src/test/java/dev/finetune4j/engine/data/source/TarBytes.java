package dev.finetune4j.engine.data.source;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;

/** One or several entries of a tar archive, right or wrong, for tests. */
final class TarBytes {
    private static final int BLOCK = 512;

    private byte[] bytes;

    private TarBytes(byte[] bytes) {
        this.bytes = bytes;
    }

    /** A sound entry. */
    static TarBytes entry(String name, char type, byte[] content) {
        TarBytes tar = new TarBytes(new byte[BLOCK + (content.length + BLOCK - 1) / BLOCK * BLOCK]);
        System.arraycopy(content, 0, tar.bytes, BLOCK, content.length);
        tar.put(0, name);
        tar.put(257, "ustar\00000");
        tar.bytes[156] = (byte) type;
        return tar.size(String.format(Locale.ROOT, "%011o", content.length));
    }

    /** The text that stands for the size, under a right checksum. */
    TarBytes size(String octal) {
        put(124, octal);
        put(148, "        ");
        int sum = 0;
        for (int i = 0; i < BLOCK; i++) {
            sum += bytes[i] & 0xFF;
        }
        return checksum(String.format(Locale.ROOT, "%06o", sum));
    }

    /** The text that stands for the checksum. */
    TarBytes checksum(String octal) {
        put(148, octal + "\0");
        return this;
    }

    /** No more than so many bytes of it. */
    TarBytes first(int count) {
        bytes = Arrays.copyOf(bytes, count);
        return this;
    }

    /** This entry, and others after it. */
    TarBytes and(TarBytes next) {
        byte[] both = Arrays.copyOf(bytes, bytes.length + next.bytes.length);
        System.arraycopy(next.bytes, 0, both, bytes.length, next.bytes.length);
        return new TarBytes(both);
    }

    /** The tar alone. */
    byte[] toBytes() {
        return bytes.clone();
    }

    /** The archive. */
    byte[] gzip() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(packed)) {
            out.write(bytes);
        }
        return packed.toByteArray();
    }

    private void put(int offset, String text) {
        byte[] raw = text.getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(raw, 0, bytes, offset, raw.length);
    }
}
