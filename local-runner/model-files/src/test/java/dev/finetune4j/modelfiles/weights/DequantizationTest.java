package dev.finetune4j.modelfiles.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.error.FineTuneException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The fixtures are made by src/test/python/make_weight_fixtures.py with the reference libraries. */
class DequantizationTest {
    private static final Path FIXTURES = Path.of("src/test/resources/dev/finetune4j/modelfiles/weights");

    @ParameterizedTest
    @EnumSource(
            value = TensorType.class,
            names = {"F32", "F16", "BF16", "Q4_0", "Q4_1", "Q8_0", "Q4_K", "Q6_K"})
    void decodesEveryFormatAsThePythonReference(TensorType type) {
        String name = "weight." + type;
        try (WeightFile stored = WeightFile.open(FIXTURES.resolve("every-type.gguf"));
                WeightFile reference = WeightFile.open(FIXTURES.resolve("every-type.safetensors"))) {
            TensorEntry entry = stored.entry(name);
            FloatBuffer decoded = FloatBuffer.allocate((int) entry.elements());

            Dequantization.decode(entry.type(), TensorBytes.of(stored, name), decoded);

            assertThat(entry.type()).isEqualTo(type);
            assertThat(entry.shape()).isEqualTo(reference.entry(name).shape());
            FloatBuffer expected = TensorBytes.of(reference, name).asFloatBuffer();
            for (int i = 0; i < entry.elements(); i++) {
                assertThat(decoded.get(i)).as("element %d", i).isEqualTo(expected.get(i));
            }
            int row = entry.shape().get(1).intValue();
            assertThat(Dequantization.read(stored, entry, row, row))
                    .as("the second row")
                    .isEqualTo(Arrays.copyOfRange(decoded.array(), row, 2 * row));
        }
    }

    @Test
    void refusesFormatsThatItCannotDecode() {
        assertThatThrownBy(() ->
                        Dequantization.decode(TensorType.Q5_K, ByteBuffer.allocate(176), FloatBuffer.allocate(256)))
                .isInstanceOf(FineTuneException.class)
                .hasMessageContaining("FT0409")
                .hasMessageContaining("Q5_K");
    }

    @Test
    void refusesBrokenBlocksAndSmallTargets() {
        assertThatThrownBy(
                        () -> Dequantization.decode(TensorType.Q4_0, ByteBuffer.allocate(19), FloatBuffer.allocate(64)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("19 bytes");
        assertThatThrownBy(
                        () -> Dequantization.decode(TensorType.Q4_0, ByteBuffer.allocate(36), FloatBuffer.allocate(63)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("63 floats");
    }
}
