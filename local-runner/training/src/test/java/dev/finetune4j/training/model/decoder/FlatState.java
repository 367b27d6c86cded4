package dev.finetune4j.training.model.decoder;

import dev.finetune4j.modelfiles.weights.SafetensorsFile;
import dev.finetune4j.training.model.LanguageModel;
import dev.finetune4j.training.model.weights.StateFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Looks into a saved training state, and changes one: how tests reach the flat vector. */
final class FlatState {
    private static final List<String> VECTORS = List.of("values", "first_moment", "second_moment");

    private FlatState() {}

    static float[] read(Path file, String name) {
        try (SafetensorsFile state = SafetensorsFile.open(file)) {
            return StoredFloats.of(state, name);
        }
    }

    /**
     * The gradient vector, by way of Adam: the first moment is 0.9 of what it was plus 0.1 of the gradient. The step is taken, with
     * learning rate 0.
     */
    static float[] gradientByFirstMoment(LanguageModel model, Path scratch) {
        model.writeState(scratch);
        float[] before = read(scratch, "first_moment");
        model.step(1, 0, 0, 1);
        model.writeState(scratch);
        float[] gradient = read(scratch, "first_moment");
        for (int i = 0; i < gradient.length; i++) {
            gradient[i] = (gradient[i] - 0.9f * before[i]) / 0.1f;
        }
        return gradient;
    }

    /** Writes a state whose values went {@code distance} along {@code direction}. */
    static void copyMoved(Path from, Path to, float[] direction, double distance) {
        List<StateFile.Vector> vectors = new ArrayList<>();
        String fingerprint;
        try (SafetensorsFile state = SafetensorsFile.open(from)) {
            fingerprint = state.metadata().getOrDefault("adapter", "");
        }
        for (String name : VECTORS) {
            float[] numbers = read(from, name);
            ByteBuffer bytes = ByteBuffer.allocate(numbers.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < numbers.length; i++) {
                bytes.putFloat((float) (numbers[i] + (name.equals("values") ? distance * direction[i] : 0)));
            }
            vectors.add(StateFile.Vector.of(bytes.flip()));
        }
        StateFile.write(to, fingerprint, vectors);
    }
}
