package dev.finetune4j.training.model.decoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.finetune4j.job.Precision;
import dev.finetune4j.job.Recompute;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.method.QloraTuning;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.modelfiles.config.ModelFolder;
import dev.finetune4j.modelfiles.weights.TensorType;
import dev.finetune4j.training.model.LanguageModel;
import dev.finetune4j.training.model.TokenBatch;
import dev.finetune4j.training.model.weights.Packing;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A base model that stays packed gives the numbers of the same model unpacked. */
class PackedBaseTest {
    private static final int VOCABULARY = 96;
    private static final LoraTuning DROPPING = new LoraTuning(4, 8, 0.3, List.of(LoraTuning.ALL_LINEAR));
    private static final TuningMethod QLORA = new QloraTuning(DROPPING);

    @TempDir
    Path folder;

    @Test
    void blocksOfAGgufFileStayAsTheyAreAndTheRestBecomesNormalFloats() throws Exception {
        JsonNode expected =
                new ObjectMapper().readTree(Fixture.folder("mixed.json").toFile());
        try (LanguageModel model = load(Fixture.folder("mixed.gguf"), QLORA, Recompute.NONE)) {
            for (int i = 0; i < 3; i++) {
                assertThat(Fixture.next(
                                model,
                                VOCABULARY,
                                Fixture.ints(expected.path("sequences").path(i))))
                        .containsExactly(
                                Fixture.logSoftmax(Fixture.doubles(
                                        expected.path("last_logits").path(i))),
                                offset(1e-4));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "untied, false",
        "bias, false",
        "phi3, false",
        "gemma3, false",
        "mixed.gguf, false",
        "tied.gguf, false",
        "bias, true",
        "mixed.gguf, true"
    })
    void mergesIntoTheWeightsThatItWasTrainedOn(String name, boolean dora) throws Exception {
        TuningMethod method = new QloraTuning(DROPPING.toBuilder().dora(dora).build());
        int[] text = random(30, 1);
        Path adapter = Files.createDirectory(folder.resolve("adapter"));
        double[] unmerged;
        try (LanguageModel model = load(Fixture.folder(name), method, Recompute.NONE)) {
            train(model, 1, 3);
            unmerged = Fixture.next(model, VOCABULARY, text);
            model.writeAdapter(adapter);
        }
        Path merged = Files.createDirectory(folder.resolve("merged"));
        String config = name.endsWith(".gguf") ? "tied" : name;
        Files.copy(Fixture.folder(config).resolve("config.json"), merged.resolve("config.json"));
        try (FileChannel file = FileChannel.open(
                merged.resolve("model.safetensors"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            MergedWeights.write(
                    ModelFolder.open(Fixture.folder(name)),
                    adapter,
                    method,
                    new MergedFormat.Safetensors(TensorType.F32),
                    file);
        }

        try (LanguageModel model = load(merged, DROPPING, Recompute.NONE)) {
            model.useAdapter(false);
            assertThat(Fixture.next(model, VOCABULARY, text)).containsExactly(unmerged, offset(1e-4));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Recompute.class,
            names = {"NONE", "LAYER"})
    void stateComesBackBitForBit(Recompute level) throws Exception {
        byte[] uninterrupted;
        try (LanguageModel model = load(Fixture.folder("untied"), QLORA, level)) {
            train(model, 1, 6);
            uninterrupted = adapterBytes(model);
        }
        Path state = folder.resolve("state");
        try (LanguageModel model = load(Fixture.folder("untied"), QLORA, level)) {
            train(model, 1, 3);
            model.writeState(state);
        }
        try (LanguageModel model = load(Fixture.folder("untied"), QLORA, level)) {
            model.readState(state);
            train(model, 4, 6);

            assertThat(adapterBytes(model)).isEqualTo(uninterrupted);
        }
    }

    @Test
    void takesLessThanThreeTenthsOfTheBytesOfBfloat16() {
        ModelFolder model = ModelFolder.open(Fixture.folder("untied"));
        DecoderShape shape = SupportedArchitectures.shapeOf(model.config(), LongestTexts.NONE, "untied");
        PackedSizes packed = PackedSizes.of(Packing.QUANTIZED, shape, model);

        assertThat(packed.parameters()).isEqualTo(2L * 32 * (48 + 24 + 24 + 48 + 3 * 48));
        assertThat((double) packed.bytes() / packed.parameters()).isLessThan(0.3 * 2);
    }

    private static int[] random(int tokens, int seed) {
        return new Random(seed).ints(tokens, 3, VOCABULARY).toArray();
    }

    private static void train(LanguageModel model, int first, int last) {
        for (int step = first; step <= last; step++) {
            TokenBatch batch = Fixture.batch(1, random(30 + step, step), random(50, 100 + step));
            model.accumulateGradient(batch, 1.0 / batch.countedTargets(), 1000 + step);
            model.step(step, 1e-2, 0.01, 1);
        }
    }

    private byte[] adapterBytes(LanguageModel model) throws Exception {
        model.writeAdapter(folder);
        return Files.readAllBytes(folder.resolve("adapter_model.safetensors"));
    }

    private static LanguageModel load(Path model, TuningMethod method, Recompute level) {
        return new DecoderLoader()
                .load(Fixture.files(model), null, Fixture.settings(method, Precision.FP32, level))
                .model();
    }
}
