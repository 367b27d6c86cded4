package dev.finetune4j.modelfiles.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A tensor that is made as it is written.
 *
 * @param type how elements are stored
 * @param shape lengths of the axes, outermost first
 * @param pieces give the little-endian bytes, piece by piece, when their turn comes; each piece may lie in the memory of the last
 */
public record WritableTensor(TensorType type, List<Long> shape, Iterable<ByteBuffer> pieces) {
    /** Copies the shape. */
    public WritableTensor {
        shape = List.copyOf(shape);
    }

    /** A tensor whose bytes come at once. */
    public static WritableTensor ofBytes(TensorType type, List<Long> shape, Supplier<ByteBuffer> bytes) {
        return new WritableTensor(
                type, shape, () -> Stream.generate(bytes).limit(1).iterator());
    }

    /** A tensor of 32-bit floats. */
    public static WritableTensor ofFloats(List<Long> shape, Supplier<float[]> floats) {
        return ofBytes(TensorType.F32, shape, () -> {
            float[] values = floats.get();
            ByteBuffer bytes =
                    ByteBuffer.allocate(Math.multiplyExact(values.length, 4)).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(values);
            return bytes;
        });
    }

    /** Bytes that shape and type need. */
    long size() {
        return type.bytesOf(TensorEntry.product(shape));
    }

    /**
     * Writes all pieces.
     *
     * @throws IllegalArgumentException if they have another number of bytes than the shape needs
     */
    void writeTo(WritableByteChannel target, String name) throws IOException {
        long written = 0;
        for (ByteBuffer piece : pieces) {
            written += piece.remaining();
            writeFully(target, piece);
        }
        if (written != size()) {
            throw new IllegalArgumentException("tensor " + name + " must have " + size() + " bytes, was " + written);
        }
    }

    static void writeFully(WritableByteChannel target, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            target.write(bytes);
        }
    }
}
