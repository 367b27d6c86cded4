package dev.finetune4j.modelfiles.weights;

import dev.finetune4j.error.FineTuneException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;

/**
 * One safetensors file: 8 bytes with the header's length, the header (JSON: name to type, shape and byte range), the bytes (<a
 * href="https://huggingface.co/docs/safetensors">format</a>).
 */
public final class SafetensorsFile implements WeightFile {
    private final WeightChannel channel;
    private final SafetensorsHeader header;

    private SafetensorsFile(WeightChannel channel, SafetensorsHeader header) {
        this.channel = channel;
        this.header = header;
    }

    /**
     * Opens a file and checks its header to the last byte.
     *
     * @throws FineTuneException with FT0404 or FT0405 if it is damaged, FT0402 if it cannot be read
     */
    public static SafetensorsFile open(Path path) {
        WeightChannel channel = WeightChannel.open(path);
        try {
            return new SafetensorsFile(channel, SafetensorsHeader.read(channel));
        } catch (RuntimeException e) {
            channel.close();
            throw e;
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

    /** The free texts of the header ({@code __metadata__}), such as {@code format: pt}. */
    public Map<String, String> metadata() {
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
