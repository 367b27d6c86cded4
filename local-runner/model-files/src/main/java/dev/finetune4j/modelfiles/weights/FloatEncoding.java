package dev.finetune4j.modelfiles.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/** Turns floats into the plain number formats that weights are written in. */
public final class FloatEncoding {
    private FloatEncoding() {}

    /**
     * Encodes floats as numbers of a plain format.
     *
     * @param type F32 or BF16
     * @param source from position to limit; its position moves to its limit
     * @param target takes all the bytes from its position on
     */
    public static void encode(TensorType type, FloatBuffer source, ByteBuffer target) {
        target.order(ByteOrder.LITTLE_ENDIAN);
        if (type == TensorType.F32) {
            int floats = source.remaining();
            target.asFloatBuffer().put(source);
            target.position(target.position() + floats * Float.BYTES);
        } else if (type == TensorType.BF16) {
            while (source.hasRemaining()) {
                target.putShort(HalfFloat.toBfloat(source.get()));
            }
        } else {
            throw new IllegalArgumentException("type must be F32 or BF16, was " + type);
        }
    }
}
