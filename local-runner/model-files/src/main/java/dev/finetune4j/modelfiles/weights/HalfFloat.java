package dev.finetune4j.modelfiles.weights;

/** The two 16-bit float formats; JDK 17 has neither. */
final class HalfFloat {
    private static final float SMALLEST_SUBNORMAL = 0x1p-24f;

    /** Bits of the single 2^-14, the smallest half that is not subnormal. */
    private static final int SMALLEST_NORMAL = 0x3880_0000;

    /** Bits of the single 65,520, half way between the largest half and what would be the next. */
    private static final int OVERFLOW = 0x477f_f000;

    private HalfFloat() {}

    /** IEEE 754 half: 1 sign, 5 exponent, 10 fraction bits. */
    static float toFloat(short half) {
        int sign = (half & 0x8000) << 16;
        int exponent = (half >>> 10) & 0x1f;
        int fraction = half & 0x3ff;
        if (exponent == 0) {
            float magnitude = fraction * SMALLEST_SUBNORMAL;
            return sign == 0 ? magnitude : -magnitude;
        }
        int wideExponent = exponent == 0x1f ? 0xff : exponent - 15 + 127;
        return Float.intBitsToFloat(sign | wideExponent << 23 | fraction << 13);
    }

    /** The nearest half, to even at a tie; infinite from 65,520 on; NaN stays NaN. */
    static short toHalf(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = (bits >>> 16) & 0x8000;
        int magnitude = bits & 0x7fff_ffff;
        if (magnitude > 0x7f80_0000) {
            return (short) (sign | 0x7e00);
        }
        if (magnitude >= OVERFLOW) {
            return (short) (sign | 0x7c00);
        }
        if (magnitude < SMALLEST_NORMAL) {
            return (short) (sign | (int) Math.rint(Math.abs(value) / SMALLEST_SUBNORMAL));
        }
        int rebased = magnitude - ((127 - 15) << 23);
        int tie = (rebased >>> 13) & 1;
        return (short) (sign | ((rebased + 0xfff + tie) >>> 13));
    }

    /** The nearest brain float, to even at a tie; NaN stays NaN. */
    static short toBfloat(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) ((bits >>> 16) | 0x40);
        }
        int tie = (bits >>> 16) & 1;
        return (short) ((bits + 0x7fff + tie) >>> 16);
    }

    /** The upper half of a single. */
    static float bfloatToFloat(short bfloat) {
        return Float.intBitsToFloat(bfloat << 16);
    }
}
