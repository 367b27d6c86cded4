package dev.finetune4j.modelfiles.weights;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes GGUF files piece by piece, right or wrong, for tests. */
public final class GgufBytes {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** Magic, version 3 and both counts. */
    public static GgufBytes header(long tensors, long keys) {
        return new GgufBytes().i32(GgufHeader.MAGIC).i32(3).i64(tensors).i64(keys);
    }

    public GgufBytes u8(int value) {
        out.write(value);
        return this;
    }

    public GgufBytes i32(int value) {
        return bytes(buffer(4).putInt(value).array());
    }

    public GgufBytes i64(long value) {
        return bytes(buffer(8).putLong(value).array());
    }

    public GgufBytes bytes(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    public GgufBytes text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return i64(bytes.length).bytes(bytes);
    }

    public GgufBytes textKey(String key, String value) {
        return text(key).i32(8).text(value);
    }

    public GgufBytes intKey(String key, int value) {
        return text(key).i32(4).i32(value);
    }

    public GgufBytes textsKey(String key, List<String> values) {
        text(key).i32(9).i32(8).i64(values.size());
        values.forEach(this::text);
        return this;
    }

    /** A tensor's description; axes innermost first. */
    public GgufBytes tensor(String name, List<Long> axes, int type, long offset) {
        text(name).i32(axes.size());
        axes.forEach(this::i64);
        return i32(type).i64(offset);
    }

    /** Zeros up to a multiple of 32, then {@code count} zeros. */
    public GgufBytes data(int count) {
        int padding = -out.size() & 31;
        return bytes(new byte[padding + count]);
    }

    public byte[] toBytes() {
        return out.toByteArray();
    }

    public Path write(Path file) {
        try {
            return Files.write(file, toBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ByteBuffer buffer(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
}
