package dev.finetune4j.training.model.decoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.data.Offset.offset;

import dev.finetune4j.job.Precision;
import dev.finetune4j.job.Recompute;
import dev.finetune4j.run.Sampling;
import dev.finetune4j.training.model.LanguageModel;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Scores and texts that come out of the cache of keys and values equal those computed without one. */
class ScoringTest {
    private static final int[] PREFIX = new Random(1).ints(300, 3, 96).toArray();
    private static final int[] PROMPT = new Random(2).ints(20, 3, 96).toArray();
    private static final List<int[]> LABELS = Stream.of(1, 2, 3, 1, 130, 140)
            .map(tokens -> new Random(tokens).ints(tokens, 3, 96).toArray())
            .toList();

    @ParameterizedTest
    @ValueSource(strings = {"untied", "mistral", "qwen3", "gemma3"})
    void sharedPromptScoresAsWholeTextsDo(String name) {
        try (LanguageModel model = Fixture.load(name)) {
            double[] scores = model.scoreContinuations(PREFIX, PROMPT, LABELS);

            for (int i = 0; i < LABELS.size(); i++) {
                assertThat(scores[i])
                        .as("label %d", i)
                        .isCloseTo(naive(model, join(PREFIX, PROMPT), LABELS.get(i)), offset(2e-3));
            }
        }
    }

    @Test
    void keptPrefixScoresAsAFreshOneDoes() {
        try (LanguageModel model = Fixture.load("tied")) {
            double[] fresh = model.scoreContinuations(PREFIX, PROMPT, LABELS);
            model.scoreContinuations(PREFIX, new int[] {9, 8, 7}, LABELS);

            assertThat(model.scoreContinuations(PREFIX, PROMPT, LABELS)).containsExactly(fresh);
        }
    }

    @Test
    void anotherPrefixReplacesTheKeptOne() {
        int[] other = Arrays.copyOf(PREFIX, 30);
        try (LanguageModel model = Fixture.load("tied")) {
            double[] fresh = model.scoreContinuations(other, PROMPT, LABELS);
            model.scoreContinuations(PREFIX, PROMPT, LABELS);

            assertThat(model.scoreContinuations(other, PROMPT, LABELS)).containsExactly(fresh, offset(1e-6));
        }
    }

    @Test
    void prefixOrPromptMayBeEmpty() {
        try (LanguageModel model = Fixture.load("tied")) {
            double[] asPrompt = model.scoreContinuations(new int[0], PROMPT, LABELS);

            assertThat(model.scoreContinuations(PROMPT, new int[0], LABELS)).containsExactly(asPrompt, offset(1e-4));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> model.scoreContinuations(new int[0], new int[0], LABELS))
                    .withMessageContaining("must not both be empty");
        }
    }

    @Test
    void cacheFollowsTheAdapter() {
        try (LanguageModel model = Fixture.load("tied")) {
            double[] base = model.scoreContinuations(PREFIX, PROMPT, LABELS);
            model.accumulateGradient(Fixture.batch(0, PROMPT), 0.1, 0);
            model.step(1, 1e-2, 0, 1);
            double[] tuned = model.scoreContinuations(PREFIX, PROMPT, LABELS);
            model.useAdapter(false);

            assertThat(tuned[0]).isNotEqualTo(base[0]);
            assertThat(model.scoreContinuations(PREFIX, PROMPT, LABELS)).containsExactly(base);
        }
    }

    @Test
    void speaksTheLikeliestTokensOneByOne() {
        try (LanguageModel model = Fixture.load("llama3")) {
            int[] spoken = model.generate(PREFIX, PROMPT, List.of(), Sampling.greedy(15))
                    .tokenIds();

            int[] text = join(PREFIX, PROMPT);
            for (int token : spoken) {
                double[] next = Fixture.next(model, 96, text);
                assertThat(next[token]).isCloseTo(Arrays.stream(next).max().orElseThrow(), offset(1e-5));
                text = join(text, new int[] {token});
            }
        }
    }

    @Test
    void endsBeforeAStopToken() {
        try (LanguageModel model = Fixture.load("tied")) {
            int[] free = model.generate(new int[0], PROMPT, List.of(), Sampling.greedy(10))
                    .tokenIds();

            LanguageModel.Generated stopped =
                    model.generate(new int[0], PROMPT, List.of(free[free.length - 1]), Sampling.greedy(10));

            assertThat(stopped.complete()).isTrue();
            assertThat(free).startsWith(stopped.tokenIds()).hasSizeGreaterThan(stopped.tokenIds().length);
        }
    }

    @Test
    void sameSeedSpeaksTheSameText() {
        try (LanguageModel model = Fixture.load("tied")) {
            int[] first = drawn(model, 5);

            assertThat(drawn(model, 5)).containsExactly(first);
            assertThat(IntStream.range(0, 5).mapToObj(seed -> drawn(model, seed)))
                    .anySatisfy(other -> assertThat(other).isNotEqualTo(first));
        }
    }

    @Test
    void bfloat16ScoresNearFloat32() {
        try (LanguageModel wide = Fixture.load("tied");
                LanguageModel narrow =
                        Fixture.load("tied", Fixture.settings(Fixture.RANK_4, Precision.BF16, Recompute.NONE))) {
            double[] exact = wide.scoreContinuations(PREFIX, PROMPT, LABELS);
            double[] rounded = narrow.scoreContinuations(PREFIX, PROMPT, LABELS);

            for (int i = 0; i < exact.length; i++) {
                assertThat(rounded[i]).isCloseTo(exact[i], offset(0.1 * LABELS.get(i).length));
            }
        }
    }

    private static int[] drawn(LanguageModel model, long seed) {
        return model.generate(new int[0], PROMPT, List.of(), new Sampling(10, 1.5, 0.95, seed))
                .tokenIds();
    }

    /** The loss of the whole text over the continuation's tokens. */
    private static double naive(LanguageModel model, int[] text, int[] continuation) {
        return -model.loss(Fixture.batch(text.length - 1, join(text, continuation)));
    }

    private static int[] join(int[] a, int[] b) {
        return IntStream.concat(Arrays.stream(a), Arrays.stream(b)).toArray();
    }
}
