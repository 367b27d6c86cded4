package dev.finetune4j.training.model.decoder;

import dev.finetune4j.modelfiles.weights.Dequantization;
import dev.finetune4j.modelfiles.weights.TensorEntry;
import dev.finetune4j.modelfiles.weights.WeightFile;

/** Reads a whole small tensor. */
final class StoredFloats {
    private StoredFloats() {}

    static float[] of(WeightFile file, String name) {
        TensorEntry entry = file.entry(name);
        return Dequantization.read(file, entry, 0, (int) entry.elements());
    }
}
