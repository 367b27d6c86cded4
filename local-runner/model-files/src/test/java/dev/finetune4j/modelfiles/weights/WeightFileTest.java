package dev.finetune4j.modelfiles.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.error.FineTuneException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WeightFileTest {
    private static final Path FIXTURES = Path.of("src/test/resources/dev/finetune4j/modelfiles/weights");

    @TempDir
    private Path folder;

    private Path sound;

    @BeforeEach
    void copySoundFile() throws IOException {
        sound = Files.copy(FIXTURES.resolve("written.safetensors"), folder.resolve("a.safetensors"));
    }

    @Test
    void readsMetadataOfEveryType() {
        try (GgufFile file = GgufFile.open(FIXTURES.resolve("every-type.gguf"))) {
            GgufMetadata metadata = file.metadata();

            assertThat(metadata.whole("t.uint8")).hasValue(200);
            assertThat(metadata.whole("t.int8")).hasValue(-100);
            assertThat(metadata.whole("t.uint16")).hasValue(60_000);
            assertThat(metadata.whole("t.int16")).hasValue(-30_000);
            assertThat(metadata.whole("t.uint32")).hasValue(4_000_000_000L);
            assertThat(metadata.whole("t.int32")).hasValue(-2_000_000_000);
            assertThat(metadata.whole("t.uint64")).hasValue(Long.MAX_VALUE);
            assertThat(metadata.whole("t.int64")).hasValue(-(1L << 62));
            assertThat(metadata.real("t.float32")).hasValue(0.5);
            assertThat(metadata.real("t.float64")).hasValue(0.1);
            assertThat(metadata.truth("t.bool")).contains(true);
            assertThat(metadata.text("t.string")).contains("Grüße 🙂");
            assertThat(metadata.texts("t.strings")).contains(List.of("a", "", "ü"));
            assertThat(metadata.wholes("t.ints")).contains(List.of(1L, -2L, 3L));
            assertThat(metadata.wholes("t.bools")).contains(List.of(1L, 0L));
            assertThat(metadata.values().get("t.floats")).isEqualTo(new GgufValue.Reals(new double[] {0.25, -0.5}));
            assertThat(metadata.text("t.uint8")).isEmpty();
        }
    }

    /** U+FFFD is what a lenient decoder puts in place of other bytes, and a token of some vocabularies. */
    @Test
    void tellsTheReplacementCharacterFromBytesThatAreNoText() throws IOException {
        Path file = GgufBytes.header(0, 1)
                .textsKey("tokenizer.ggml.tokens", List.of("a", "\uFFFD", "\u00fc"))
                .data(0)
                .write(folder.resolve("tokens.gguf"));
        try (GgufFile tokens = GgufFile.open(file)) {
            assertThat(tokens.metadata().texts("tokenizer.ggml.tokens")).contains(List.of("a", "\uFFFD", "\u00fc"));
        }
        byte[] bytes = Files.readAllBytes(file);
        int first = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("a", "GGUF".length() + 60);
        bytes[first] = (byte) 0xC3;
        Files.write(file, bytes);

        assertThatThrownBy(() -> GgufFile.open(file))
                .isInstanceOf(FineTuneException.class)
                .hasMessageContaining("FT0406")
                .hasMessageContaining("a value of key tokenizer.ggml.tokens is not UTF-8");
    }

    @Test
    void readsPartsOfATensor() {
        try (WeightFile file = WeightFile.open(sound)) {
            ByteBuffer part = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
            file.read("z.weight", 4, part);

            assertThat(part.hasRemaining()).isFalse();
            assertThat(part.getFloat(0)).isEqualTo(1);
            assertThatThrownBy(() -> file.read("z.weight", 20, part.flip()))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void namesATensorThatIsMissing() {
        try (WeightFile file = WeightFile.open(sound)) {
            assertThatThrownBy(() -> file.read("lm_head.weight", 0, ByteBuffer.allocate(1)))
                    .isInstanceOf(FineTuneException.class)
                    .hasMessageContaining("FT0410")
                    .hasMessageContaining("lm_head.weight");
        }
    }

    @Test
    void readsTensorsOverTwoGibibytesInParts() throws IOException {
        long bytes = (1L << 31) + 8;
        byte[] header = ("{\"big\":{\"dtype\":\"U8\",\"shape\":[" + bytes + "],\"data_offsets\":[0," + bytes + "]}}")
                .getBytes(StandardCharsets.UTF_8);
        Path file = folder.resolve("big.safetensors");
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.writeLong(Long.reverseBytes(header.length));
            sparse.write(header);
            sparse.setLength(8 + header.length + bytes);
            sparse.seek(8 + header.length + bytes - 1);
            sparse.write(7);
        }

        try (WeightFile weights = WeightFile.open(file)) {
            ByteBuffer end = ByteBuffer.allocate(4);
            weights.read("big", bytes - 4, end);

            assertThat(end.get(3)).isEqualTo((byte) 7);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"pytorch_model.bin", "model.pt", "model.pth", "model.ckpt", "weights.pkl", "MODEL.BIN"})
    void refusesPicklesByNameWithTheRecipe(String name) throws IOException {
        Path file = Files.writeString(folder.resolve(name), "anything");

        assertThatThrownBy(() -> WeightFile.open(file))
                .isInstanceOf(FineTuneException.class)
                .hasMessageContaining("FT0403")
                .satisfies(thrown -> assertThat(((FineTuneException) thrown)
                                .problems()
                                .get(0)
                                .remedies()
                                .get(0))
                        .contains("weights_only=True")
                        .contains("save_file(")
                        .contains(name));
    }

    @Test
    void refusesPicklesUnderAnotherName() throws IOException {
        Path zip = Files.write(folder.resolve("zip.safetensors"), new byte[] {'P', 'K', 3, 4, 0, 0, 0, 0, 0});
        Path bare = Files.write(folder.resolve("bare.safetensors"), new byte[] {(byte) 0x80, 2, '}', 'q', 0, '.'});

        for (Path file : List.of(zip, bare)) {
            assertThatThrownBy(() -> WeightFile.open(file))
                    .isInstanceOf(FineTuneException.class)
                    .hasMessageContaining("FT0403");
        }
    }

    @Test
    void takesAHeaderWhoseLengthLooksLikeAPickleForWhatItIs() throws IOException {
        String header = "{}" + " ".repeat(0x0280 - 2);
        Path file = Files.write(
                folder.resolve("b.safetensors"),
                ByteBuffer.allocate(8 + 0x0280)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(0x0280)
                        .put(header.getBytes(StandardCharsets.UTF_8))
                        .array());

        try (WeightFile weights = WeightFile.open(file)) {
            assertThat(weights.tensors()).isEmpty();
        }
    }

    @Test
    void refusesFilesOfNoKnownKind() throws IOException {
        Path text = Files.writeString(folder.resolve("notes.txt"), "hello");

        assertThatThrownBy(() -> WeightFile.open(text))
                .isInstanceOf(FineTuneException.class)
                .hasMessageContaining("FT0401");
        assertThatThrownBy(() -> WeightFile.open(folder.resolve("none.safetensors")))
                .isInstanceOf(FineTuneException.class)
                .hasMessageContaining("FT0401");
    }

    @Test
    void tellsWhenTheFileSystemRefuses() {
        assertThatThrownBy(() -> SafetensorsFile.open(folder))
                .isInstanceOf(FineTuneException.class)
                .hasMessageContaining("FT0402");
    }

    @Test
    void readsShardsAsOneFile() throws IOException {
        Path index = shards("{\"weight_map\":{\"scalar\":\"a.safetensors\",\"w\":\"b.safetensors\"}}");

        try (WeightFile file = WeightFile.open(index)) {
            assertThat(file.tensors()).containsKeys("scalar", "w", "z.weight");
            assertThat(TensorBytes.of(file, "w").getFloat(0)).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "not json",
                "[1]",
                "{\"weight_map\":{}}",
                "{\"weight_map\":{\"w\":\"missing.safetensors\"}}",
                "{\"weight_map\":{\"w\":\"../b.safetensors\"}}",
                "{\"weight_map\":{\"w\":\"/etc/passwd\"}}",
                "{\"weight_map\":{\"other\":\"b.safetensors\"}}",
                "{\"weight_map\":{\"w\":\"b.safetensors\",\"w\":\"a.safetensors\"}}"
            })
    void refusesAnIndexThatDoesNotFitItsShards(String json) throws IOException {
        Path index = shards(json);

        assertThatThrownBy(() -> WeightFile.open(index))
                .isInstanceOf(FineTuneException.class)
                .hasMessageContaining("FT0411");
    }

    @Test
    void namesEveryMissingShard() throws IOException {
        Path index = shards("{\"weight_map\":{\"u\":\"x.safetensors\",\"v\":\"y.safetensors\"}}");

        assertThatThrownBy(() -> WeightFile.open(index))
                .hasMessageContaining("shard x.safetensors is missing")
                .hasMessageContaining("shard y.safetensors is missing");
    }

    @Test
    void refusesATensorInTwoShards() throws IOException {
        Path index = shards("{\"weight_map\":{\"w\":\"b.safetensors\",\"v\":\"c.safetensors\"}}");
        Files.copy(folder.resolve("b.safetensors"), folder.resolve("c.safetensors"));

        assertThatThrownBy(() -> WeightFile.open(index)).hasMessageContaining("tensor w is there twice");
    }

    private Path shards(String index) throws IOException {
        Path second = folder.resolve("b.safetensors");
        try (var channel = Files.newByteChannel(second, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            SafetensorsWriter.write(
                    channel, Map.of("w", WritableTensor.ofFloats(List.of(1L), () -> new float[] {3})), Map.of());
        }
        return Files.writeString(folder.resolve("model.safetensors.index.json"), index);
    }
}
