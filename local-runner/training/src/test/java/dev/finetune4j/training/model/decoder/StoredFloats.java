package dev.finetune4j.training.model.decoder;

import dev.finetune4j.modelfiles.weights.Dequantization;
import dev.finetune4j.modelfiles.weights.TensorEntry;
import dev.finetune4j.modelfiles.weights.WeightFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/** Reads a whole small tensor. */
final class StoredFloats {
    private StoredFloats() {}

    static float[] of(WeightFile file, String name) {
        TensorEntry entry = file.entry(name);
        FloatBuffer numbers = FloatBuffer.allocate((int) entry.elements());
        ByteBuffer bytes = ByteBuffer.allocate((int) entry.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        file.read(name, 0, bytes);
        Dequantization.decode(entry.type(), bytes.flip(), numbers);
        return numbers.array();
    }
}
