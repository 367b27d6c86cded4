package dev.finetune4j.training.model.decoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;
import static org.assertj.core.data.Percentage.withPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.job.Precision;
import dev.finetune4j.job.Recompute;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.modelfiles.weights.SafetensorsFile;
import dev.finetune4j.training.model.LanguageModel;
import dev.finetune4j.training.model.LanguageModelLoader.Settings;
import dev.finetune4j.training.model.TokenBatch;
import dev.finetune4j.training.model.adapter.AdapterConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The variants of LoRA give what PEFT gives (0.21, torch 2.15, fp32, CPU), from an adapter that PEFT made to one that PEFT would have
 * written.
 */
@Tag("long")
class LoraVariantsTest {
    private static final int VOCABULARY = 96;

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "untied/ranks, FP32, 0.01",
        "untied/layers, FP32, 0.01",
        "untied/qlora, FP32, 0.01",
        "untied/dora, FP32, 0.01",
        "untied/qdora, FP32, 0.01",
        "untied/beside, FP32, 0.01",
        "tied/embedding, FP32, 0.01",
        "tied/head, FP32, 0.01",
        "gemma2/beside, FP32, 0.01",
        "untied/ranks, BF16, 1",
        "untied/qlora, BF16, 1",
        "untied/dora, BF16, 1.5", // the lengths of rows round once more: 1.01 where bf16 is multiplied by AMX
        "untied/qdora, BF16, 1.5",
        "untied/beside, BF16, 1"
    })
    void fiftyStepsHaveTheLossesOfPeft(String variant, Precision precision, double percent) throws Exception {
        JsonNode expected = Fixture.expected(variant);
        try (LanguageModel model = load(variant, "start", precision)) {
            for (int step = 0; step < 50; step++) {
                TokenBatch batch =
                        Fixture.batch(2, Fixture.sequence(expected, step), Fixture.sequence(expected, step + 1));
                double loss = model.accumulateGradient(batch, 1.0 / batch.countedTargets(), 0) / batch.countedTargets();
                model.step(step + 1, 5e-4, 0.01, Math.min(1, 1 / (model.gradientNorm() + 1e-6)));

                assertThat(loss)
                        .as("loss of step %d", step)
                        .isCloseTo(expected.path("losses").path(step).asDouble(), withPercentage(percent));
            }
        }
    }

    static Stream<String> variants() {
        return Stream.of(
                "untied/ranks",
                "untied/layers",
                "untied/qlora",
                "untied/dora",
                "untied/qdora",
                "untied/beside",
                "tied/embedding",
                "tied/head",
                "gemma2/beside");
    }

    @ParameterizedTest
    @MethodSource("variants")
    void readsAnAdapterOfPeft(String variant) throws Exception {
        JsonNode expected = Fixture.expected(variant);
        try (LanguageModel model = load(variant, "end", Precision.FP32)) {
            Fixture.assertAnswersAreThoseOf(expected, model);
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void writesWhatPeftWrote(String variant) {
        Path peft = Fixture.folder(variant).resolve("end");
        try (LanguageModel model = load(variant, "end", Precision.FP32)) {
            model.writeAdapter(folder);
        }

        assertThat(AdapterConfig.read(folder)).isEqualTo(AdapterConfig.read(peft));
        try (SafetensorsFile ours = SafetensorsFile.open(folder.resolve("adapter_model.safetensors"));
                SafetensorsFile theirs = SafetensorsFile.open(peft.resolve("adapter_model.safetensors"))) {
            assertThat(ours.tensors().keySet())
                    .containsExactlyInAnyOrderElementsOf(theirs.tensors().keySet());
            for (String name : theirs.tensors().keySet()) {
                assertThat(StoredFloats.of(ours, name)).as(name).isEqualTo(StoredFloats.of(theirs, name));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bf16", "fp16"})
    void widensAnAdapterThatPeftSavedInFewerBits(String format) throws Exception {
        JsonNode expected = Fixture.expected("peft/" + format);
        try (LanguageModel model = load("tied", Fixture.folder("peft/" + format), Precision.FP32)) {
            Fixture.assertAnswersAreThoseOf(expected, model);
            model.writeAdapter(folder);
        }

        double[] narrow;
        double[] wide;
        try (LanguageModel model = load("tied", Fixture.folder("peft/" + format), Precision.FP32);
                LanguageModel again = load("tied", folder, Precision.FP32)) {
            narrow = Fixture.next(model, VOCABULARY, Fixture.sequence(expected, 0));
            wide = Fixture.next(again, VOCABULARY, Fixture.sequence(expected, 0));
        }
        assertThat(wide).isEqualTo(narrow);
    }

    /** The lengths that a fresh DoRA starts from are those of the weights' rows, as PEFT takes them. */
    @ParameterizedTest
    @ValueSource(strings = {"untied/dora", "untied/qdora"})
    void startsWithTheLengthsOfPeft(String variant) {
        Path peft = Fixture.folder(variant).resolve("start");
        Settings settings = Fixture.settings(AdapterConfig.read(peft), Precision.FP32, Recompute.NONE);
        try (LanguageModel model = Fixture.load("untied", settings)) {
            model.writeAdapter(folder);
        }

        try (SafetensorsFile ours = SafetensorsFile.open(folder.resolve("adapter_model.safetensors"));
                SafetensorsFile theirs = SafetensorsFile.open(peft.resolve("adapter_model.safetensors"))) {
            List<String> lengths = theirs.tensors().keySet().stream()
                    .filter(name -> name.endsWith("lora_magnitude_vector"))
                    .toList();
            assertThat(lengths).isNotEmpty();
            for (String name : lengths) {
                assertThat(StoredFloats.of(ours, name))
                        .as(name)
                        .containsExactly(StoredFloats.of(theirs, name), offset(1e-5f));
            }
        }
    }

    private static LanguageModel load(String variant, String state, Precision precision) {
        return load(base(variant), Fixture.folder(variant).resolve(state), precision);
    }

    private static LanguageModel load(String base, Path adapter, Precision precision) {
        TuningMethod method = AdapterConfig.read(adapter);
        return new DecoderLoader()
                .load(Fixture.files(Fixture.folder(base)), adapter, Fixture.settings(method, precision, Recompute.NONE))
                .model();
    }

    private static String base(String variant) {
        return variant.substring(0, variant.indexOf('/'));
    }
}
