package dev.finetune4j.modelfiles.weights;

/** The two 16-bit float formats; JDK 17 has neither. */
final class HalfFloat {
    private static final float SMALLEST_SUBNORMAL = 0x1p-24f;

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
