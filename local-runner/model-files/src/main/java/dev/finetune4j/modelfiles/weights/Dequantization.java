package dev.finetune4j.modelfiles.weights;

import dev.finetune4j.modelfiles.ModelFilesProblems;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * Turns stored weights into floats. Quantized formats as ggml decodes them (<a
 * href="https://github.com/ggml-org/ggml/blob/master/src/ggml-quants.c">ggml-quants.c</a>), in the same order of operations, so
 * that the floats are bit for bit those of the reference.
 */
public final class Dequantization {
    private Dequantization() {}

    /**
     * Whether a format can be decoded.
     *
     * @param type the format
     */
    public static boolean isSupported(TensorType type) {
        return switch (type) {
            case F64, F32, F16, BF16, Q4_0, Q4_1, Q8_0, Q4_K, Q6_K -> true;
            case F8_E4M3, F8_E5M2, I64, I32, I16, I8, U64, U32, U16, U8, BOOL -> false;
            case Q5_0, Q5_1, Q2_K, Q3_K, Q5_K, IQ4_NL, IQ4_XS -> false;
        };
    }

    /**
     * Decodes whole blocks.
     *
     * @param type the format
     * @param source the bytes from position to limit: whole blocks; its position moves to its limit
     * @param target takes all the floats from its position on; may lie in native memory
     * @throws dev.finetune4j.error.FineTuneException with FT0409 if the format is not supported
     * @throws IllegalArgumentException if the bytes are no whole blocks, or the target is too small
     */
    public static void decode(TensorType type, ByteBuffer source, FloatBuffer target) {
        if (!isSupported(type)) {
            throw ModelFilesProblems.TENSOR_TYPE
                    .error("weights of type " + type + " are not read")
                    .asException();
        }
        int blocks = source.remaining() / type.blockBytes();
        if (source.remaining() % type.blockBytes() != 0 || (long) blocks * type.blockElements() > target.remaining()) {
            throw new IllegalArgumentException("source must hold whole blocks of " + type.blockBytes()
                    + " bytes that fit the target, was " + source.remaining() + " bytes for " + target.remaining()
                    + " floats");
        }
        source.order(ByteOrder.LITTLE_ENDIAN);
        if (type == TensorType.F32) {
            target.put(source.asFloatBuffer());
            source.position(source.limit());
            return;
        }
        float[] block = new float[type.blockElements()];
        for (int i = 0; i < blocks; i++) {
            decodeBlock(type, source, block);
            target.put(block);
        }
    }

    /**
     * Reads and decodes part of a stored tensor.
     *
     * @param file where it is stored
     * @param tensor one of its entries
     * @param from first element, which begins a block, counted from the tensor's first
     * @param elements how many, in whole blocks
     * @return the floats [elements]
     * @throws dev.finetune4j.error.FineTuneException with FT0409 if the format is not supported, FT0402 if the file cannot be read
     * @throws ArithmeticException if these are no whole blocks
     * @throws IllegalArgumentException if the tensor has fewer elements
     */
    public static float[] read(WeightFile file, TensorEntry tensor, long from, int elements) {
        TensorType type = tensor.type();
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(type.bytesOf(elements)));
        file.read(tensor.name(), type.bytesOf(from), bytes);
        float[] floats = new float[elements];
        decode(type, bytes.flip(), FloatBuffer.wrap(floats));
        return floats;
    }

    private static void decodeBlock(TensorType type, ByteBuffer source, float[] block) {
        switch (type) {
            case F64 -> block[0] = (float) source.getDouble();
            case F16 -> block[0] = HalfFloat.toFloat(source.getShort());
            case BF16 -> block[0] = HalfFloat.bfloatToFloat(source.getShort());
            case Q4_0 -> QuantizedBlocks.q4WithScale(source, block);
            case Q4_1 -> QuantizedBlocks.q4WithScaleAndMinimum(source, block);
            case Q8_0 -> QuantizedBlocks.q8WithScale(source, block);
            case Q4_K -> QuantizedBlocks.q4SuperBlock(source, block);
            case Q6_K -> QuantizedBlocks.q6SuperBlock(source, block);
            default -> throw new IllegalStateException(type + " has no block decoder");
        }
    }
}
