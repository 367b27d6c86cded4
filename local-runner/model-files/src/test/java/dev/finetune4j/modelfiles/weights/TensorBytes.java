package dev.finetune4j.modelfiles.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Reads a whole small tensor. */
final class TensorBytes {
    private TensorBytes() {}

    static ByteBuffer of(WeightFile file, String name) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(file.entry(name).bytes()));
        file.read(name, 0, bytes);
        return bytes.flip().order(ByteOrder.LITTLE_ENDIAN);
    }
}
