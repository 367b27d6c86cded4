package dev.finetune4j.modelfiles.weights;

import java.nio.file.Path;
import java.util.List;

/**
 * One tensor of a weight file, as its header describes it. The reader has checked that the bytes lie in the file and are as many
 * as shape and type need.
 *
 * @param name the tensor's name in the file
 * @param type how its elements are stored
 * @param shape lengths of the axes, outermost first (row-major, as PyTorch prints it; GGUF's order is turned round); empty for a
 *     scalar
 * @param file the file that holds the bytes
 * @param offset first byte, counted from the start of {@code file}
 * @param bytes how many bytes
 */
public record TensorEntry(String name, TensorType type, List<Long> shape, Path file, long offset, long bytes) {
    /** Copies the shape. */
    public TensorEntry {
        shape = List.copyOf(shape);
    }

    /** The product of the axes. */
    public long elements() {
        return product(shape);
    }

    /**
     * The product of lengths; 1 for none.
     *
     * @throws ArithmeticException if it exceeds a {@code long}
     */
    static long product(List<Long> lengths) {
        long product = 1;
        for (long length : lengths) {
            product = Math.multiplyExact(product, length);
        }
        return product;
    }
}
