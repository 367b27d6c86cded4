package dev.finetune4j.modelfiles.weights;

import java.nio.ByteBuffer;

/**
 * One block of each quantized format. Every method reads the block at the source's position, moves the position past it, and fills
 * {@code block}. Names follow ggml: {@code d} is the scale, {@code min} the minimum.
 */
final class QuantizedBlocks {
    private static final int HALF_BLOCK = 16;
    private static final int SUPER_BLOCK = 256;

    private QuantizedBlocks() {}

    /** Q4_0: d, then 16 bytes; the low nibbles are elements 0 to 15, the high nibbles 16 to 31. */
    static void q4WithScale(ByteBuffer source, float[] block) {
        float d = HalfFloat.toFloat(source.getShort());
        for (int i = 0; i < HALF_BLOCK; i++) {
            int pair = source.get() & 0xff;
            block[i] = ((pair & 0xf) - 8) * d;
            block[i + HALF_BLOCK] = ((pair >>> 4) - 8) * d;
        }
    }

    /** Q4_1: d, min, then nibbles as in Q4_0. */
    static void q4WithScaleAndMinimum(ByteBuffer source, float[] block) {
        float d = HalfFloat.toFloat(source.getShort());
        float min = HalfFloat.toFloat(source.getShort());
        for (int i = 0; i < HALF_BLOCK; i++) {
            int pair = source.get() & 0xff;
            block[i] = (pair & 0xf) * d + min;
            block[i + HALF_BLOCK] = (pair >>> 4) * d + min;
        }
    }

    /** Q8_0: d, then 32 signed bytes. */
    static void q8WithScale(ByteBuffer source, float[] block) {
        float d = HalfFloat.toFloat(source.getShort());
        for (int i = 0; i < block.length; i++) {
            block[i] = source.get() * d;
        }
    }

    /** Q4_K: d, dmin, 12 bytes with eight 6-bit scales and minimums, then 128 bytes of nibbles, 64 elements in 32 bytes. */
    static void q4SuperBlock(ByteBuffer source, float[] block) {
        float d = HalfFloat.toFloat(source.getShort());
        float dmin = HalfFloat.toFloat(source.getShort());
        int[] packed = new int[12];
        for (int i = 0; i < packed.length; i++) {
            packed[i] = source.get() & 0xff;
        }
        for (int pair = 0; pair < 4; pair++) {
            float lowScale = d * scale(packed, 2 * pair);
            float lowMin = dmin * minimum(packed, 2 * pair);
            float highScale = d * scale(packed, 2 * pair + 1);
            float highMin = dmin * minimum(packed, 2 * pair + 1);
            for (int i = 0; i < 32; i++) {
                int nibbles = source.get() & 0xff;
                block[64 * pair + i] = lowScale * (nibbles & 0xf) - lowMin;
                block[64 * pair + 32 + i] = highScale * (nibbles >>> 4) - highMin;
            }
        }
    }

    private static int scale(int[] packed, int j) {
        return j < 4 ? packed[j] & 63 : (packed[j + 4] & 0xf) | ((packed[j - 4] >>> 6) << 4);
    }

    private static int minimum(int[] packed, int j) {
        return j < 4 ? packed[j + 4] & 63 : (packed[j + 4] >>> 4) | ((packed[j] >>> 6) << 4);
    }

    /** Q6_K: 128 bytes of low nibbles, 64 bytes of upper bit pairs, 16 signed scales, d. */
    static void q6SuperBlock(ByteBuffer source, float[] block) {
        int start = source.position();
        int scales = start + 192;
        float d = HalfFloat.toFloat(source.getShort(scales + 16));
        for (int half = 0; half < 2; half++) {
            for (int i = 0; i < 32; i++) {
                int near = source.get(start + 64 * half + i) & 0xff;
                int far = source.get(start + 64 * half + 32 + i) & 0xff;
                int upper = source.get(start + 128 + 32 * half + i) & 0xff;
                int at = SUPER_BLOCK / 2 * half + i;
                int scale = scales + 8 * half + i / 16;
                block[at] = d * source.get(scale) * (((near & 0xf) | ((upper & 3) << 4)) - 32);
                block[at + 32] = d * source.get(scale + 2) * (((far & 0xf) | (((upper >>> 2) & 3) << 4)) - 32);
                block[at + 64] = d * source.get(scale + 4) * (((near >>> 4) | (((upper >>> 4) & 3) << 4)) - 32);
                block[at + 96] = d * source.get(scale + 6) * (((far >>> 4) | ((upper >>> 6) << 4)) - 32);
            }
        }
        source.position(scales + 18);
    }
}
