package dev.finetune4j.training.model.decoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import dev.finetune4j.job.Precision;
import dev.finetune4j.job.Recompute;
import dev.finetune4j.method.FullTuning;
import dev.finetune4j.training.model.LanguageModel;
import dev.finetune4j.training.model.LanguageModelLoader.Purpose;
import dev.finetune4j.training.model.LanguageModelLoader.Settings;
import dev.finetune4j.training.model.TokenBatch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A model whose every weight is trained: what it writes, and that nothing but what must decide its bits does. */
class WholeModelTest {
    private static final int VOCABULARY = 96;
    private static final int[] TEXT = new Random(4).ints(60, 3, VOCABULARY).toArray();
    private static final String WEIGHTS = "model.safetensors";

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"tied", "untied", "bias", "qwen2", "qwen3", "phi3"})
    void untrainedItIsTheFileThatTransformersWrote(String name) throws Exception {
        try (LanguageModel model = load(name, Recompute.NONE, Precision.FP32)) {
            model.writeAdapter(folder);
        }

        assertThat(Files.mismatch(folder.resolve(WEIGHTS), Fixture.folder(name).resolve(WEIGHTS)))
                .isEqualTo(-1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tied", "untied", "bias", "qwen2", "qwen3", "phi3", "gemma2", "gemma3"})
    void readBackItGivesTheSameNumbers(String name) {
        double[] trained;
        try (LanguageModel model = load(name, Recompute.NONE, Precision.FP32)) {
            train(model, 1, 3);
            trained = Fixture.next(model, VOCABULARY, TEXT);
            model.writeAdapter(folder);
        }

        try (LanguageModel model = answering(folder)) {
            assertThat(Fixture.next(model, VOCABULARY, TEXT)).containsExactly(trained, offset(1e-5));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Recompute.class,
            names = {"FEED_FORWARD", "LAYER"})
    void recomputationChangesNoBit(Recompute level) throws Exception {
        byte[] kept = resultAfter("gemma3", Recompute.NONE, 3);

        assertThat(resultAfter("gemma3", level, 3)).isEqualTo(kept);
    }

    @Test
    void stateComesBackBitForBit() throws Exception {
        byte[] uninterrupted = resultAfter("bias", Recompute.NONE, 6);
        Path state = folder.resolve("state.safetensors");

        try (LanguageModel model = load("bias", Recompute.NONE, Precision.FP32)) {
            train(model, 1, 3);
            model.writeState(state);
        }
        try (LanguageModel model = load("bias", Recompute.NONE, Precision.FP32)) {
            model.readState(state);
            train(model, 4, 6);

            assertThat(result(model)).isEqualTo(uninterrupted);
        }
    }

    @Test
    void stateOfAnAdapterIsRefused() {
        Path state = folder.resolve("state.safetensors");
        try (LanguageModel adapted = Fixture.load("tied")) {
            adapted.writeState(state);
        }

        try (LanguageModel model = load("tied", Recompute.NONE, Precision.FP32)) {
            assertThatThrownBy(() -> model.readState(state)).hasMessageContaining("FT0603");
        }
    }

    @Test
    void bfloat16LosesNoSmallStep() throws Exception {
        TokenBatch batch = Fixture.batch(0, TEXT);
        try (LanguageModel model = load("tied", Recompute.NONE, Precision.BF16)) {
            byte[] before = result(model);
            model.accumulateGradient(batch, 1.0 / batch.countedTargets(), 0);
            model.step(1, 1e-6, 0, 1);

            assertThat(result(model)).isNotEqualTo(before);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tied", "untied", "bias", "qwen2", "qwen3", "phi3", "gemma2", "gemma3"})
    void countsEveryParameter(String name) {
        try (LanguageModel model = load(name, Recompute.NONE, Precision.FP32)) {
            assertThat(model.trainableParameters()).isEqualTo(model.parameters());
        }
    }

    @Test
    void hasNoBaseModelToGoBackTo() {
        try (LanguageModel model = load("tied", Recompute.NONE, Precision.FP32)) {
            assertThatThrownBy(() -> model.useAdapter(false)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static LanguageModel load(String name, Recompute level, Precision precision) {
        return Fixture.load(name, Fixture.settings(FullTuning.defaults(), precision, level));
    }

    private static LanguageModel answering(Path model) {
        Settings settings = new Settings(
                Purpose.ANSWER, FullTuning.defaults(), Precision.FP32, Recompute.AUTO, 1, 1, 512, 0, 128, 4L << 30);
        return new DecoderLoader().load(Fixture.files(model), null, settings).model();
    }

    private static void train(LanguageModel model, int first, int last) {
        TokenBatch batch = Fixture.batch(0, TEXT);
        for (int step = first; step <= last; step++) {
            model.accumulateGradient(batch, 1.0 / batch.countedTargets(), 0);
            model.step(step, 1e-3, 0.01, 1);
        }
    }

    private byte[] resultAfter(String name, Recompute level, int steps) throws Exception {
        try (LanguageModel model = load(name, level, Precision.FP32)) {
            train(model, 1, steps);
            return result(model);
        }
    }

    private byte[] result(LanguageModel model) throws Exception {
        Path written = Files.createTempDirectory(folder, "result");
        model.writeAdapter(written);
        return Files.readAllBytes(written.resolve(WEIGHTS));
    }
}
