package dev.finetune4j.training.model.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.error.Problem;
import dev.finetune4j.modelfiles.weights.SafetensorsWriter;
import dev.finetune4j.modelfiles.weights.TensorType;
import dev.finetune4j.modelfiles.weights.WeightFile;
import dev.finetune4j.modelfiles.weights.WritableTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** NaN and infinity are found in each plain format, wherever they stand; the largest numbers are none of them. */
class FiniteWeightsTest {
    /** An odd number, so that the last bytes are no full eight. */
    private static final int ELEMENTS = 7;

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "F32,  7F7FFFFF, 7F800000", "F32,  FF7FFFFF, FFC00001", // largest numbers; infinity, NaN
        "BF16, 7F7F,     7F80", "BF16, FF7F,     FFC1",
        "F16,  7BFF,     7C00", "F16,  FBFF,     FE01"
    })
    void findsTheOneThatIsNotFinite(TensorType type, String largest, String notFinite) throws IOException {
        assertThat(refusal(type, largest, largest, 0)).isEmpty();
        for (int place = 0; place < ELEMENTS; place++) {
            Problem problem = refusal(type, largest, notFinite, place).orElseThrow();

            assertThat(problem.code()).isEqualTo("FT0474");
            assertThat(problem.causes()).containsExactly("it is element " + place + " of " + ELEMENTS);
        }
    }

    /** What is said of a tensor of one number, in hexadecimal, with another at one place. */
    private Optional<Problem> refusal(TensorType type, String usual, String odd, int place) throws IOException {
        int bytes = type == TensorType.F32 ? Float.BYTES : Short.BYTES;
        ByteBuffer numbers = ByteBuffer.allocate(ELEMENTS * bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < ELEMENTS; i++) {
            int bits = Integer.parseUnsignedInt(i == place ? odd : usual, 16);
            if (bytes == Float.BYTES) {
                numbers.putInt(bits);
            } else {
                numbers.putShort((short) bits);
            }
        }
        numbers.flip();
        Path file = folder.resolve("model.safetensors");
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            WritableTensor tensor = WritableTensor.ofBytes(
                    type, List.of((long) ELEMENTS), () -> numbers.duplicate().order(ByteOrder.LITTLE_ENDIAN));
            SafetensorsWriter.write(channel, Map.of("weight", tensor), Map.of());
        }
        try (WeightFile weights = WeightFile.open(file)) {
            return FiniteWeights.refusal(weights);
        }
    }
}
