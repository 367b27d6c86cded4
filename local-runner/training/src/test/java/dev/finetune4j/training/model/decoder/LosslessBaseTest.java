package dev.finetune4j.training.model.decoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;
import static org.assertj.core.data.Percentage.withPercentage;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.job.Precision;
import dev.finetune4j.job.Recompute;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.method.PrefixTuning;
import dev.finetune4j.method.PromptTuning;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.modelfiles.config.GgufKeys;
import dev.finetune4j.modelfiles.config.ModelFolder;
import dev.finetune4j.modelfiles.decoder.DecoderTensors;
import dev.finetune4j.modelfiles.decoder.ExpectedTensor;
import dev.finetune4j.modelfiles.weights.FloatEncoding;
import dev.finetune4j.modelfiles.weights.SafetensorsWriter;
import dev.finetune4j.modelfiles.weights.TensorEntry;
import dev.finetune4j.modelfiles.weights.TensorType;
import dev.finetune4j.modelfiles.weights.WeightFile;
import dev.finetune4j.modelfiles.weights.WritableTensor;
import dev.finetune4j.training.model.LanguageModel;
import dev.finetune4j.training.model.LanguageModelLoader.Purpose;
import dev.finetune4j.training.model.LanguageModelLoader.Settings;
import dev.finetune4j.training.model.TokenBatch;
import dev.finetune4j.training.model.weights.Packing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A base model whose file is narrower than float32 is held so, and computes what the same weights compute in float32: more than 32 tokens at
 * a time to the bit, fewer but for rounding.
 */
class LosslessBaseTest {
    private static final int VOCABULARY = 96;
    private static final LoraTuning DROPPING = new LoraTuning(4, 8, 0.3, List.of(LoraTuning.ALL_LINEAR));

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "untied, BF16, lora, 1",
        "untied, F16, lora, 2",
        "qwen3, BF16, lora, 4",
        "phi3, BF16, dora, 2",
        "gemma3, F16, prompt, 2",
        "bias, BF16, prompt, 1",
        "untied, BF16, prefix, 2"
    })
    void sixteenBitsOfAFileTrainLikeThirtyTwo(String name, TensorType type, String kind, int threads) throws Exception {
        Path narrow = stored(name, type);
        Path wide = widened(narrow, name);

        assertThat(packing(narrow)).isEqualTo(Packing.LOSSLESS);
        assertThat(packing(wide)).isNull();
        assertThat(trained(narrow, method(kind), threads)).isEqualTo(trained(wide, method(kind), threads));
    }

    @ParameterizedTest
    @ValueSource(strings = {"mixed.gguf", "tied.gguf"})
    void blocksOfAFileTrainLikeTheNumbersThatTheyHold(String name) throws Exception {
        Path blocks = Fixture.folder(name);
        Path wide = unpacked(blocks, Fixture.folder("tied").resolve("config.json"));

        assertThat(packing(wide)).isNull();
        assertThat(trained(blocks, DROPPING, 2)).isEqualTo(trained(wide, DROPPING, 2));
    }

    @Test
    void oneLinearLayerInThirtyTwoBitsUnpacksAll() throws Exception {
        Path narrow = stored("untied", TensorType.BF16);
        Path mixed;
        try (WeightFile file = ModelFolder.open(narrow).openWeights()) {
            mixed = written(
                    file,
                    name -> name.endsWith("1.mlp.up_proj.weight") ? TensorType.F32 : TensorType.BF16,
                    narrow.resolve("config.json"));
        }

        assertThat(packing(mixed)).isNull();
        assertThat(trained(mixed, DROPPING, 2)).isEqualTo(trained(narrow, DROPPING, 2));
    }

    @ParameterizedTest
    @CsvSource({"Q4_0, 288", "Q4_1, 320", "Q8_0, 288", "Q4_K, 320", "Q6_K, 320", "BF16, 512", "F16, 512"})
    void takesAByteAnElementAndItsScales(TensorType type, long bytesOf256) {
        TensorEntry entry = new TensorEntry("w", type, List.of(1L, 256L), Path.of("file"), 0, type.bytesOf(256));

        assertThat(Packing.LOSSLESS.bytesOf(entry)).isEqualTo(bytesOf256);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 40})
    void answersLikeThirtyTwoBits(int tokens) throws Exception {
        Path narrow = stored("bias", TensorType.BF16);
        int[] text = random(tokens, 1);

        assertThat(answer(narrow, text)).containsExactly(answer(widened(narrow, "bias"), text), offset(1e-6));
    }

    @ParameterizedTest
    @CsvSource({"BF16, Infinity", "F16, -Infinity", "BF16, NaN", "F32, -Infinity"})
    void refusesAWeightThatIsNoNumber(TensorType type, float number) throws Exception {
        Path model = stored("untied", type);
        TensorEntry matrix;
        try (WeightFile file = ModelFolder.open(model).openWeights()) {
            matrix = file.entry("model.layers.1.mlp.down_proj.weight");
        }
        ByteBuffer bytes = encoded(new float[] {number}, type);
        try (FileChannel file = FileChannel.open(model.resolve("model.safetensors"), StandardOpenOption.WRITE)) {
            file.write(bytes, matrix.offset() + matrix.bytes() - bytes.remaining());
        }

        assertThatThrownBy(() -> answer(model, 5, 6)).isInstanceOfSatisfying(FineTuneException.class, e -> {
            assertThat(e).hasMessageContaining("FT0474: model.layers.1.mlp.down_proj.weight holds " + number);
            assertThat(e.problems().get(0).causes()).containsExactly("it is element 1535 of 1536");
        });
    }

    /** So wide that a room holds some rows of a matrix, as that of a real model does. */
    @Test
    void speaksFromSomeRowsAfterTheOther() throws Exception {
        Path narrow = random(40_000);
        Path config = narrow.resolve("config.json");
        Path wide;
        try (WeightFile file = ModelFolder.open(narrow).openWeights()) {
            wide = written(file, tensor -> TensorType.F32, config);
        }
        Path blocks = Files.createDirectory(folder.resolve("blocks")).resolve("model.gguf");
        ModelFolder base = ModelFolder.open(narrow);
        merged(narrow, new MergedFormat.Gguf(TensorType.Q8_0, GgufKeys.of(base.config(), "wide")), blocks);
        int[] text = random(5, 3);

        assertThat(packing(blocks)).isEqualTo(Packing.LOSSLESS);
        assertThat(answer(narrow, text)).containsExactly(answer(wide, text), offset(1e-5));
        assertThat(answer(blocks, text)).containsExactly(answer(unpacked(blocks, config), text), offset(1e-5));
    }

    @Test
    void speaksFromBlocksLikeFromTheNumbersThatTheyHold() throws Exception {
        Path blocks = Fixture.folder("mixed.gguf");
        int[] text = random(5, 3);

        Path wide = unpacked(blocks, Fixture.folder("tied").resolve("config.json"));

        assertThat(answer(blocks, text)).containsExactly(answer(wide, text), offset(1e-6));
    }

    @Test
    void theBaseModelOfATeamComputesAlone() throws Exception {
        Path narrow = stored("untied", TensorType.BF16);
        TokenBatch batch = Fixture.batch(1, random(60, 1), random(58, 2));
        Settings settings =
                new Settings(Purpose.TRAIN, DROPPING, Precision.FP32, Recompute.NONE, 2, 1, 512, 0, 128, 4L << 30);
        try (LanguageModel model =
                new DecoderLoader().load(Fixture.files(narrow), null, settings).model()) {
            double fresh = model.loss(batch); // an adapter that has learned nothing changes nothing
            model.useAdapter(false);

            for (int time = 0; time < 20; time++) {
                assertThat(model.loss(batch)).isCloseTo(fresh, withPercentage(0.001));
            }
        }
    }

    @Test
    void sparesMemoryInFloat32AndNothingInBfloat16() throws Exception {
        Path narrow = stored("untied", TensorType.BF16);
        Path wide = widened(narrow, "untied");
        long weights = 2L * 32 * (48 + 24 + 24 + 48 + 3 * 48);
        PackedSizes packed = sizes(narrow);

        assertThat(packed.parameters()).isEqualTo(weights);
        assertThat(packed.bytes()).isEqualTo(2 * weights);
        assertThat(peak(wide, Precision.FP32) - peak(narrow, Precision.FP32))
                .isEqualTo(2 * weights - 2 * Float.BYTES * packed.roomElements());
        assertThat(peak(narrow, Precision.BF16)).isEqualTo(peak(wide, Precision.BF16));
    }

    private static TuningMethod method(String kind) {
        return switch (kind) {
            case "lora" -> DROPPING;
            case "dora" -> DROPPING.toBuilder().dora(true).build();
            case "prefix" -> new PrefixTuning(3, null);
            default -> new PromptTuning(3, null);
        };
    }

    /** SHA-256 of what some steps leave. */
    private String trained(Path base, TuningMethod method, int threads) throws Exception {
        Settings settings =
                new Settings(Purpose.TRAIN, method, Precision.FP32, Recompute.LAYER, threads, 1, 512, 0, 128, 4L << 30);
        Path adapter = Files.createTempDirectory(folder, "adapter");
        try (LanguageModel model =
                new DecoderLoader().load(Fixture.files(base), null, settings).model()) {
            for (int step = 1; step <= 4; step++) {
                TokenBatch batch = Fixture.batch(1, random(30 + step, step), random(50, 100 + step), random(41, step));
                model.accumulateGradient(batch, 1.0 / batch.countedTargets(), 1000 + step);
                model.step(step, 1e-2, 0.01, 1);
            }
            model.writeAdapter(adapter);
        }
        byte[] learned = Files.readAllBytes(adapter.resolve("adapter_model.safetensors"));
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(learned));
    }

    private static double[] answer(Path base, int... text) {
        Settings settings =
                new Settings(Purpose.ANSWER, DROPPING, Precision.FP32, Recompute.AUTO, 1, 1, 512, 0, 128, 4L << 30);
        try (LanguageModel model =
                new DecoderLoader().load(Fixture.files(base), null, settings).model()) {
            return Fixture.next(model, VOCABULARY, text);
        }
    }

    private static long peak(Path base, Precision precision) {
        Settings settings =
                new Settings(Purpose.TRAIN, Fixture.RANK_4, precision, Recompute.NONE, 2, 1, 512, 0, 0, 4L << 30);
        return new DecoderLoader().footprint(ModelFolder.open(base), settings).peakBytes();
    }

    private static @Nullable Packing packing(Path base) {
        return sizes(base).packing();
    }

    private static PackedSizes sizes(Path base) {
        ModelFolder model = ModelFolder.open(base);
        DecoderShape shape = SupportedArchitectures.shapeOf(model.config(), LongestTexts.NONE, base.toString());
        return PackedSizes.of(Packing.LOSSLESS, shape, model);
    }

    /** A fixture, rounded to 16 bits. */
    private Path stored(String name, TensorType type) throws Exception {
        Path source = Fixture.folder(name);
        try (WeightFile file = ModelFolder.open(source).openWeights()) {
            return written(file, tensor -> type, source.resolve("config.json"));
        }
    }

    /** A model of 16 bits in 32. */
    private Path widened(Path narrow, String name) throws Exception {
        try (WeightFile file = ModelFolder.open(narrow).openWeights()) {
            return written(file, tensor -> TensorType.F32, Fixture.folder(name).resolve("config.json"));
        }
    }

    private Path written(WeightFile file, Function<String, TensorType> types, Path config) throws Exception {
        Map<String, WritableTensor> tensors = new TreeMap<>();
        for (TensorEntry entry : file.tensors().values()) {
            TensorType type = types.apply(entry.name());
            float[] numbers = StoredFloats.of(file, entry.name());
            tensors.put(entry.name(), WritableTensor.ofBytes(type, entry.shape(), () -> encoded(numbers, type)));
        }
        Path model = Files.createTempDirectory(folder, "model");
        Files.copy(config, model.resolve("config.json"));
        write(tensors, model);
        return model;
    }

    private static ByteBuffer encoded(float[] numbers, TensorType type) {
        ByteBuffer bytes = ByteBuffer.allocate((int) type.bytesOf(numbers.length));
        FloatEncoding.encode(type, FloatBuffer.wrap(numbers), bytes);
        return bytes.flip();
    }

    /** Quantized weights in float32. */
    private Path unpacked(Path blocks, Path config) throws Exception {
        Path wide = Files.createTempDirectory(folder, "wide");
        Files.copy(config, wide.resolve("config.json"));
        merged(blocks, new MergedFormat.Safetensors(TensorType.F32), wide.resolve("model.safetensors"));
        return wide;
    }

    /** The weights in another format: an adapter is merged into them that changes nothing. */
    private void merged(Path base, MergedFormat format, Path target) throws Exception {
        Path fresh = Files.createTempDirectory(folder, "fresh");
        try (LanguageModel model = new DecoderLoader()
                .load(Fixture.files(base), null, Fixture.settings(DROPPING, Precision.FP32, Recompute.NONE))
                .model()) {
            model.writeAdapter(fresh);
        }
        try (FileChannel file = FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            MergedWeights.write(ModelFolder.open(base), fresh, DROPPING, format, file);
        }
    }

    /** A model of bf16 with a feed-forward of its own width and random weights. */
    private Path random(int width) throws Exception {
        Path model = Files.createTempDirectory(folder, "random");
        String config = Files.readString(Fixture.folder("tied").resolve("config.json"));
        Files.writeString(
                model.resolve("config.json"),
                config.replace("\"intermediate_size\": 48", "\"intermediate_size\": " + width));
        Random random = new Random(7);
        Map<String, WritableTensor> tensors = new TreeMap<>();
        for (ExpectedTensor tensor :
                DecoderTensors.of(ModelFolder.open(model).config(), false).weights()) {
            float[] numbers = new float[(int) tensor.elements()];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] =
                        0.02f * (float) random.nextGaussian() + (tensor.shape().size() == 1 ? 1 : 0);
            }
            tensors.put(
                    tensor.name(),
                    WritableTensor.ofBytes(TensorType.BF16, tensor.shape(), () -> encoded(numbers, TensorType.BF16)));
        }
        write(tensors, model);
        return model;
    }

    private static void write(Map<String, WritableTensor> tensors, Path model) throws IOException {
        try (FileChannel target = FileChannel.open(
                model.resolve("model.safetensors"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            SafetensorsWriter.write(target, tensors, Map.of());
        }
    }

    private static int[] random(int tokens, int seed) {
        return new Random(seed).ints(tokens, 3, VOCABULARY).toArray();
    }
}
