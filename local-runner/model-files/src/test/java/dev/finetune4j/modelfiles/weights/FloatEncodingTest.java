package dev.finetune4j.modelfiles.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FloatEncodingTest {
    @Test
    void everyHalfComesBackAsItWas() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            float value = HalfFloat.toFloat((short) bits);
            short back = HalfFloat.toHalf(value);
            if (Float.isNaN(value)) {
                assertThat(HalfFloat.toFloat(back)).isNaN();
            } else {
                assertThat(back).as("half %x", bits).isEqualTo((short) bits);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "65504, 7bff",
        "65519.99, 7bff",
        "65520, 7c00",
        "-1e9, fc00",
        "1.00048828125, 3c00", // half way between 1 and the next half: to the even one
        "1.00146484375, 3c02",
        "2.9802322387695312e-8, 0", // half of the smallest half
        "2.98023258404805e-8, 1",
        "-6.103515625e-5, 8400",
        "6.1005353927612305e-5, 400", // half way to the smallest normal half
        "6.1e-5, 3ff"
    })
    void takesTheNearestHalf(float value, String half) {
        assertThat(Integer.toHexString(HalfFloat.toHalf(value) & 0xffff)).isEqualTo(half);
    }

    @Test
    void halvesAreAtMostHalfAStepOff() {
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 100_000; i++) {
            float value = (float) (random.nextDouble(1, 2) * Math.pow(2, random.nextInt(-14, 15)));
            assertThat(HalfFloat.toFloat(HalfFloat.toHalf(value)) / value - 1).isBetween(-0x1p-11f, 0x1p-11f);
        }
    }

    @Test
    void eightBitsAreAtMostHalfAStepOff() {
        SplittableRandom random = new SplittableRandom(4);
        float[] block = new float[32];
        for (int i = 0; i < 32; i++) {
            block[i] = (float) random.nextDouble(-3, 3);
        }
        block[9] = -3.25f;
        ByteBuffer bytes = ByteBuffer.allocate(34);
        float[] back = new float[32];

        FloatEncoding.encode(TensorType.Q8_0, FloatBuffer.wrap(block), bytes);
        Dequantization.decode(TensorType.Q8_0, bytes.flip(), FloatBuffer.wrap(back));

        for (int i = 0; i < 32; i++) {
            // the scale is off as well, by half a step of a half
            assertThat(Math.abs(back[i] - block[i])).isLessThanOrEqualTo(3.25f / 127 / 2 + 3.25f * 0x1p-11f);
        }
        assertThat(bytes.order(ByteOrder.LITTLE_ENDIAN).get(2 + 9)).isEqualTo((byte) -127);
    }

    @Test
    void refusesTypesThatAreNotWritten() {
        assertThatThrownBy(() ->
                        FloatEncoding.encode(TensorType.Q4_K, FloatBuffer.allocate(256), ByteBuffer.allocate(144)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("type must be F32, F16, BF16 or Q8_0, was Q4_K");
    }
}
