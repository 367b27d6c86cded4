package dev.finetune4j.training.model.decoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;
import static org.assertj.core.data.Percentage.withPercentage;

import dev.finetune4j.job.Precision;
import dev.finetune4j.job.Recompute;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.modelfiles.config.ModelFolder;
import dev.finetune4j.training.model.BatchPrefix;
import dev.finetune4j.training.model.LanguageModel;
import dev.finetune4j.training.model.LanguageModelLoader.Purpose;
import dev.finetune4j.training.model.LanguageModelLoader.Settings;
import dev.finetune4j.training.model.TokenBatch;
import dev.finetune4j.training.model.internal.TorchRuntime;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A batch that threads have dealt out among them must teach what one computation over it teaches. */
class TeamTest {
    private static final LoraTuning DROPPING = new LoraTuning(4, 8, 0.3, List.of(LoraTuning.ALL_LINEAR));
    private static final TokenBatch FOUR = Fixture.batch(0, random(60, 1), random(33, 2), random(58, 3), random(35, 4));

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 8})
    void learnsWhatOneComputationLearns(int threads) throws Exception {
        TokenBatch batch = Fixture.batch(0, equal(threads));
        try (LanguageModel one = model(Fixture.RANK_4, Precision.FP32, Recompute.NONE, 1);
                LanguageModel team = model(Fixture.RANK_4, Precision.FP32, Recompute.NONE, threads)) {
            for (int step = 1; step <= 3; step++) {
                double loss = one.accumulateGradient(batch, 0.01, 0) + one.accumulateGradient(FOUR, 0.01, 0);

                assertThat(team.accumulateGradient(batch, 0.01, 0) + team.accumulateGradient(FOUR, 0.01, 0))
                        .isCloseTo(loss, withPercentage(0.001));
                assertThat(team.gradientNorm()).isCloseTo(one.gradientNorm(), withPercentage(0.01));
                one.step(step, 5e-3, 0, 1);
                team.step(step, 5e-3, 0, 1);
            }
            assertThat(FlatState.gradientByFirstMoment(team, folder.resolve("team")))
                    .containsExactly(FlatState.gradientByFirstMoment(one, folder.resolve("one")), offset(1e-4f));
            assertThat(team.loss(batch)).isCloseTo(one.loss(batch), withPercentage(0.01));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 8})
    void membersHaveTheThreadsAmongThem(int threads) {
        TorchRuntime.start(threads);
        try (Team team = new Team(threads)) {
            int members = Team.members(threads);
            Callable<Double> counted = () -> (double) TorchRuntime.threads();

            assertThat(team.all(Collections.nCopies(members, counted))).isEqualTo(threads / members * members);
            assertThat(TorchRuntime.threads()).isEqualTo(threads);
        }
    }

    @Test
    void bfloat16StaysNearFloat32() {
        try (LanguageModel wide = model(Fixture.RANK_4, Precision.FP32, Recompute.NONE, 1);
                LanguageModel narrow = model(Fixture.RANK_4, Precision.BF16, Recompute.NONE, 2)) {
            assertThat(narrow.accumulateGradient(FOUR, 0.01, 0))
                    .isCloseTo(wide.accumulateGradient(FOUR, 0.01, 0), withPercentage(1));
            assertThat(narrow.gradientNorm()).isCloseTo(wide.gradientNorm(), withPercentage(5));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"NONE", "FEED_FORWARD", "LAYER"})
    void givesTheSameBitsEachTime(Recompute level) throws Exception {
        assertThat(adapterAfterFive(level)).isEqualTo(adapterAfterFive(Recompute.NONE));
    }

    @Test
    void resumesToTheSameBits() throws Exception {
        byte[] uninterrupted = adapterAfterFive(Recompute.NONE);
        Path state = folder.resolve("state");
        try (LanguageModel model = model(DROPPING, Precision.FP32, Recompute.NONE, 2)) {
            train(model, 1, 2);
            model.writeState(state);
        }
        try (LanguageModel model = model(DROPPING, Precision.FP32, Recompute.NONE, 2)) {
            model.readState(state);
            train(model, 3, 5);

            assertThat(adapterBytes(model)).isEqualTo(uninterrupted);
        }
    }

    @Test
    void eachMemberDropsOtherInputs() {
        int[] row = random(50, 9);
        TokenBatch twice = Fixture.batch(0, row, row);
        try (LanguageModel model = model(DROPPING, Precision.FP32, Recompute.NONE, 2)) {
            train(model, 1, 3);
            double both = model.accumulateGradient(twice, 0.01, 5);
            double first = model.accumulateGradient(Fixture.batch(0, row), 0.01, 5);

            assertThat(both).isNotCloseTo(2 * first, withPercentage(1e-6));
        }
    }

    @Test
    void aShareWithNothingToLearnIsLeftOut() {
        TokenBatch batch = new TokenBatch(FOUR.tokenIds(), nothingInTheLast(FOUR.targets(), 93), new int[] {93, 93});
        try (LanguageModel one = model(Fixture.RANK_4, Precision.FP32, Recompute.NONE, 1);
                LanguageModel team = model(Fixture.RANK_4, Precision.FP32, Recompute.NONE, 2)) {
            assertThat(team.accumulateGradient(batch, 0.01, 0))
                    .isCloseTo(one.accumulateGradient(batch, 0.01, 0), withPercentage(0.001));
            assertThat(team.gradientNorm()).isCloseTo(one.gradientNorm(), withPercentage(0.01));
        }
    }

    @Test
    void unequalSequencesAreComputedTogether() {
        try (Team team = new Team(2)) {
            assertThat(team.shares(Fixture.batch(0, random(50, 1), random(10, 2)), PrefixedBatch::sharing))
                    .hasSize(1);
            assertThat(team.shares(Fixture.batch(0, random(50, 1)), PrefixedBatch::sharing))
                    .hasSize(1);
            assertThat(team.shares(FOUR, PrefixedBatch::sharing))
                    .extracting(share -> Arrays.toString(share.lengths()))
                    .containsExactly("[60, 33]", "[58, 35]");
        }
    }

    @Test
    void microBatchesOfFewerRowsThanMembersTakeNoFurtherGradient() throws Exception {
        Settings oneRow = withRows(1);
        Settings twoRows = withRows(2);
        ModelFolder tied = ModelFolder.open(Fixture.folder("tied"));
        TokenBatch row = Fixture.batch(0, random(50, 9));
        try (LanguageModel alone = Fixture.load("tied", oneRow);
                LanguageModel team = Fixture.load("tied", twoRows)) {
            assertThat(new DecoderLoader().footprint(tied, twoRows).peakBytes()
                            - new DecoderLoader().footprint(tied, oneRow).peakBytes())
                    .isEqualTo(4 * team.trainableParameters());
            alone.accumulateGradient(row, 0.01, 0);
            team.accumulateGradient(row, 0.01, 0);
            alone.step(1, 1e-2, 0.01, 1);
            team.step(1, 1e-2, 0.01, 1);

            assertThat(adapterBytes(alone)).isEqualTo(adapterBytes(team));
        }
    }

    private static Settings withRows(int batchRows) {
        return new Settings(
                Purpose.TRAIN,
                Fixture.RANK_4,
                Precision.FP32,
                Recompute.NONE,
                2,
                1,
                List.of(),
                512,
                batchRows,
                512,
                0,
                0,
                0,
                0,
                false,
                4L << 30);
    }

    @Test
    void aLongPrefixIsComputedTogether() {
        try (Team team = new Team(2)) {
            assertThat(team.shares(alike(4, 60), PrefixedBatch::sharing))
                    .extracting(PrefixedBatch::tokens)
                    .containsExactly(124, 124);
            assertThat(team.shares(alike(60, 60), PrefixedBatch::sharing))
                    .extracting(PrefixedBatch::tokens)
                    .containsExactly(300);
        }
    }

    @Test
    void neverComputesMoreThanWasForeseen() {
        Random random = new Random(7);
        for (int size = 2; size <= 4; size++) {
            try (Team team = new Team(size)) {
                for (int trial = 0; trial < 300; trial++) {
                    int prefix = random.nextInt(40);
                    int[][] rows = new int[1 + random.nextInt(12)][];
                    Arrays.setAll(
                            rows,
                            number -> IntStream.concat(
                                            IntStream.range(3, 3 + prefix), random.ints(1 + random.nextInt(60), 3, 9))
                                    .toArray());
                    TokenBatch batch = Fixture.batch(Integer.MAX_VALUE, rows);

                    assertThat(team.shares(batch, PrefixedBatch::sharing).stream()
                                    .mapToLong(PrefixedBatch::tokens)
                                    .sum())
                            .isLessThanOrEqualTo(
                                    new BatchPrefix(prefix, size).computedTokens(rows.length, batch.tokens()));
                }
            }
        }
    }

    /** Four sequences that begin alike and go on each in its own way; the last of their tokens is learned. */
    private static TokenBatch alike(int prefix, int own) {
        int[][] rows = new int[4][];
        Arrays.setAll(
                rows,
                number -> IntStream.concat(IntStream.range(3, 3 + prefix), IntStream.of(random(own, number)))
                        .toArray());
        return Fixture.batch(prefix + own - 2, rows);
    }

    @Test
    void allEndBeforeAFailureIsTold() {
        AtomicInteger ended = new AtomicInteger();
        try (Team team = new Team(2)) {
            List<Callable<Double>> works = List.of(
                    () -> {
                        throw new IllegalArgumentException("damaged");
                    },
                    () -> {
                        Thread.sleep(50);
                        return (double) ended.incrementAndGet();
                    });

            assertThatThrownBy(() -> team.all(works)).hasMessage("damaged");
            assertThat(ended).hasValue(1);
        }
    }

    private static int[][] equal(int sequences) {
        int[][] rows = new int[sequences][];
        Arrays.setAll(rows, number -> random(40, number));
        return rows;
    }

    private static int[] nothingInTheLast(int[] targets, int tokens) {
        int[] fewer = targets.clone();
        Arrays.fill(fewer, fewer.length - tokens, fewer.length, TokenBatch.IGNORED);
        return fewer;
    }

    private static int[] random(int tokens, int seed) {
        return new Random(seed).ints(tokens, 3, 96).toArray();
    }

    private static LanguageModel model(LoraTuning method, Precision precision, Recompute level, int threads) {
        return Fixture.load(
                "tied", new Settings(Purpose.TRAIN, method, precision, level, threads, 1, 512, 0, 128, 4L << 30));
    }

    private static void train(LanguageModel model, int first, int last) {
        for (int step = first; step <= last; step++) {
            model.accumulateGradient(FOUR, 0.01, 1000 + step);
            model.step(step, 1e-2, 0.01, 1);
        }
    }

    private byte[] adapterAfterFive(Recompute level) throws Exception {
        try (LanguageModel model = model(DROPPING, Precision.FP32, level, 2)) {
            train(model, 1, 5);
            return adapterBytes(model);
        }
    }

    private byte[] adapterBytes(LanguageModel model) throws Exception {
        model.writeAdapter(folder);
        return Files.readAllBytes(folder.resolve("adapter_model.safetensors"));
    }
}
