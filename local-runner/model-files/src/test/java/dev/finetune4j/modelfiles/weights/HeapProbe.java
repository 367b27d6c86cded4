package dev.finetune4j.modelfiles.weights;

import java.nio.file.Path;

/** Opens a weight file in a process of its own, whose heap is as large as it was started with; ends with 1 if that was too small. */
final class HeapProbe {
    static final int OUT_OF_MEMORY = 1;

    private HeapProbe() {}

    public static void main(String[] arguments) {
        try (WeightFile weights = WeightFile.open(Path.of(arguments[0]))) {
            System.exit(weights.tensors().isEmpty() ? 2 : 0);
        } catch (OutOfMemoryError e) {
            System.exit(OUT_OF_MEMORY);
        } catch (RuntimeException e) {
            System.exit(3);
        }
    }
}
