package dev.finetune4j.training.model.decoder;

import dev.finetune4j.modelfiles.weights.WeightFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Reads a whole small tensor of float32. */
final class StoredFloats {
    private StoredFloats() {}

    static float[] of(WeightFile file, String name) {
        float[] numbers = new float[(int) file.entry(name).elements()];
        ByteBuffer bytes = ByteBuffer.allocate(numbers.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        file.read(name, 0, bytes);
        bytes.flip().asFloatBuffer().get(numbers);
        return numbers;
    }
}
