package dev.finetune4j.training.model.decoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Percentage.withPercentage;

import dev.finetune4j.job.Precision;
import dev.finetune4j.job.Recompute;
import dev.finetune4j.method.FullTuning;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.method.PrefixTuning;
import dev.finetune4j.method.PromptTuning;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.training.model.LanguageModel;
import dev.finetune4j.training.model.LanguageModelLoader.Purpose;
import dev.finetune4j.training.model.LanguageModelLoader.Settings;
import dev.finetune4j.training.model.TokenBatch;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrefixedBatchTest {
    @Test
    void whatAllBeginWithStandsOnce() {
        TokenBatch batch =
                Fixture.batch(6, new int[] {5, 6, 7, 8, 9, 10, 11, 12}, new int[] {5, 6, 7, 8, 9, 20, 21, 22, 23});

        PrefixedBatch computed = PrefixedBatch.sharing(batch);

        assertThat(computed.prefix()).isEqualTo(5);
        assertThat(computed.tokenIds()).containsExactly(5, 6, 7, 8, 9, 10, 11, 12, 20, 21, 22, 23);
        assertThat(computed.lengths()).containsExactly(3, 4);
        assertThat(computed.positions()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 5, 6, 7, 8);
        int none = TokenBatch.IGNORED;
        assertThat(computed.targets())
                .containsExactly(none, none, none, none, none, none, 12, none, none, 22, 23, none);
    }

    @Test
    void whatPredictsALearnedTokenIsNotShared() {
        assertThat(PrefixedBatch.sharing(Fixture.batch(5, row(40, 1), row(40, 2)))
                        .prefix())
                .isEqualTo(5);
        assertThat(PrefixedBatch.sharing(Fixture.batch(0, row(40, 1), row(40, 2)))
                        .prefix())
                .isZero();
    }

    @Test
    void everySequenceKeepsATokenOfItsOwn() {
        int[] text = random(9, 3);

        PrefixedBatch computed = PrefixedBatch.sharing(Fixture.batch(8, text, text, text));

        assertThat(computed.prefix()).isEqualTo(8);
        assertThat(computed.lengths()).containsExactly(1, 1, 1);
        assertThat(computed.learns()).isFalse();
    }

    @Test
    void aSequenceAloneIsComputedAsItIs() {
        TokenBatch alone = Fixture.batch(45, row(40, 1));

        assertThat(PrefixedBatch.sharing(alone).prefix()).isZero();
        assertThat(PrefixedBatch.sharing(alone).tokenIds()).isEqualTo(alone.tokenIds());
    }

    @ParameterizedTest
    @CsvSource({
        "tied, 1, 40, NONE",
        "tied, 1, 40, FEED_FORWARD",
        "tied, 1, 40, LAYER",
        "gemma2, 1, 40, NONE",
        "qwen3, 2, 40, NONE",
        "tied, 2, 6, NONE",
        "qwen3, 2, 6, LAYER"
    })
    void learnsWhatIsLearnedWithoutSharing(String folder, int threads, int instruction, Recompute level) {
        compare(folder, Fixture.RANK_4, threads, instruction, level);
    }

    @Test
    void aShortInstructionIsComputedByEachThread() {
        try (Team team = new Team(2)) {
            assertThat(team.shares(instructed(6), PrefixedBatch::sharing))
                    .extracting(PrefixedBatch::prefix)
                    .containsExactly(6, 6);
            assertThat(team.shares(instructed(40), PrefixedBatch::sharing)).hasSize(1);
        }
    }

    @Test
    void otherMethodsLearnWhatTheyLearnWithoutSharing() {
        LoraTuning dora = LoraTuning.defaults().toBuilder().rank(4).dora(true).build();

        compare("tied", FullTuning.defaults(), 1, 40, Recompute.NONE);
        compare("tied", dora, 1, 40, Recompute.NONE);
        compare("tied", new PromptTuning(5, null), 1, 40, Recompute.NONE);
        compare("tied", new PrefixTuning(5, null), 1, 40, Recompute.NONE);
        compare("gemma2", new PrefixTuning(5, null), 1, 40, Recompute.LAYER);
    }

    @Test
    void bfloat16StaysNearFloat32() {
        TokenBatch batch = instructed(40);
        try (LanguageModel wide = model("tied", Fixture.RANK_4, Precision.FP32, 1, Recompute.NONE);
                LanguageModel narrow = model("tied", Fixture.RANK_4, Precision.BF16, 1, Recompute.NONE)) {
            assertThat(narrow.accumulateGradient(batch, 0.1, 0))
                    .isCloseTo(wide.accumulateGradient(batch, 0.1, 0), withPercentage(1));
            assertThat(narrow.gradientNorm()).isCloseTo(wide.gradientNorm(), withPercentage(5));
        }
    }

    @Test
    void rowsThatDropInputsOfTheirOwnShareNothing() {
        LoraTuning dropping = new LoraTuning(4, 8, 0.3, List.of(LoraTuning.ALL_LINEAR));
        TokenBatch batch = instructed(40);
        int room = PrefixedBatch.sharing(batch).tokens();
        try (LanguageModel model = Fixture.load(
                "tied",
                new Settings(Purpose.TRAIN, dropping, Precision.FP32, Recompute.NONE, 1, 1, room, 0, 0, 4L << 30))) {
            assertThat(model.loss(batch)).isPositive();
            assertThatThrownBy(() -> model.accumulateGradient(batch, 0.1, 1))
                    .hasMessage("batch must have at most " + room + " tokens, was " + batch.tokens());
        }
    }

    /** Rows side by side, whose instruction is shared, against each row by itself. */
    private static void compare(String folder, TuningMethod method, int threads, int instruction, Recompute level) {
        TokenBatch together = instructed(instruction);
        assertThat(PrefixedBatch.sharing(together).prefix()).isEqualTo(instruction);
        List<TokenBatch> apart = IntStream.rangeClosed(1, 4)
                .mapToObj(i -> Fixture.batch(instruction + 2, row(instruction, i)))
                .toList();
        try (LanguageModel sharing = model(folder, method, Precision.FP32, threads, level);
                LanguageModel single = model(folder, method, Precision.FP32, 1, Recompute.NONE)) {
            for (int step = 1; step <= 3; step++) {
                double expected = apart.stream()
                        .mapToDouble(row -> single.accumulateGradient(row, 0.1, 0))
                        .sum();

                assertThat(sharing.accumulateGradient(together, 0.1, 0)).isCloseTo(expected, withPercentage(0.001));
                assertThat(sharing.gradientNorm()).isCloseTo(single.gradientNorm(), withPercentage(0.01));
                single.step(step, 1e-3, 0, 1);
                sharing.step(step, 1e-3, 0, 1);
            }
            assertThat(sharing.loss(together))
                    .isCloseTo(apart.stream().mapToDouble(single::loss).sum(), withPercentage(0.01));
        }
    }

    private static LanguageModel model(
            String folder, TuningMethod method, Precision precision, int threads, Recompute level) {
        return Fixture.load(
                folder, new Settings(Purpose.TRAIN, method, precision, level, threads, 1, 512, 0, 128, 4L << 30));
    }

    private static TokenBatch instructed(int instruction) {
        return Fixture.batch(
                instruction + 2, row(instruction, 1), row(instruction, 2), row(instruction, 3), row(instruction, 4));
    }

    /** An instruction of so many tokens, and what makes it 50 and some more. */
    private static int[] row(int instruction, int number) {
        return IntStream.concat(
                        IntStream.of(random(instruction, 1)),
                        IntStream.of(random(50 - instruction + number, 100 + number)))
                .toArray();
    }

    private static int[] random(int tokens, int seed) {
        return new Random(seed).ints(tokens, 3, 96).toArray();
    }
}
