package dev.finetune4j.modelfiles.weights;

import dev.finetune4j.error.FineTuneException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** One GGUF file, version 2 or 3: metadata, a list of tensors, and their bytes. */
public final class GgufFile implements WeightFile {
    private final WeightChannel channel;
    private final GgufHeader header;

    private GgufFile(WeightChannel channel, GgufHeader header) {
        this.channel = channel;
        this.header = header;
    }

    /**
     * Opens a file and checks its header.
     *
     * @throws FineTuneException with FT0406 or FT0407 if it is damaged, FT0408 if its version is not read, FT0409 if a tensor's type
     *     is unknown, FT0402 if it cannot be read
     */
    public static GgufFile open(Path path) {
        WeightChannel channel = WeightChannel.open(path);
        try {
            return new GgufFile(channel, GgufHeader.read(channel));
        } catch (RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /**
     * Whether the file starts as a GGUF file does.
     *
     * @throws FineTuneException with FT0402 if it cannot be read
     */
    public static boolean hasMagic(Path path) {
        try (InputStream in = Files.newInputStream(path)) {
            byte[] start = in.readNBytes(4);
            return start.length == 4
                    && ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).getInt() == GgufHeader.MAGIC;
        } catch (IOException e) {
            throw WeightChannel.unreadable(path, e);
        }
    }

    @Override
    public Path path() {
        return channel.path();
    }

    @Override
    public Map<String, TensorEntry> tensors() {
        return header.tensors();
    }

    /** Keys and values: architecture, tokenizer, chat template. */
    public GgufMetadata metadata() {
        return header.metadata();
    }

    @Override
    public void read(String name, long from, ByteBuffer target) {
        channel.read(entry(name), from, target);
    }

    @Override
    public void close() {
        channel.close();
    }
}
