package dev.finetune4j.training.model.decoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;
import static org.assertj.core.data.Percentage.withPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.finetune4j.job.Precision;
import dev.finetune4j.job.Recompute;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.model.ModelFiles;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.run.Sampling;
import dev.finetune4j.training.model.LanguageModel;
import dev.finetune4j.training.model.LanguageModel.Answered;
import dev.finetune4j.training.model.LanguageModel.Asked;
import dev.finetune4j.training.model.LanguageModel.Generated;
import dev.finetune4j.training.model.LanguageModelLoader.Purpose;
import dev.finetune4j.training.model.LanguageModelLoader.Settings;
import dev.finetune4j.training.model.TokenBatch;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** The tiny models of make_fixtures.py, and ways to ask one for a few numbers. */
final class Fixture {
    static final int VOCABULARY = 96;
    static final int[] TEXT = {5, 17, 80, 33, 2, 9, 41, 60, 7, 90, 11};
    static final LoraTuning RANK_4 = new LoraTuning(4, 8, 0, List.of(LoraTuning.ALL_LINEAR));

    private static final ObjectMapper JSON = new ObjectMapper();

    private Fixture() {}

    static Path folder(String name) {
        try {
            return Path.of(Fixture.class
                    .getResource("/dev/finetune4j/training/model/fixtures/" + name)
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static ModelFiles files(Path path) {
        return new ModelFiles(new ModelRef(path.toString()), path, "digest");
    }

    static JsonNode expected(String name) throws IOException {
        return JSON.readTree(folder(name).resolve("expected.json").toFile());
    }

    static Settings settings(TuningMethod method, Precision precision, Recompute recompute) {
        return new Settings(Purpose.TRAIN, method, precision, recompute, 1, 1, 512, 0, 128, 4L << 30);
    }

    static LanguageModel load(String name, Settings settings) {
        return new DecoderLoader().load(files(folder(name)), null, settings).model();
    }

    static LanguageModel load(String name) {
        return load(name, settings(RANK_4, Precision.FP32, Recompute.NONE));
    }

    /** Trains some steps on {@link #TEXT} and writes the adapter; log-probabilities of what comes after the text. */
    static double[] train(String name, LoraTuning method, Path adapter) {
        try (LanguageModel model = load(name, settings(method, Precision.FP32, Recompute.NONE))) {
            TokenBatch batch = batch(0, TEXT);
            for (int step = 1; step <= 3; step++) {
                model.accumulateGradient(batch, 1.0 / batch.countedTargets(), 0);
                model.step(step, 2e-2, 0, 1);
            }
            model.writeAdapter(adapter);
            return next(model, VOCABULARY, TEXT);
        }
    }

    static int[] ints(JsonNode numbers) {
        int[] values = new int[numbers.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = numbers.get(i).asInt();
        }
        return values;
    }

    static double[] doubles(JsonNode numbers) {
        double[] values = new double[numbers.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = numbers.get(i).asDouble();
        }
        return values;
    }

    /** Sequences end to end, each token learning the next from {@code firstTarget} on. */
    static TokenBatch batch(int firstTarget, int[]... sequences) {
        int[] ids = Arrays.stream(sequences).flatMapToInt(Arrays::stream).toArray();
        int[] targets = new int[ids.length];
        int begin = 0;
        for (int[] sequence : sequences) {
            for (int t = 0; t < sequence.length; t++) {
                boolean counts = t >= firstTarget && t + 1 < sequence.length;
                targets[begin + t] = counts ? sequence[t + 1] : TokenBatch.IGNORED;
            }
            begin += sequence.length;
        }
        return new TokenBatch(
                ids,
                targets,
                Arrays.stream(sequences).mapToInt(sequence -> sequence.length).toArray());
    }

    /** log p of each continuation of one prompt. */
    static double[] scores(LanguageModel model, int[] prefix, int[] prompt, List<int[]> continuations) {
        return model.scoreContinuations(prefix, List.of(new LanguageModel.Alternatives(prompt, continuations)))
                .get(0);
    }

    /** log p of each token of the vocabulary after a text. */
    static double[] next(LanguageModel model, int vocabulary, int... text) {
        List<int[]> every = new ArrayList<>();
        for (int token = 0; token < vocabulary; token++) {
            every.add(new int[] {token});
        }
        return scores(model, new int[0], text, every);
    }

    /** After each of three texts the model gives the logits that were expected, at 1e-4. */
    static void assertAnswersAreThoseOf(JsonNode expected, LanguageModel model) {
        for (int i = 0; i < 3; i++) {
            double[] logits = doubles(expected.path("last_logits").path(i));
            int[] text = sequence(expected, i);
            assertThat(next(model, logits.length, text)).containsExactly(logSoftmax(logits), offset(1e-4));
        }
    }

    /**
     * Each step has the loss that was expected, and at ten times the tolerance the gradient's norm: two micro-batches a step, clipped, each
     * step with its own learning rate.
     */
    static void assertTrainsAs(JsonNode expected, JsonNode trained, double tolerance, LanguageModel model) {
        for (int step = 0; step < trained.path("losses").size(); step++) {
            TokenBatch first = batch(2, sequence(expected, step));
            TokenBatch second = batch(2, sequence(expected, step + 1));
            int counted = first.countedTargets() + second.countedTargets();
            double loss = (model.accumulateGradient(first, 1.0 / counted, 0)
                            + model.accumulateGradient(second, 1.0 / counted, 0))
                    / counted;
            double norm = model.gradientNorm();
            model.step(step + 1, trained.path("rates").path(step).asDouble(), 0.1, Math.min(1, 1 / (norm + 1e-6)));

            assertThat(loss)
                    .as("loss of step %d", step)
                    .isCloseTo(trained.path("losses").path(step).asDouble(), withPercentage(100 * tolerance));
            assertThat(norm)
                    .as("gradient norm of step %d", step)
                    .isCloseTo(trained.path("norms").path(step).asDouble(), withPercentage(1000 * tolerance));
        }
    }

    /**
     * Behind a prefix and behind none, prompts and answers of many lengths, in several groups and one prompt too long for a single pass, are
     * answered together as each by itself.
     */
    static void assertAnswersSideBySide(LanguageModel model, int[] prefix) {
        Random random = new Random(6);
        List<Asked> asked = IntStream.range(0, 40)
                .mapToObj(i -> new Asked(
                        random.ints(i == 9 ? 520 : 1 + random.nextInt(40), 3, VOCABULARY)
                                .toArray(),
                        random.ints(1 + i % 7, 3, VOCABULARY).toArray(),
                        i % 3 == 0 ? new Sampling(1 + i, 1.5, 0.95, i) : Sampling.greedy(1 + i % 11)))
                .toList();
        List<Integer> stopTokens = IntStream.range(3, 12).boxed().toList();
        for (int[] before : List.of(prefix, new int[0])) {
            List<Answered> together = model.answer(before, asked, stopTokens);

            for (int i = 0; i < asked.size(); i++) {
                Asked each = asked.get(i);
                Generated spoken = together.get(i).spoken();
                Generated alone = model.generate(before, each.prompt(), stopTokens, each.sampling());
                assertThat(spoken.tokenIds()).as("text %d", i).containsExactly(alone.tokenIds());
                assertThat(spoken.complete()).as("text %d", i).isEqualTo(alone.complete());
                assertThat(together.get(i).logLikelihood())
                        .as("text %d", i)
                        .isCloseTo(scores(model, before, each.prompt(), List.of(each.reference()))[0], offset(1e-4));
            }
        }
    }

    /** One of three texts, over and over. */
    static int[] sequence(JsonNode expected, int i) {
        return ints(expected.path("sequences").path(i % 3));
    }

    static double[] logSoftmax(double[] logits) {
        double largest = Arrays.stream(logits).max().orElseThrow();
        double mass = Arrays.stream(logits).map(z -> Math.exp(z - largest)).sum();
        return Arrays.stream(logits).map(z -> z - largest - Math.log(mass)).toArray();
    }
}
