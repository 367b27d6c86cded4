package dev.finetune4j.worker.recipe;

import dev.finetune4j.training.durable.DurableFiles;
import dev.finetune4j.worker.recipe.Recipe.WrittenFile;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A file of a recipe while it is written, front to back. */
final class RecipeFile implements AutoCloseable {
    private final MessageDigest sum;
    private final OutputStream out;
    private long bytes;

    RecipeFile(Path file) throws IOException {
        sum = sha256();
        out = new BufferedOutputStream(new DigestOutputStream(Files.newOutputStream(file), sum), 1 << 16);
    }

    /** Little-endian 32-bit numbers. */
    void write(int[] numbers) {
        ByteBuffer buffer = ByteBuffer.allocate(numbers.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        buffer.asIntBuffer().put(numbers);
        write(buffer.array());
    }

    /** A little-endian 64-bit number. */
    void write(long number) {
        write(ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(number)
                .array());
    }

    /** A line of text. */
    void write(String line) {
        write((line + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private void write(byte[] content) {
        try {
            out.write(content);
            bytes += content.length;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What was written; nothing more can be. */
    WrittenFile written() throws IOException {
        out.close();
        return new WrittenFile(bytes, HexFormat.of().formatHex(sum.digest()));
    }

    /** What somebody else wrote. */
    static WrittenFile written(Path file) throws IOException {
        return new WrittenFile(Files.size(file), DurableFiles.sha256(file));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
