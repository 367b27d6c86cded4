package dev.finetune4j.modelfiles.decoder;

import dev.finetune4j.modelfiles.weights.SafetensorsWriter;
import dev.finetune4j.modelfiles.weights.TensorEntry;
import dev.finetune4j.modelfiles.weights.TensorType;
import dev.finetune4j.modelfiles.weights.WritableTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Safetensors files with the tensors that a test asks for, all zero. */
public final class WrittenWeights {
    private WrittenWeights() {}

    /** Writes a file anew. */
    public static void write(Path file, List<ExpectedTensor> tensors, TensorType type) throws IOException {
        write(file, tensors, name -> type);
    }

    /** Writes a file anew, each tensor in the number format that its name has. */
    static void write(Path file, List<ExpectedTensor> tensors, Function<String, TensorType> typeByName)
            throws IOException {
        Map<String, WritableTensor> written = new LinkedHashMap<>();
        for (ExpectedTensor tensor : tensors) {
            TensorType type = typeByName.apply(tensor.name());
            long elements = new TensorEntry(tensor.name(), type, tensor.shape(), file, 0, 0).elements();
            int bytes = Math.toIntExact(type.bytesOf(elements));
            written.put(tensor.name(), WritableTensor.ofBytes(type, tensor.shape(), () -> ByteBuffer.allocate(bytes)));
        }
        try (WritableByteChannel channel = Files.newByteChannel(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            SafetensorsWriter.write(channel, written, Map.of());
        }
    }
}
