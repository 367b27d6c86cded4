package dev.finetune4j.modelfiles.decoder;

import java.util.Arrays;
import java.util.List;

/**
 * A tensor that the configuration calls for.
 *
 * @param name its name in the weight file
 * @param shape lengths of its axes, outermost first
 */
public record ExpectedTensor(String name, List<Long> shape) {
    /** Copies the shape. */
    public ExpectedTensor {
        shape = List.copyOf(shape);
    }

    /** The product of the axes. */
    public long elements() {
        return shape.stream().reduce(1L, Math::multiplyExact);
    }

    /** A vector of {@code shape[0]} elements, or a matrix [{@code shape[0]}, {@code shape[1]}]. */
    static ExpectedTensor of(String name, long... shape) {
        return new ExpectedTensor(name, Arrays.stream(shape).boxed().toList());
    }
}
