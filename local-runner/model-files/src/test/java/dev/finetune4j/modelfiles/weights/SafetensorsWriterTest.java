package dev.finetune4j.modelfiles.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsWriterTest {
    private static final Path REFERENCE =
            Path.of("src/test/resources/dev/finetune4j/modelfiles/weights/written.safetensors");

    @TempDir
    private Path folder;

    @Test
    void writesTheBytesOfTheReferenceLibrary() throws IOException {
        Map<String, WritableTensor> tensors = new HashMap<>();
        tensors.put("z.weight", floats(List.of(2L, 3L), 0, 1, 2, 3, 4, 5));
        tensors.put("a.weight", floats(List.of(1L), 0.5f));
        tensors.put("scalar", floats(List.of(), 2.5f));
        tensors.put(
                "b.step",
                WritableTensor.ofBytes(
                        TensorType.I64,
                        List.of(1L),
                        () -> ByteBuffer.allocate(8)
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .putLong(0, 7)));
        tensors.put(
                "a.half",
                WritableTensor.ofBytes(
                        TensorType.F16, List.of(3L), () -> ByteBuffer.wrap(new byte[] {0, 0, 0, 0x3c, 0, 0x40})));

        Path written = write(tensors, Map.of("format", "pt"));

        assertThat(written).hasSameBinaryContentAs(REFERENCE);
    }

    @Test
    void writesWhatTheReaderReads() throws IOException {
        Path written = write(Map.of("w", floats(List.of(2L), 1.5f, -2f)), Map.of("rank", "16"));

        try (SafetensorsFile file = SafetensorsFile.open(written)) {
            assertThat(file.metadata()).containsExactly(Map.entry("rank", "16"));
            assertThat(TensorBytes.of(file, "w").asFloatBuffer().get(1)).isEqualTo(-2f);
            assertThat(file.entry("w").shape()).containsExactly(2L);
        }
    }

    @Test
    void refusesBytesThatDoNotFitTheShape() {
        assertThatThrownBy(() -> write(Map.of("w", floats(List.of(3L), 1)), Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tensor w must have 12 bytes, was 4");
    }

    @Test
    void refusesQuantizedTypes() {
        WritableTensor quantized = WritableTensor.ofBytes(TensorType.Q4_0, List.of(32L), () -> ByteBuffer.allocate(18));

        assertThatThrownBy(() -> write(Map.of("w", quantized), Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Q4_0");
    }

    private static WritableTensor floats(List<Long> shape, float... values) {
        return WritableTensor.ofFloats(shape, () -> values);
    }

    private Path write(Map<String, WritableTensor> tensors, Map<String, String> metadata) throws IOException {
        Path file = folder.resolve("out.safetensors");
        Files.deleteIfExists(file);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            SafetensorsWriter.write(channel, tensors, metadata);
        }
        return file;
    }
}
