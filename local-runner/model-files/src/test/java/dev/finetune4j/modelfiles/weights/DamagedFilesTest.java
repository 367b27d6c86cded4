package dev.finetune4j.modelfiles.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.management.ThreadMXBean;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Weight files that lie: each is refused with its own code and message, and none makes the reader allocate what it claims. */
class DamagedFilesTest {
    static final Path FIXTURES = Path.of("src/test/resources/dev/finetune4j/modelfiles/weights");
    private static final long ALLOCATION_LIMIT = 16L << 20;
    private static final int FEW_MUTATIONS = 400;
    private static final int MANY_MUTATIONS = 5000;
    private static final String ONE = "{'dtype':'F32','shape':[2],'data_offsets':[0,8]}";

    @TempDir
    private Path folder;

    static Stream<HostileFile> damagedFiles() {
        List<HostileFile> files = new ArrayList<>();
        damagedHeaders(files);
        damagedLayouts(files);
        damagedGgufHeaders(files);
        damagedGgufLayouts(files);
        files.addAll(HostileSafetensors.files());
        files.addAll(HostileGguf.files());
        return files.stream();
    }

    /** The bytes of all files of a kind. */
    static List<byte[]> contents(String suffix) {
        return damagedFiles()
                .filter(file -> file.suffix().equals(suffix))
                .map(HostileFile::bytes)
                .toList();
    }

    private static void damagedHeaders(List<HostileFile> files) {
        header(files, "empty file", new byte[0], "0 bytes");
        header(files, "only part of the length", new byte[7], "7 bytes");
        header(files, "length of zero", new byte[8], "does not start with {");
        header(
                files,
                "length of 2^63",
                HostileFile.claimedLength(Long.MIN_VALUE, 20),
                "9223372036854775808 bytes claimed");
        header(files, "length of 2^64 - 1", HostileFile.claimedLength(-1, 20), "18446744073709551615 bytes claimed");
        header(files, "length over the limit", HostileFile.claimedLength(100_000_001, 20), "100000001 bytes claimed");
        header(
                files,
                "length beyond the file",
                HostileFile.claimedLength(1000, 20),
                "1000 bytes claimed; the file has 20");
        header(files, "not JSON", HostileFile.withHeader("{'a':", 0), "not the JSON");
        header(files, "a list", HostileFile.withHeader("[]", 0), "does not start with {");
        header(files, "a blank first", HostileFile.withHeader(" {}", 0), "does not start with {");
        header(files, "more after the end", HostileFile.withHeader("{}{}", 0), "goes on after");
        header(
                files,
                "duplicate tensor",
                HostileFile.withHeader("{'a':" + ONE + ",'a':" + ONE + "}", 8),
                "Duplicate field 'a'");
        header(
                files,
                "duplicate key",
                HostileFile.withHeader("{'a':{'dtype':'F32','dtype':'F32','shape':[2],'data_offsets':[0,8]}}", 8),
                "Duplicate");
        header(
                files,
                "deep nesting",
                HostileFile.withHeader("{'a':{'x':" + "[".repeat(5000) + "]".repeat(5000) + "}}", 0),
                "nesting depth");
        header(
                files,
                "unknown type",
                HostileFile.withHeader("{'a':{'dtype':'Q9','shape':[2],'data_offsets':[0,8]}}", 8),
                "dtype Q9");
        header(
                files,
                "quantized type",
                HostileFile.withHeader("{'a':{'dtype':'Q4_0','shape':[32],'data_offsets':[0,18]}}", 18),
                "dtype Q4_0");
        header(
                files,
                "no shape",
                HostileFile.withHeader("{'a':{'dtype':'F32','data_offsets':[0,8]}}", 8),
                "needs dtype, shape");
        header(
                files,
                "one offset",
                HostileFile.withHeader("{'a':{'dtype':'F32','shape':[2],'data_offsets':[0]}}", 8),
                "two data_offsets");
        header(
                files,
                "three offsets",
                HostileFile.withHeader("{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8,9]}}", 8),
                "at most 2 numbers");
        header(
                files,
                "text as offset",
                HostileFile.withHeader("{'a':{'dtype':'F32','shape':[2],'data_offsets':['0',8]}}", 8),
                "no whole number");
        header(
                files,
                "fraction as axis",
                HostileFile.withHeader("{'a':{'dtype':'F32','shape':[2.5],'data_offsets':[0,8]}}", 8),
                "no whole number");
        header(
                files,
                "negative axis",
                HostileFile.withHeader("{'a':{'dtype':'F32','shape':[-2],'data_offsets':[0,8]}}", 8),
                "found -2");
        header(
                files,
                "axis of 2^63",
                HostileFile.withHeader("{'a':{'dtype':'F32','shape':[9223372036854775808],'data_offsets':[0,8]}}", 8),
                "2^63");
        header(
                files,
                "65 axes",
                HostileFile.withHeader(
                        "{'a':{'dtype':'F32','shape':[" + "1,".repeat(64) + "1],'data_offsets':[0,4]}}", 4),
                "at most 64");
        header(files, "number as tensor", HostileFile.withHeader("{'a':7}", 0), "entry a is no object");
        header(
                files,
                "number as metadata",
                HostileFile.withHeader("{'__metadata__':{'a':7}}", 0),
                "metadata a is no text");
        header(
                files,
                "text as shape",
                HostileFile.withHeader("{'a':{'dtype':'F32','shape':'2','data_offsets':[0,8]}}", 8),
                "shape of tensor a is no list");
        byte[] notUtf8 = HostileFile.withHeader("{'a':" + ONE + "}", 8);
        notUtf8[10] = (byte) 0xff;
        header(files, "not UTF-8", notUtf8, "header");
        byte[] pointer =
                "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n".getBytes(StandardCharsets.UTF_8);
        header(files, "a Git LFS pointer", pointer, "bytes claimed");
    }

    private static void damagedLayouts(List<HostileFile> files) {
        layout(
                files,
                "hole at the start",
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[8,16]}}",
                16,
                "hole before tensor a");
        layout(
                files,
                "overlap",
                "{'a':" + ONE + ",'b':{'dtype':'F32','shape':[2],'data_offsets':[4,12]}}",
                12,
                "overlaps");
        layout(files, "same place twice", "{'a':" + ONE + ",'b':" + ONE + "}", 8, "overlaps");
        layout(
                files,
                "hole",
                "{'a':" + ONE + ",'b':{'dtype':'F32','shape':[2],'data_offsets':[12,20]}}",
                20,
                "hole before tensor b");
        layout(
                files,
                "end before begin",
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[8,0]}}",
                8,
                "ends before it begins");
        layout(
                files,
                "beyond the file",
                "{'a':{'dtype':'F32','shape':[4],'data_offsets':[0,16]}}",
                8,
                "bytes 0 to 16 of the data, which has 8");
        layout(
                files,
                "far beyond the file",
                "{'a':{'dtype':'U8','shape':[9223372036854775807],'data_offsets':[0,9223372036854775807]}}",
                8,
                "beyond the file");
        layout(files, "bytes left over", "{'a':" + ONE + "}", 9, "which has 9");
        layout(files, "no tensor but bytes", "{}", 1, "which has 1");
        layout(
                files,
                "too few bytes for the shape",
                "{'a':{'dtype':'F32','shape':[3],'data_offsets':[0,8]}}",
                8,
                "needs 12 bytes; 8");
        layout(
                files,
                "shape that overflows",
                "{'a':{'dtype':'F32','shape':[4294967296,4294967296],'data_offsets':[0,8]}}",
                8,
                "2^63 bytes or more");
        layout(
                files,
                "bytes that overflow",
                "{'a':{'dtype':'F64','shape':[2305843009213693952],'data_offsets':[0,8]}}",
                8,
                "2^63 bytes or more");
    }

    private static void damagedGgufHeaders(List<HostileFile> files) {
        gguf(files, "empty file", new GgufBytes(), "FT0406", "ends within the magic");
        gguf(files, "another magic", new GgufBytes().i32(0x4c4d4747).i32(3), "FT0406", "no GGUF file");
        gguf(files, "version 1", new GgufBytes().i32(GgufHeader.MAGIC).i32(1).data(64), "FT0408", "version 1 ");
        gguf(
                files,
                "big-endian",
                new GgufBytes().i32(GgufHeader.MAGIC).i32(3 << 24).data(64),
                "FT0408",
                "50331648");
        gguf(
                files,
                "ends after the version",
                new GgufBytes().i32(GgufHeader.MAGIC).i32(3),
                "FT0406",
                "ends within");
        gguf(
                files,
                "2^63 tensors",
                GgufBytes.header(Long.MIN_VALUE, 0).data(64),
                "FT0406",
                "9223372036854775808 claimed");
        gguf(files, "2^60 keys", GgufBytes.header(0, 1L << 60).data(64), "FT0406", "number of keys is impossible");
        gguf(files, "more tensors than fit", GgufBytes.header(100, 0).data(64), "FT0406", "100 claimed");
        gguf(files, "long key", GgufBytes.header(0, 1).i64(1L << 40).data(64), "FT0406", "key 1 is too long");
        gguf(
                files,
                "negative text length",
                GgufBytes.header(0, 1).text("k").i32(8).i64(-1).data(64),
                "FT0406",
                "18446744073709551615 bytes");
        gguf(
                files,
                "unknown value type",
                GgufBytes.header(0, 1).text("k").i32(13).data(64),
                "FT0406",
                "number 13");
        gguf(
                files,
                "unknown element type",
                GgufBytes.header(0, 1).text("k").i32(9).i32(99).i64(1).data(64),
                "FT0406",
                "number 99");
        gguf(
                files,
                "huge list",
                GgufBytes.header(0, 1).text("k").i32(9).i32(4).i64(1L << 61).data(64),
                "FT0406",
                "values of key k is impossible");
        gguf(
                files,
                "list longer than is read",
                GgufBytes.header(0, 1).text("k").i32(9).i32(0).i64(5_000_000).data(5_000_001),
                "FT0406",
                "at most 4194304");
        GgufBytes nested = GgufBytes.header(0, 1).text("k").i32(9);
        for (int i = 0; i < 50; i++) {
            nested.i32(9).i64(1);
        }
        gguf(files, "deep nesting", nested.i32(0).i64(0), "FT0406", "nested too deeply");
        gguf(
                files,
                "duplicate key",
                GgufBytes.header(0, 2).intKey("k", 1).intKey("k", 2),
                "FT0406",
                "key k is there twice");
        gguf(
                files,
                "neither true nor false",
                GgufBytes.header(0, 1).text("k").i32(7).u8(2).data(9),
                "FT0406",
                "found 2");
        gguf(
                files,
                "key not UTF-8",
                GgufBytes.header(0, 1).i64(2).u8(0xff).u8(0xfe).i32(0).data(9),
                "FT0406",
                "not UTF-8");
        gguf(
                files,
                "no axes",
                GgufBytes.header(1, 0).tensor("t", List.of(), 0, 0).data(64),
                "FT0406",
                "0 axes");
        gguf(files, "2^32 - 1 axes", GgufBytes.header(1, 0).text("t").i32(-1).data(64), "FT0406", "4294967295 axes");
    }

    private static void damagedGgufLayouts(List<HostileFile> files) {
        gguf(
                files,
                "alignment 0",
                GgufBytes.header(0, 1).intKey("general.alignment", 0).data(32),
                "FT0407",
                "is 0;");
        gguf(
                files,
                "alignment 24",
                GgufBytes.header(0, 1).intKey("general.alignment", 24).data(32),
                "FT0407",
                "is 24;");
        gguf(
                files,
                "alignment 2^31",
                GgufBytes.header(0, 1)
                        .intKey("general.alignment", Integer.MIN_VALUE)
                        .data(32),
                "FT0407",
                "is 2147483648;");
        gguf(
                files,
                "offset of 2^63",
                GgufBytes.header(1, 0)
                        .tensor("t", List.of(4L), 0, Long.MIN_VALUE)
                        .data(64),
                "FT0407",
                "offset 9223372036854775808");
        gguf(
                files,
                "hole",
                GgufBytes.header(1, 0).tensor("t", List.of(4L), 0, 32).data(64),
                "FT0407",
                "offset 32 claimed");
        gguf(files, "overlap", two(0).data(64), "FT0407", "offset 0 claimed; the one before ends, aligned, at 32");
        gguf(files, "not aligned", two(16).data(64), "FT0407", "offset 16 claimed");
        gguf(
                files,
                "same name twice",
                GgufBytes.header(2, 0)
                        .tensor("t", List.of(4L), 0, 0)
                        .tensor("t", List.of(4L), 0, 32)
                        .data(64),
                "FT0407",
                "there twice");
        gguf(
                files,
                "truncated data",
                GgufBytes.header(1, 0).tensor("t", List.of(1000L), 0, 0).data(64),
                "FT0407",
                "4000 bytes needed at offset 0; 64 are there");
        gguf(files, "no data", GgufBytes.header(1, 0).tensor("t", List.of(4L), 0, 0), "FT0407", "16 bytes needed");
        gguf(
                files,
                "axes that overflow",
                GgufBytes.header(1, 0)
                        .tensor("t", List.of(1L << 32, 1L << 32), 0, 0)
                        .data(64),
                "FT0407",
                "2^63 bytes or more");
        gguf(
                files,
                "axis of 0",
                GgufBytes.header(1, 0).tensor("t", List.of(0L), 0, 0).data(64),
                "FT0407",
                "1 or more");
        gguf(
                files,
                "negative axis",
                GgufBytes.header(1, 0).tensor("t", List.of(-4L), 0, 0).data(64),
                "FT0407",
                "1 or more");
        gguf(
                files,
                "broken blocks",
                GgufBytes.header(1, 0).tensor("t", List.of(33L), 2, 0).data(64),
                "FT0407",
                "multiple of 32");
        gguf(
                files,
                "unknown number format",
                GgufBytes.header(1, 0).tensor("t", List.of(32L), 77, 0).data(64),
                "FT0409",
                "number 77");
    }

    private static GgufBytes two(long secondOffset) {
        return GgufBytes.header(2, 0).tensor("t", List.of(4L), 0, 0).tensor("u", List.of(4L), 0, secondOffset);
    }

    @Test
    void coversEnoughKindsOfDamage() {
        assertThat(damagedFiles().map(HostileFile::toString)).doesNotHaveDuplicates();
        assertThat(damagedFiles().filter(file -> file.suffix().equals(".safetensors")))
                .hasSizeGreaterThanOrEqualTo(120);
        assertThat(damagedFiles().filter(file -> file.suffix().equals(".gguf"))).hasSizeGreaterThanOrEqualTo(60);
    }

    @ParameterizedTest
    @MethodSource("damagedFiles")
    void refusesDamageWithItsCodeAndNumbers(HostileFile damaged) throws IOException {
        Path file = Files.write(folder.resolve("model" + damaged.suffix()), damaged.bytes());

        long before = allocatedBytes();
        Throwable thrown = catchThrowable(() -> WeightFile.open(file).close());
        long allocated = allocatedBytes() - before;

        assertThat(thrown).isInstanceOf(FineTuneException.class);
        Problem problem = ((FineTuneException) thrown).problems().get(0);
        assertThat(problem.code()).isEqualTo(damaged.code());
        assertThat(problem.summary() + "; " + problem.causes()).contains(damaged.message());
        assertThat(problem.place())
                .hasValueSatisfying(place -> assertThat(place.source()).isEqualTo(file.toString()));
        assertThat(allocated).isLessThan(ALLOCATION_LIMIT + 8L * damaged.bytes().length);
    }

    @ParameterizedTest
    @ValueSource(strings = {"every-type.gguf", "written.safetensors"})
    void survivesRandomDamage(String fixture) throws IOException {
        damageAndOpen(fixture, FEW_MUTATIONS);
    }

    @Tag("slow")
    @ParameterizedTest
    @ValueSource(strings = {"every-type.gguf", "written.safetensors"})
    void survivesMuchRandomDamage(String fixture) throws IOException {
        damageAndOpen(fixture, MANY_MUTATIONS);
    }

    private void damageAndOpen(String fixture, int mutations) throws IOException {
        byte[] sound = Files.readAllBytes(FIXTURES.resolve(fixture));
        Random random = new Random(2026);
        int refused = 0;
        for (int i = 0; i < mutations; i++) {
            Path file = Files.write(folder.resolve(fixture), mutate(sound, random));

            Throwable thrown = catchThrowable(() -> readAll(file));

            if (thrown != null) {
                refused++;
                assertThat(thrown).as("mutation %d", i).isInstanceOf(FineTuneException.class);
            }
        }
        assertThat(refused).isGreaterThan(mutations / 4);
    }

    /** Opens a file and touches the first and last byte of every tensor. */
    static void readAll(Path file) {
        try (WeightFile weights = WeightFile.open(file)) {
            for (String name : weights.tensors().keySet()) {
                ByteBuffer bytes = TensorBytes.of(weights, name);
                if (bytes.hasRemaining()) {
                    assertThat(bytes.get(0) + bytes.get(bytes.limit() - 1)).isBetween(-256, 256);
                }
            }
        }
    }

    private static byte[] mutate(byte[] sound, Random random) {
        byte[] bytes = random.nextInt(4) == 0 ? Arrays.copyOf(sound, random.nextInt(sound.length)) : sound.clone();
        int headerBytes = Math.min(bytes.length, 1500);
        for (int i = random.nextInt(4); i >= 0 && headerBytes > 8; i--) {
            int at = random.nextInt(headerBytes - 8);
            switch (random.nextInt(4)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt(256);
                case 2 -> Arrays.fill(bytes, at, at + 8, (byte) 0xff);
                default -> System.arraycopy(bytes, random.nextInt(headerBytes - 8), bytes, at, 8);
            }
        }
        return bytes;
    }

    private static long allocatedBytes() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }

    private static void header(List<HostileFile> files, String name, byte[] bytes, String message) {
        files.add(new HostileFile(name, ".safetensors", bytes, "FT0404", message));
    }

    private static void layout(List<HostileFile> files, String name, String json, int dataBytes, String message) {
        files.add(new HostileFile(name, ".safetensors", HostileFile.withHeader(json, dataBytes), "FT0405", message));
    }

    private static void gguf(List<HostileFile> files, String name, GgufBytes bytes, String code, String message) {
        files.add(new HostileFile(name, ".gguf", bytes.toBytes(), code, message));
    }
}
