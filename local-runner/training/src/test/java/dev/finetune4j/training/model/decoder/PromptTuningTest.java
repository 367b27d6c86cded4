package dev.finetune4j.training.model.decoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;
import static org.assertj.core.data.Percentage.withPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.job.Precision;
import dev.finetune4j.job.Recompute;
import dev.finetune4j.method.PromptTuning;
import dev.finetune4j.modelfiles.weights.SafetensorsFile;
import dev.finetune4j.run.Sampling;
import dev.finetune4j.training.model.LanguageModel;
import dev.finetune4j.training.model.LanguageModel.Alternatives;
import dev.finetune4j.training.model.LanguageModelLoader.Purpose;
import dev.finetune4j.training.model.LanguageModelLoader.Settings;
import dev.finetune4j.training.model.TokenBatch;
import dev.finetune4j.training.model.adapter.PromptFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Virtual tokens are embedded, placed, trained, stored and spoken behind as PEFT does it. */
class PromptTuningTest {
    private static final int VOCABULARY = 96;
    private static final PromptTuning FIVE = new PromptTuning(5, "w5 w17 w80");
    private static final List<Integer> START = List.of(5, 17, 80);
    private static final int[] TEXT = new Random(4).ints(30, 3, VOCABULARY).toArray();

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"tied", "gemma2"})
    void startAsTheTextDoes(String name) throws Exception {
        try (LanguageModel model = load(name, Precision.FP32, Recompute.NONE, null)) {
            model.writeAdapter(folder);
        }

        assertThat(embeddings(folder))
                .containsExactly(floats(Fixture.expected(name + "/prompt").path("start")), offset(1e-6f));
    }

    @ParameterizedTest
    @CsvSource({
        "tied, NONE",
        "tied, FEED_FORWARD",
        "tied, LAYER",
        "qwen3, NONE",
        "phi3, NONE",
        "gemma2, NONE",
        "gemma2, LAYER"
    })
    void areTrainedAsPeftTrainsThem(String name, Recompute level) throws Exception {
        JsonNode expected = Fixture.expected(name + "/prompt");

        try (LanguageModel model = load(name, Precision.FP32, level, null)) {
            train(model, expected, expected.path("fp32"), 1e-4);

            for (int i = 0; i < 3; i++) {
                assertThat(Fixture.next(model, VOCABULARY, sequence(expected, i)))
                        .containsExactly(lastLogits(expected, i), offset(1e-3));
            }
        }
    }

    @Test
    void areTrainedInBfloat16AsPeftTrainsThem() throws Exception {
        JsonNode expected = Fixture.expected("tied/prompt");

        try (LanguageModel model = load("tied", Precision.BF16, Recompute.NONE, null)) {
            train(model, expected, expected.path("bf16"), 1e-2);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tied", "qwen3", "phi3", "gemma2"})
    void ofPeftAreReadAndWrittenAgain(String name) throws Exception {
        JsonNode expected = Fixture.expected(name + "/prompt");
        Path written = Fixture.folder(name + "/prompt").resolve("end");

        try (LanguageModel model = load(name, Precision.FP32, Recompute.NONE, written)) {
            for (int i = 0; i < 3; i++) {
                assertThat(Fixture.next(model, VOCABULARY, sequence(expected, i)))
                        .containsExactly(lastLogits(expected, i), offset(1e-4));
            }
            model.writeAdapter(folder);
        }

        assertThat(Files.mismatch(
                        folder.resolve("adapter_model.safetensors"), written.resolve("adapter_model.safetensors")))
                .isEqualTo(-1);
        assertThat(PromptFiles.method(folder))
                .isEqualTo(PromptFiles.method(written))
                .isEqualTo(FIVE);
    }

    @Test
    void standBeforeASharedPrefixToo() throws Exception {
        try (LanguageModel model = finished()) {
            int[] prefix = Arrays.copyOf(TEXT, 12);
            int[] rest = Arrays.copyOfRange(TEXT, 12, TEXT.length);
            List<int[]> answers = List.of(new int[] {7, 8}, new int[] {7, 9, 11}, new int[] {20});

            double[] whole = Fixture.scores(model, new int[0], TEXT, answers);

            assertThat(Fixture.scores(model, prefix, rest, answers)).containsExactly(whole, offset(1e-4));
            assertThat(model.scoreContinuations(new int[0], List.of(new Alternatives(TEXT, List.of(answers.get(0)))))
                            .get(0)[0])
                    .isCloseTo(whole[0], offset(1e-4));
        }
    }

    @Test
    void speakBehindThemOneTokenAfterTheOther() throws Exception {
        try (LanguageModel model = finished()) {
            List<Integer> text = new ArrayList<>();
            for (int token : TEXT) {
                text.add(token);
            }
            for (int n = 0; n < 6; n++) {
                double[] next = Fixture.next(
                        model,
                        VOCABULARY,
                        text.stream().mapToInt(Integer::intValue).toArray());
                text.add(largest(next));
            }

            int[] spoken = model.generate(new int[0], TEXT, List.of(), Sampling.greedy(6))
                    .tokenIds();

            assertThat(spoken)
                    .containsExactly(text.subList(TEXT.length, text.size()).stream()
                            .mapToInt(Integer::intValue)
                            .toArray());
        }
    }

    @Test
    void switchedOffTheModelIsTheBase() throws Exception {
        double[] base;
        try (LanguageModel plain = Fixture.load("tied")) {
            plain.useAdapter(false);
            base = Fixture.next(plain, VOCABULARY, TEXT);
        }
        try (LanguageModel model = finished()) {
            double[] tuned = Fixture.next(model, VOCABULARY, TEXT);
            model.useAdapter(false);

            assertThat(Fixture.next(model, VOCABULARY, TEXT)).isEqualTo(base).isNotEqualTo(tuned);
            model.useAdapter(true);
            assertThat(Fixture.next(model, VOCABULARY, TEXT)).containsExactly(tuned, offset(1e-6));
        }
    }

    @Test
    void stateComesBackBitForBit() throws Exception {
        Path state = folder.resolve("state.safetensors");
        float[] uninterrupted;
        try (LanguageModel model = load("tied", Precision.FP32, Recompute.NONE, null)) {
            steps(model, 1, 3);
            model.writeState(state);
            steps(model, 4, 6);
            model.writeAdapter(folder);
            uninterrupted = embeddings(folder);
        }

        try (LanguageModel model = load("tied", Precision.FP32, Recompute.NONE, null)) {
            model.readState(state);
            steps(model, 4, 6);
            model.writeAdapter(folder);
        }

        assertThat(embeddings(folder)).isEqualTo(uninterrupted);
    }

    @Test
    void ofAnotherNumberAreRefused() {
        Path written = Fixture.folder("tied/prompt").resolve("end");
        Settings settings = settings(new PromptTuning(7, null), Precision.FP32, Recompute.NONE);

        assertThatThrownBy(() -> new DecoderLoader().load(Fixture.files(Fixture.folder("tied")), written, settings))
                .isInstanceOfSatisfying(
                        FineTuneException.class,
                        e -> assertThat(e.problems().get(0).causes())
                                .first()
                                .isEqualTo("num_virtual_tokens is 5, method.virtual-tokens is 7"));
    }

    @Test
    void ofAnUnknownSettingAreRefused() throws Exception {
        String config =
                Files.readString(Fixture.folder("tied/prompt").resolve("end").resolve("adapter_config.json"));
        Files.writeString(
                folder.resolve("adapter_config.json"),
                config.replace("\"num_virtual_tokens\"", "\"encoder_hidden_size\": 8, \"num_virtual_tokens\""));

        assertThatThrownBy(() -> PromptFiles.method(folder))
                .isInstanceOfSatisfying(
                        FineTuneException.class,
                        e -> assertThat(e.problems().get(0).causes())
                                .containsExactly("encoder_hidden_size is 8, which is not supported"));
    }

    private static LanguageModel finished() {
        return load(
                "tied",
                Precision.FP32,
                Recompute.NONE,
                Fixture.folder("tied/prompt").resolve("end"));
    }

    private static LanguageModel load(String name, Precision precision, Recompute level, @Nullable Path adapter) {
        return new DecoderLoader()
                .load(Fixture.files(Fixture.folder(name)), adapter, settings(FIVE, precision, level))
                .model();
    }

    private static Settings settings(PromptTuning method, Precision precision, Recompute level) {
        return new Settings(Purpose.TRAIN, method, precision, level, 1, 1, START, 512, 0, 128, 4L << 30);
    }

    /** Two micro-batches a step, clipped, each step with its own learning rate. */
    private static void train(LanguageModel model, JsonNode expected, JsonNode trained, double tolerance) {
        for (int step = 0; step < trained.path("losses").size(); step++) {
            TokenBatch first = Fixture.batch(2, sequence(expected, step));
            TokenBatch second = Fixture.batch(2, sequence(expected, step + 1));
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

    private static void steps(LanguageModel model, int first, int last) {
        TokenBatch batch = Fixture.batch(0, TEXT);
        for (int step = first; step <= last; step++) {
            model.accumulateGradient(batch, 1.0 / batch.countedTargets(), 0);
            model.step(step, 1e-2, 0, 1);
        }
    }

    private static int[] sequence(JsonNode expected, int i) {
        return Fixture.ints(expected.path("sequences").path(i % 3));
    }

    private static double[] lastLogits(JsonNode expected, int i) {
        return Fixture.logSoftmax(Fixture.doubles(expected.path("last_logits").path(i)));
    }

    private static int largest(double[] values) {
        int best = 0;
        for (int i = 1; i < values.length; i++) {
            best = values[i] > values[best] ? i : best;
        }
        return best;
    }

    private static float[] embeddings(Path adapter) {
        try (SafetensorsFile file = SafetensorsFile.open(adapter.resolve("adapter_model.safetensors"))) {
            return StoredFloats.of(file, "prompt_embeddings");
        }
    }

    private static float[] floats(JsonNode numbers) {
        double[] wide = Fixture.doubles(numbers);
        float[] narrow = new float[wide.length];
        for (int i = 0; i < wide.length; i++) {
            narrow[i] = (float) wide[i];
        }
        return narrow;
    }
}
