package dev.finetune4j.modelfiles.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/** Turns floats into the number formats that weights are written in. */
public final class FloatEncoding {
    private FloatEncoding() {}

    /**
     * Encodes floats.
     *
     * @param type F32, F16, BF16 or Q8_0
     * @param source from position to limit, whole blocks; its position moves to its limit
     * @param target takes all the bytes from its position on
     */
    public static void encode(TensorType type, FloatBuffer source, ByteBuffer target) {
        target.order(ByteOrder.LITTLE_ENDIAN);
        switch (type) {
            case F32 -> {
                int floats = source.remaining();
                target.asFloatBuffer().put(source);
                target.position(target.position() + floats * Float.BYTES);
            }
            case F16 -> {
                while (source.hasRemaining()) {
                    target.putShort(HalfFloat.toHalf(source.get()));
                }
            }
            case BF16 -> {
                while (source.hasRemaining()) {
                    target.putShort(HalfFloat.toBfloat(source.get()));
                }
            }
            case Q8_0 -> {
                float[] block = new float[type.blockElements()];
                while (source.hasRemaining()) {
                    source.get(block);
                    q8WithScale(block, target);
                }
            }
            default -> throw new IllegalArgumentException("type must be F32, F16, BF16 or Q8_0, was " + type);
        }
    }

    /**
     * One block as {@code quantize_row_q8_0_ref} of <a
     * href="https://github.com/ggml-org/ggml/blob/master/src/ggml-quants.c">ggml-quants.c</a> writes it: d, the largest magnitude / 127,
     * as a half, then x / d of each element, rounded half away from zero by the d that was not yet a half.
     */
    private static void q8WithScale(float[] block, ByteBuffer target) {
        float largest = 0;
        for (float value : block) {
            largest = Math.max(largest, Math.abs(value));
        }
        float d = largest / 127;
        float inverse = d == 0 ? 0 : 1 / d;
        target.putShort(HalfFloat.toHalf(d));
        for (float value : block) {
            float scaled = value * inverse;
            target.put((byte) Math.copySign(Math.floor(Math.abs((double) scaled) + 0.5), scaled));
        }
    }
}
