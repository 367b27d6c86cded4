package dev.finetune4j.training.model.decoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.job.Precision;
import dev.finetune4j.job.Recompute;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.modelfiles.config.DecoderTraits;
import dev.finetune4j.training.model.LanguageModelLoader.Purpose;
import dev.finetune4j.training.model.LanguageModelLoader.Settings;
import dev.finetune4j.training.model.NumberFormats;
import dev.finetune4j.training.model.adapter.LoraLayout;
import dev.finetune4j.training.model.internal.CpuFeatures;
import dev.finetune4j.training.model.weights.FlatLayout;
import dev.finetune4j.training.model.weights.Packing;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is chosen for a model of the size of SmolLM2-135M. */
class MemoryPlanTest {
    private static final int LAYERS = 30;
    private static final DecoderTraits PLAIN = new DecoderTraits(
            false, false, false, false, 1, 0.125, 0, 0, 64, Collections.nCopies(LAYERS, false), null, false);
    private static final DecoderShape SHAPE = new DecoderShape(LAYERS, 576, 9, 3, 64, 1536, 49152, true, 0, PLAIN);
    private static final LoraTuning METHOD = new LoraTuning(16, 32, 0, List.of(LoraTuning.ALL_LINEAR));
    /** All linear layers in codes of a byte. */
    private static final PackedSizes CODES =
            new PackedSizes(Packing.LOSSLESS, 106_168_320, 106_168_320 / 4 * 5, 3072 * 576);

    private static final NumberFormats FAST = new NumberFormats(new CpuFeatures("GenuineIntel", Set.of("avx512_bf16")));
    private static final long PLENTY = 64L << 30;

    @Test
    void answersInTheFormatOfSteps() {
        assertThat(plan(Purpose.TRAIN, Precision.AUTO, 1, 1024, PLENTY).precision())
                .isEqualTo(Precision.BF16);
        assertThat(plan(Purpose.ANSWER, Precision.AUTO, 1, 1024, PLENTY).precision())
                .isEqualTo(Precision.BF16);
        assertThat(plan(Purpose.ANSWER, Precision.FP32, 1, 1024, PLENTY).precision())
                .isEqualTo(Precision.FP32);
    }

    @Test
    void answersExactlyWhereTheMemoryHoldsThat() {
        long exact =
                plan(Purpose.ANSWER_EXACTLY, Precision.FP32, 1, 1024, PLENTY).peakBytes();

        assertThat(plan(Purpose.ANSWER_EXACTLY, Precision.AUTO, 1, 1024, exact).precision())
                .isEqualTo(Precision.FP32);
        assertThat(plan(Purpose.ANSWER_EXACTLY, Precision.AUTO, 1, 1024, exact - 1)
                        .precision())
                .isEqualTo(Precision.BF16);
        assertThat(plan(Purpose.ANSWER_EXACTLY, Precision.BF16, 1, 1024, exact).precision())
                .isEqualTo(Precision.BF16);
    }

    @Test
    void answersInFullPrecisionWhereThatAloneFits() {
        long exact = plan(Purpose.ANSWER, Precision.FP32, CODES, 1, 16, PLENTY).peakBytes();

        assertThat(plan(Purpose.ANSWER, Precision.AUTO, CODES, 1, 16, PLENTY).precision())
                .isEqualTo(Precision.BF16);
        assertThat(plan(Purpose.ANSWER, Precision.AUTO, CODES, 1, 16, exact).precision())
                .isEqualTo(Precision.FP32);
    }

    @Test
    void keepsNothingWhereNothingIsLearned() {
        assertThat(plan(Purpose.ANSWER, Precision.AUTO, 512, 0, PLENTY).recompute())
                .isEqualTo(Recompute.LAYER);
    }

    @Test
    void foreseesTheAnswersBeforeTheFirstStep() {
        long steps = plan(Purpose.TRAIN, Precision.FP32, 64, 0, PLENTY).peakBytes();
        long withAnswers = plan(Purpose.TRAIN, Precision.FP32, 64, 8192, PLENTY).peakBytes();

        assertThat(withAnswers).isGreaterThan(steps);
        assertThatThrownBy(() -> plan(Purpose.TRAIN, Precision.FP32, 64, 8192, withAnswers - 1))
                .isInstanceOfSatisfying(FineTuneException.class, e -> {
                    assertThat(e).hasMessageContaining("FT0601: answering needs about");
                    assertThat(e.problems().get(0).remedies())
                            .containsExactly("training.precision: bf16", "training.max-tokens: 4096");
                });
    }

    @Test
    void tellsThePassagesWhereNothingElseIsRead() {
        Settings passages =
                new Settings(Purpose.ANSWER, METHOD, Precision.FP32, Recompute.AUTO, 2, 1, 512, 512, 0, 100L << 20);

        assertThatThrownBy(() -> plan(passages, PackedSizes.NONE))
                .isInstanceOfSatisfying(FineTuneException.class, e -> {
                    assertThat(e.problems().get(0).causes())
                            .anyMatch(cause -> cause.endsWith(", passages of up to 512 tokens"));
                    assertThat(e.problems().get(0).remedies()).endsWith("training.max-tokens: 256");
                });
    }

    @Test
    void namesTheNarrowFormatOnlyWhereItTakesLess() {
        PackedSizes wide = PackedSizes.NONE;

        assertThat(remedies(Precision.FP32, wide, 512)).contains("training.precision: bf16");
        assertThat(remedies(Precision.FP32, CODES, 8192))
                .as("activations are most of it")
                .contains("training.precision: bf16");
        assertThat(remedies(Precision.FP32, CODES, 8)).doesNotContain("training.precision: bf16");
    }

    @Test
    void tellsAfterwardsInWhichFormatItWouldTakeLess() {

        assertThat(plan(Purpose.TRAIN, Precision.FP32, CODES, 8192, 0, PLENTY).smaller())
                .as("activations are most of it")
                .isEqualTo(Precision.BF16);
        assertThat(plan(Purpose.TRAIN, Precision.FP32, CODES, 8, 0, PLENTY).smaller())
                .isNull();
        assertThat(plan(Purpose.TRAIN, Precision.BF16, CODES, 8, 0, PLENTY).smaller())
                .isEqualTo(Precision.FP32);
    }

    @Test
    void trainsInFullPrecisionWhereThatAloneFits() {
        long exact = plan(Purpose.TRAIN, Precision.FP32, CODES, 8, 0, PLENTY).peakBytes();

        assertThat(plan(Purpose.TRAIN, Precision.AUTO, CODES, 8, 0, PLENTY).precision())
                .isEqualTo(Precision.BF16);
        assertThat(plan(Purpose.TRAIN, Precision.AUTO, CODES, 8, 0, exact).precision())
                .isEqualTo(Precision.FP32);
        assertThat(remedies(Precision.BF16, CODES, 8)).contains("training.precision: fp32");
    }

    @Test
    void onlyTextsThatAreWrittenHaveKeysAndValuesBesideEachOther() {
        long read = peakOfAnswers(0);

        assertThat(peakOfAnswers(100) - read)
                .as("2 L K D s of 16 texts of 100 tokens")
                .isEqualTo(2L * LAYERS * 192 * 4 * 1600);
        assertThat(peakOfAnswers(1024) - read)
                .as("of as many as there is room for")
                .isEqualTo(2L * LAYERS * 192 * 4 * Speaker.TOKENS);
    }

    private static long peakOfAnswers(int writtenTokens) {
        return plan(
                        new Settings(
                                Purpose.ANSWER,
                                METHOD,
                                Precision.FP32,
                                Recompute.AUTO,
                                2,
                                1,
                                List.of(),
                                1,
                                1,
                                0,
                                0,
                                1024,
                                writtenTokens,
                                0,
                                false,
                                PLENTY),
                        PackedSizes.NONE)
                .peakBytes();
    }

    private static List<String> remedies(Precision precision, PackedSizes packed, int batchTokens) {
        FineTuneException refused = catchThrowableOfType(
                FineTuneException.class, () -> plan(Purpose.TRAIN, precision, packed, batchTokens, 0, 100L << 20));
        return refused.problems().get(0).remedies();
    }

    private static MemoryPlan plan(
            Purpose purpose, Precision precision, int batchTokens, int textTokens, long memoryBytes) {
        return plan(purpose, precision, PackedSizes.NONE, batchTokens, textTokens, memoryBytes);
    }

    private static MemoryPlan plan(
            Purpose purpose,
            Precision precision,
            PackedSizes packed,
            int batchTokens,
            int textTokens,
            long memoryBytes) {
        return plan(
                new Settings(purpose, METHOD, precision, Recompute.AUTO, 2, 1, batchTokens, 0, textTokens, memoryBytes),
                packed);
    }

    private static MemoryPlan plan(Settings settings, PackedSizes packed) {
        LoraLayout layout = SHAPE.adapters(METHOD);
        ModulesBeside nothingBeside = new ModulesBeside(FlatLayout.of(layout.length(), List.of()));
        return MemoryPlan.of(SHAPE, TrainedSizes.of(layout, nothingBeside), packed, settings, FAST);
    }
}
