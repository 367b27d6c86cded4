package dev.finetune4j.training.model.decoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;
import static org.assertj.core.data.Percentage.withPercentage;

import dev.finetune4j.job.Precision;
import dev.finetune4j.job.Recompute;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.training.model.LanguageModel;
import dev.finetune4j.training.model.TokenBatch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a training step must give, whatever the level of recomputation, the packing and the number format. */
class TrainingStepTest {
    private static final LoraTuning DROPPING = new LoraTuning(4, 8, 0.3, List.of(LoraTuning.ALL_LINEAR));
    private static final LoraTuning DORA = DROPPING.toBuilder().dora(true).build();
    private static final LoraTuning BESIDE = DROPPING.toBuilder()
            .trainedModules(List.of(LoraTuning.EMBEDDING, LoraTuning.HEAD))
            .build();
    private static final int[] SHORT = random(5, 1);
    private static final int[] LONG = random(150, 2);
    private static final int[] MIDDLE = random(40, 3);

    @TempDir
    Path folder;

    @Test
    void packedSequencesDoNotSeeEachOther() {
        try (LanguageModel model = trained("untied", Fixture.RANK_4)) {
            double apart = model.loss(Fixture.batch(0, SHORT))
                    + model.loss(Fixture.batch(0, LONG))
                    + model.loss(Fixture.batch(0, MIDDLE))
                    + model.loss(Fixture.batch(0, MIDDLE));

            assertThat(model.loss(Fixture.batch(0, SHORT, LONG, MIDDLE, MIDDLE)))
                    .isCloseTo(apart, offset(1e-3));
        }
    }

    @Test
    void gradientOfAPackedBatchIsTheSumOfItsSequences() throws Exception {
        try (LanguageModel apart = trained("untied", Fixture.RANK_4);
                LanguageModel packed = trained("untied", Fixture.RANK_4)) {
            apart.accumulateGradient(Fixture.batch(0, SHORT), 0.01, 1);
            apart.accumulateGradient(Fixture.batch(0, LONG), 0.01, 1);
            apart.accumulateGradient(Fixture.batch(0, MIDDLE), 0.01, 1);
            packed.accumulateGradient(Fixture.batch(0, SHORT, LONG, MIDDLE), 0.01, 1);

            assertThat(packed.gradientNorm()).isCloseTo(apart.gradientNorm(), withPercentage(0.01));
            assertThat(afterStep(packed)).containsExactly(afterStep(apart), offset(1e-5f));
        }
    }

    @ParameterizedTest
    @CsvSource({"FEED_FORWARD, false", "LAYER, false", "FEED_FORWARD, true", "LAYER, true"})
    void recomputationChangesNoBit(Recompute level, boolean dora) throws Exception {
        LoraTuning method = dora ? DORA : DROPPING;
        byte[] kept = adapterAfter("bias", method, Recompute.NONE, 3);

        assertThat(adapterAfter("bias", method, level, 3)).isEqualTo(kept);
    }

    @Test
    void sameSeedGivesTheSameBits() throws Exception {
        byte[] first = adapterAfter("tied", DROPPING, Recompute.NONE, 4);

        assertThat(adapterAfter("tied", DROPPING, Recompute.NONE, 4)).isEqualTo(first);
    }

    @Test
    void dropoutSeedDecidesTheMasks() {
        TokenBatch batch = Fixture.batch(0, LONG);
        try (LanguageModel model = trained("tied", DROPPING)) {
            double loss = model.accumulateGradient(batch, 0.01, 7);

            assertThat(model.accumulateGradient(batch, 0.01, 7)).isEqualTo(loss);
            assertThat(model.accumulateGradient(batch, 0.01, 8)).isNotEqualTo(loss);
            assertThat(model.loss(batch)).isNotEqualTo(loss).isEqualTo(model.loss(batch));
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.3})
    void gradientIsTheSlopeOfTheLoss(double dropout) throws Exception {
        LoraTuning method = new LoraTuning(4, 8, dropout, List.of(LoraTuning.ALL_LINEAR));
        TokenBatch batch = Fixture.batch(0, SHORT, MIDDLE);
        double move = 2e-3;
        try (LanguageModel model = trained("untied", method)) {
            model.accumulateGradient(batch, 1, 5);
            double norm = model.gradientNorm();
            Path state = folder.resolve("state");
            model.writeState(state);
            float[] direction = FlatState.gradientByFirstMoment(model, folder.resolve("moved"));

            double ahead = lossAt(model, state, direction, move / norm, batch);
            double behind = lossAt(model, state, direction, -move / norm, batch);

            assertThat((ahead - behind) / (2 * move)).isCloseTo(norm, withPercentage(1));
        }
    }

    @Test
    void freshLengthsChangeNothing() {
        TokenBatch batch = Fixture.batch(0, MIDDLE);
        try (LanguageModel model = load("bias", DORA, Recompute.NONE)) {
            double tuned = model.loss(batch);
            model.useAdapter(false);

            assertThat(tuned).isCloseTo(model.loss(batch), offset(1e-4));
        }
    }

    @Test
    void learnsASequenceByHeart() {
        TokenBatch batch = Fixture.batch(0, MIDDLE);
        try (LanguageModel model = Fixture.load("tied")) {
            double before = model.loss(batch);
            for (int step = 1; step <= 60; step++) {
                model.accumulateGradient(batch, 1.0 / batch.countedTargets(), 0);
                model.step(step, 2e-2, 0, 1);
            }

            assertThat(model.loss(batch)).isLessThan(before / 10);
        }
    }

    @Test
    void bfloat16StaysNearFloat32() {
        TokenBatch batch = Fixture.batch(0, SHORT, LONG, MIDDLE);
        try (LanguageModel wide = Fixture.load("tied");
                LanguageModel narrow = Fixture.load(
                        "tied", Fixture.settings(Fixture.RANK_4, Precision.BF16, Recompute.FEED_FORWARD))) {
            for (int step = 1; step <= 5; step++) {
                double exact = wide.accumulateGradient(batch, 1.0 / batch.countedTargets(), 0);
                double rounded = narrow.accumulateGradient(batch, 1.0 / batch.countedTargets(), 0);

                assertThat(rounded).as("step %d", step).isCloseTo(exact, withPercentage(1));
                assertThat(narrow.gradientNorm()).isCloseTo(wide.gradientNorm(), withPercentage(5));
                wide.step(step, 5e-3, 0.01, 1);
                narrow.step(step, 5e-3, 0.01, 1);
            }
        }
    }

    static Stream<LoraTuning> methods() {
        return Stream.of(DROPPING, DORA, BESIDE);
    }

    @ParameterizedTest
    @MethodSource("methods")
    void stateComesBackBitForBit(LoraTuning method) throws Exception {
        Path state = folder.resolve("state.safetensors");
        byte[] uninterrupted = adapterAfter("tied", method, Recompute.NONE, 6);

        try (LanguageModel model = load("tied", method, Recompute.NONE)) {
            train(model, 1, 3);
            model.writeState(state);
        }
        try (LanguageModel model = load("tied", method, Recompute.NONE)) {
            model.readState(state);
            train(model, 4, 6);

            assertThat(adapterBytes(model)).isEqualTo(uninterrupted);
        }
    }

    @ParameterizedTest
    @MethodSource("methods")
    void trainingLeavesTheBaseModelAsItWas(LoraTuning method) {
        TokenBatch batch = Fixture.batch(0, MIDDLE);
        try (LanguageModel model = load("tied", method, Recompute.NONE)) {
            model.useAdapter(false);
            double base = model.loss(batch);
            double[] next = Fixture.next(model, 96, MIDDLE);
            model.useAdapter(true);
            train(model, 1, 3);
            double[] tuned = Fixture.next(model, 96, MIDDLE);

            model.useAdapter(false);
            assertThat(model.loss(batch)).isEqualTo(base);
            assertThat(Fixture.next(model, 96, MIDDLE)).isEqualTo(next).isNotEqualTo(tuned);
        }
    }

    @Test
    void switchedOffAdapterGivesTheBaseModel() {
        TokenBatch batch = Fixture.batch(0, MIDDLE);
        try (LanguageModel model = Fixture.load("tied")) {
            double base = model.loss(batch);
            train(model, 1, 3);
            double tuned = model.loss(batch);

            model.useAdapter(false);
            assertThat(model.loss(batch)).isEqualTo(base).isNotEqualTo(tuned);

            model.useAdapter(true);
            assertThat(model.loss(batch)).isEqualTo(tuned);
        }
    }

    @Test
    void onlyNamedModulesAreAdapted() {
        LoraTuning queries = new LoraTuning(4, 8, 0, List.of("q_proj", "v_proj"));
        try (LanguageModel model = load("untied", queries, Recompute.NONE)) {
            double before = model.loss(Fixture.batch(0, MIDDLE));
            train(model, 1, 3);

            assertThat(model.trainableParameters()).isEqualTo(2 * 4 * ((32 + 48) + (32 + 24)));
            assertThat(model.loss(Fixture.batch(0, MIDDLE))).isLessThan(before);
        }
    }

    private static int[] random(int tokens, int seed) {
        return new Random(seed).ints(tokens, 3, 96).toArray();
    }

    private static LanguageModel load(String name, LoraTuning method, Recompute level) {
        return Fixture.load(name, Fixture.settings(method, Precision.FP32, level));
    }

    /** A model whose adapter is no longer zero. */
    private static LanguageModel trained(String name, LoraTuning method) {
        LanguageModel model = load(name, method, Recompute.NONE);
        train(model, 1, 2);
        return model;
    }

    private static void train(LanguageModel model, int first, int last) {
        for (int step = first; step <= last; step++) {
            TokenBatch batch = Fixture.batch(1, random(30 + step, step), random(70, 100 + step));
            model.accumulateGradient(batch, 1.0 / batch.countedTargets(), 1000 + step);
            model.step(step, 1e-2, 0.01, 1);
        }
    }

    private byte[] adapterAfter(String name, LoraTuning method, Recompute level, int steps) throws Exception {
        try (LanguageModel model = load(name, method, level)) {
            train(model, 1, steps);
            return adapterBytes(model);
        }
    }

    private byte[] adapterBytes(LanguageModel model) throws Exception {
        model.writeAdapter(folder);
        return Files.readAllBytes(folder.resolve("adapter_model.safetensors"));
    }

    private float[] afterStep(LanguageModel model) throws Exception {
        return FlatState.gradientByFirstMoment(model, folder.resolve("gradient"));
    }

    private double lossAt(LanguageModel model, Path state, float[] direction, double distance, TokenBatch batch)
            throws Exception {
        Path moved = folder.resolve("elsewhere");
        FlatState.copyMoved(state, moved, direction, distance);
        model.readState(moved);
        double loss = model.accumulateGradient(batch, 0, 5);
        return loss;
    }
}
