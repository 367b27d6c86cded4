package dev.finetune4j.modelfiles.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.testkit.PythonPackages;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufWriterTest {
    @TempDir
    private Path folder;

    @Test
    void writesWhatTheReaderReads() throws IOException {
        Map<String, GgufValue> metadata = metadata();

        Path written = write(metadata, tensors());

        try (GgufFile file = GgufFile.open(written)) {
            assertThat(file.metadata().values()).isEqualTo(metadata);
            assertThat(List.copyOf(file.metadata().values().keySet())).isEqualTo(List.copyOf(metadata.keySet()));
            assertThat(file.tensors().keySet()).containsExactly("F32", "F16", "BF16", "Q8_0", "vector");
            assertThat(file.entry("Q8_0").shape()).containsExactly(5L, 64L);
            assertThat(file.entry("vector").shape()).containsExactly(3L);
            assertThat(TensorBytes.of(file, "vector").asFloatBuffer().get(2)).isEqualTo(-2.5f);
            for (Map.Entry<String, WritableTensor> tensor : tensors().entrySet()) {
                ByteBuffer bytes = tensor.getValue().pieces().iterator().next();
                assertThat(TensorBytes.of(file, tensor.getKey()))
                        .as(tensor.getKey())
                        .isEqualTo(bytes);
            }
        }
    }

    @Test
    void writesTheSameBytesEachTime() throws IOException {
        byte[] first = Files.readAllBytes(write(metadata(), tensors()));

        assertThat(write(metadata(), tensors())).hasBinaryContent(first);
    }

    @Test
    void writesAFileWithoutTensors() throws IOException {
        try (GgufFile file = GgufFile.open(write(metadata(), Map.of()))) {
            assertThat(file.tensors()).isEmpty();
        }
    }

    @Test
    void refusesWhatGgufCannotHold() {
        WritableTensor bool = WritableTensor.ofBytes(TensorType.BOOL, List.of(1L), () -> ByteBuffer.allocate(1));
        WritableTensor isShort = WritableTensor.ofBytes(TensorType.F32, List.of(2L), () -> ByteBuffer.allocate(4));

        assertRefused("key a must be 0 to 2^32 - 1, was -1", Map.of("a", new GgufValue.Whole(-1)), Map.of());
        assertRefused(
                "key a must be 0 to 2^32 - 1, was 4294967296", Map.of("a", new GgufValue.Whole(1L << 32)), Map.of());
        assertRefused("key a must be no list of lists", Map.of("a", new GgufValue.Nested(List.of())), Map.of());
        assertRefused("tensor t must be of a type that GGUF has, was BOOL", Map.of(), Map.of("t", bool));
        assertRefused("tensor t must have 8 bytes, was 4", Map.of(), Map.of("t", isShort));
    }

    @Tag("slow")
    @Test
    void thePackageOfLlamaCppReadsTheSame() throws Exception {
        Path written = write(metadata(), tensors());

        String told = PythonPackages.of("foreign-requirements.txt").output("read_gguf.py", written.toAbsolutePath());

        assertThat(told.lines())
                .containsExactly(
                        "general.name = 'a name'",
                        "some.whole = 4294967295",
                        "some.real = 0.5",
                        "some.truth = True",
                        "some.texts = ['one', 'zwölf', '']",
                        "some.wholes = [1, -3]",
                        "some.reals = [0.25, -1.0]",
                        "F32 F32 [64, 5] as quantized from F32",
                        "F16 F16 [64, 5] as quantized from F32",
                        "BF16 BF16 [64, 5] as quantized from F32",
                        "Q8_0 Q8_0 [64, 5] as quantized from F32",
                        "vector F32 [3]");
    }

    private void assertRefused(String message, Map<String, GgufValue> metadata, Map<String, WritableTensor> tensors) {
        assertThatThrownBy(() -> write(metadata, tensors))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    private static Map<String, GgufValue> metadata() {
        Map<String, GgufValue> metadata = new LinkedHashMap<>();
        metadata.put("general.name", new GgufValue.Text("a name"));
        metadata.put("some.whole", new GgufValue.Whole(4_294_967_295L));
        metadata.put("some.real", new GgufValue.Real(0.5));
        metadata.put("some.truth", new GgufValue.Truth(true));
        metadata.put("some.texts", new GgufValue.Texts(List.of("one", "zwölf", "")));
        metadata.put("some.wholes", new GgufValue.Wholes(new long[] {1, -3}));
        metadata.put("some.reals", new GgufValue.Reals(new double[] {0.25, -1}));
        return metadata;
    }

    /** The same numbers in each type, of all sizes that a half holds. */
    private static Map<String, WritableTensor> tensors() {
        SplittableRandom random = new SplittableRandom(7);
        float[] floats = new float[5 * 64];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) ((random.nextDouble() - 0.5) * Math.pow(2, random.nextInt(-26, 17)));
        }
        Arrays.fill(floats, 0, 32, 0); // a block without a scale
        Map<String, WritableTensor> tensors = new LinkedHashMap<>();
        Stream.of(TensorType.F32, TensorType.F16, TensorType.BF16, TensorType.Q8_0)
                .forEach(type -> tensors.put(
                        type.name(), WritableTensor.ofBytes(type, List.of(5L, 64L), () -> encoded(type, floats))));
        tensors.put("vector", WritableTensor.ofFloats(List.of(3L), () -> new float[] {1, 2, -2.5f}));
        return tensors;
    }

    private static ByteBuffer encoded(TensorType type, float[] floats) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(type.bytesOf(floats.length)));
        FloatEncoding.encode(type, FloatBuffer.wrap(floats), bytes);
        return bytes.flip();
    }

    private Path write(Map<String, GgufValue> metadata, Map<String, WritableTensor> tensors) throws IOException {
        Path file = folder.resolve("out.gguf");
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            GgufWriter.write(channel, metadata, tensors);
        }
        return file;
    }
}
