package dev.finetune4j.modelfiles.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** NF4 against numbers that nf4_reference.py computed, which equal those of bitsandbytes. */
class NormalFloat4Test {
    @ParameterizedTest
    @ValueSource(strings = {"wide", "odd"})
    void aRoundTripGivesTheNumbersOfTheReference(String name) {
        float[] weights = stored(name);
        NormalFloat4 quantized = quantize(weights, weights.length);
        float[] back = new float[weights.length];

        quantized.read(0, FloatBuffer.wrap(back));

        assertThat(back).containsExactly(stored(name + ".quantized"));
    }

    @Test
    void piecesGiveWhatTheWholeGives() {
        float[] weights = stored("odd");
        NormalFloat4 quantized = quantize(weights, 3 * NormalFloat4.BLOCK);
        float[] part = new float[101];

        quantized.read(77, FloatBuffer.wrap(part));

        assertThat(part).containsExactly(Arrays.copyOfRange(stored("odd.quantized"), 77, 77 + 101));
    }

    @Test
    void levelsAreThoseOfTheReference() {
        assertThat(NormalFloat4.levels()).containsExactly(stored("levels"));
    }

    @Test
    void takesLittleMoreThanHalfAByteForAnElement() {
        assertThat(NormalFloat4.bytesOf(1 << 20)).isEqualTo((1 << 19) + (1 << 14) + (1 << 8) + 4);
    }

    private static NormalFloat4 quantize(float[] weights, int piece) {
        NormalFloat4 quantized = new NormalFloat4(
                weights.length, bytes -> ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder()));
        for (int from = 0; from < weights.length; from += piece) {
            quantized.add(FloatBuffer.wrap(weights, from, Math.min(piece, weights.length - from)));
        }
        quantized.finish();
        return quantized;
    }

    private static float[] stored(String name) {
        try (SafetensorsFile file = SafetensorsFile.open(
                Path.of(NormalFloat4Test.class.getResource("nf4.safetensors").toURI()))) {
            TensorEntry entry = file.entry(name);
            ByteBuffer bytes = ByteBuffer.allocate((int) entry.bytes()).order(ByteOrder.LITTLE_ENDIAN);
            file.read(name, 0, bytes);
            float[] floats = new float[(int) entry.elements()];
            bytes.flip().asFloatBuffer().get(floats);
            return floats;
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
