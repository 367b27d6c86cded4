package dev.finetune4j.training.model.weights;

import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.modelfiles.weights.TensorEntry;
import dev.finetune4j.modelfiles.weights.TensorType;
import dev.finetune4j.modelfiles.weights.WeightFile;
import dev.finetune4j.training.model.ModelProblems;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Optional;

/**
 * Looks for weights that are no finite numbers: among those that were read, or in a file without loading it. Of a file quantized blocks are
 * passed over, and models whose weights take longer to read than a person waits for a check: loading looks at all of them.
 */
public final class FiniteWeights {
    /** Some seconds of reading. */
    private static final long MOST_BYTES = 4L << 30;

    private static final int PIECE_BYTES = 1 << 20;

    private final WeightFile file;
    private final ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES).order(ByteOrder.LITTLE_ENDIAN);

    private FiniteWeights(WeightFile file) {
        this.file = file;
    }

    /** FT0474 for the first weight that is none, if there is one. */
    public static Optional<Problem> refusal(WeightFile file) {
        List<TensorEntry> plain =
                file.tensors().values().stream().filter(FiniteWeights::isPlain).toList();
        if (plain.stream().mapToLong(TensorEntry::bytes).sum() > MOST_BYTES) {
            return Optional.empty();
        }
        FiniteWeights weights = new FiniteWeights(file);
        return plain.stream()
                .flatMap(tensor -> weights.firstInfinite(tensor).stream())
                .findFirst();
    }

    /**
     * Refuses numbers that were read from a tensor and are not all finite.
     *
     * @param from place of the first of them in the tensor
     * @param numbers from 0 to the limit
     * @throws dev.finetune4j.error.FineTuneException with FT0474 for the first that is not
     */
    public static void refuseInfinite(TensorEntry tensor, long from, FloatBuffer numbers) {
        for (int place = 0; place < numbers.limit(); place++) {
            if (!Float.isFinite(numbers.get(place))) {
                throw problem(tensor, tensor.name() + " holds " + numbers.get(place), from + place)
                        .asException();
            }
        }
    }

    private static boolean isPlain(TensorEntry tensor) {
        return tensor.type() == TensorType.F32 || tensor.type() == TensorType.F16 || tensor.type() == TensorType.BF16;
    }

    private Optional<Problem> firstInfinite(TensorEntry tensor) {
        for (long from = 0; from < tensor.bytes(); from += PIECE_BYTES) {
            piece.clear().limit((int) Math.min(PIECE_BYTES, tensor.bytes() - from));
            file.read(tensor.name(), from, piece);
            piece.flip();
            int place = firstInfinite(Lanes.of(tensor.type()));
            if (place >= 0) {
                return Optional.of(problem(
                        tensor,
                        tensor.name() + " holds a weight that is no finite number",
                        from / (tensor.bytes() / tensor.elements()) + place));
            }
        }
        return Optional.empty();
    }

    /** The place of the first number of the piece that is not finite, or -1. */
    private int firstInfinite(Lanes lanes) {
        int at = 0;
        while (at + Long.BYTES <= piece.limit() && !lanes.hasInfinite(piece.getLong(at))) {
            at += Long.BYTES;
        }
        for (; at < piece.limit(); at += lanes.bytes()) {
            if (lanes.isInfinite(piece, at)) {
                return at / lanes.bytes();
            }
        }
        return -1;
    }

    /**
     * Numbers that lie side by side in eight bytes. A number is an infinity or NaN where every bit of its exponent is set.
     *
     * @param bytes of a number, 2 or 4
     * @param exponent its bits of the exponent
     */
    private record Lanes(int bytes, long exponent) {
        static Lanes of(TensorType type) {
            return switch (type) {
                case F32 -> new Lanes(Float.BYTES, 0x7F80_0000L);
                case BF16 -> new Lanes(Short.BYTES, 0x7F80L);
                case F16 -> new Lanes(Short.BYTES, 0x7C00L);
                default -> throw new IllegalArgumentException("type must be F32, F16 or BF16, was " + type);
            };
        }

        /** Looks at all of them at once: a lane without an unset bit is zero, and only below a zero lane does the borrow reach its top. */
        boolean hasInfinite(long eight) {
            long ones = bytes == Short.BYTES ? 0x0001_0001_0001_0001L : 0x0000_0001_0000_0001L;
            long unset = ~eight & (exponent * ones);
            long tops = ones << (bytes * Byte.SIZE - 1);
            return ((unset - ones) & ~unset & tops) != 0;
        }

        boolean isInfinite(ByteBuffer numbers, int at) {
            long number = bytes == Short.BYTES ? numbers.getShort(at) : numbers.getInt(at);
            return (number & exponent) == exponent;
        }
    }

    private static Problem problem(TensorEntry tensor, String summary, long element) {
        return ModelProblems.WEIGHT_VALUE
                .error(summary)
                .at(Location.of(tensor.file().toString()))
                .because("it is element " + element + " of " + tensor.elements())
                .build();
    }
}
