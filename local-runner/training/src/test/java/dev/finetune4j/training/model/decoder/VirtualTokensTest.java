package dev.finetune4j.training.model.decoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.job.Precision;
import dev.finetune4j.job.Recompute;
import dev.finetune4j.method.PrefixTuning;
import dev.finetune4j.method.PromptTuning;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.modelfiles.weights.SafetensorsFile;
import dev.finetune4j.run.Sampling;
import dev.finetune4j.training.model.LanguageModel;
import dev.finetune4j.training.model.LanguageModel.Alternatives;
import dev.finetune4j.training.model.LanguageModelLoader.Purpose;
import dev.finetune4j.training.model.LanguageModelLoader.Settings;
import dev.finetune4j.training.model.TokenBatch;
import dev.finetune4j.training.model.adapter.PromptFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Virtual tokens, of prompt tuning and of prefix tuning, are placed, trained, stored and spoken behind as PEFT does it. */
class VirtualTokensTest {
    private static final int VOCABULARY = 96;
    private static final String START_TEXT = "w5 w17 w80";
    private static final List<Integer> START = List.of(5, 17, 80);
    private static final int[] TEXT = new Random(4).ints(30, 3, VOCABULARY).toArray();

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"prompt, tied", "prompt, gemma2", "prefix, tied", "prefix, qwen3", "prefix, phi3", "prefix, gemma2"})
    void startAsTheTextDoes(String kind, String name) throws Exception {
        try (LanguageModel model = load(kind, name, Precision.FP32, Recompute.NONE, null)) {
            model.writeAdapter(folder);
        }

        assertThat(trained(folder))
                .containsExactly(floats(Fixture.expected(name + "/" + kind).path("start")), offset(1e-5f));
    }

    /** What nothing has been learned of yet is the text itself. */
    @Test
    void aPrefixThatIsNotTrainedIsTheText() {
        try (LanguageModel model = load("prefix", "tied", Precision.FP32, Recompute.NONE, null)) {
            double[] behindPrefix = Fixture.next(model, VOCABULARY, TEXT);
            model.useAdapter(false);

            int[] whole = IntStream.concat(IntStream.of(5, 17, 80, 5, 17), Arrays.stream(TEXT))
                    .toArray();
            assertThat(Fixture.next(model, VOCABULARY, whole)).containsExactly(behindPrefix, offset(1e-5));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "prompt, tied, NONE",
        "prompt, tied, FEED_FORWARD",
        "prompt, tied, LAYER",
        "prompt, qwen3, NONE",
        "prompt, phi3, NONE",
        "prompt, gemma2, NONE",
        "prompt, gemma2, LAYER",
        "prefix, tied, NONE",
        "prefix, tied, FEED_FORWARD",
        "prefix, tied, LAYER",
        "prefix, qwen3, NONE",
        "prefix, qwen3, LAYER",
        "prefix, phi3, NONE",
        "prefix, gemma2, NONE",
        "prefix, gemma2, LAYER"
    })
    void areTrainedAsPeftTrainsThem(String kind, String name, Recompute level) throws Exception {
        JsonNode expected = Fixture.expected(name + "/" + kind);

        try (LanguageModel model = load(kind, name, Precision.FP32, level, null)) {
            Fixture.assertTrainsAs(expected, expected.path("fp32"), 1e-4, model);

            for (int i = 0; i < 3; i++) {
                assertThat(Fixture.next(model, VOCABULARY, Fixture.sequence(expected, i)))
                        .containsExactly(lastLogits(expected, i), offset(1e-3));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"prompt", "prefix"})
    void areTrainedInBfloat16AsPeftTrainsThem(String kind) throws Exception {
        JsonNode expected = Fixture.expected("tied/" + kind);

        try (LanguageModel model = load(kind, "tied", Precision.BF16, Recompute.NONE, null)) {
            Fixture.assertTrainsAs(expected, expected.path("bf16"), 1e-2, model);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "prompt, tied",
        "prompt, qwen3",
        "prompt, phi3",
        "prompt, gemma2",
        "prefix, tied",
        "prefix, qwen3",
        "prefix, phi3",
        "prefix, gemma2"
    })
    void ofPeftAreReadAndWrittenAgain(String kind, String name) throws Exception {
        JsonNode expected = Fixture.expected(name + "/" + kind);
        Path written = Fixture.folder(name + "/" + kind).resolve("end");

        try (LanguageModel model = load(kind, name, Precision.FP32, Recompute.NONE, written)) {
            for (int i = 0; i < 3; i++) {
                assertThat(Fixture.next(model, VOCABULARY, Fixture.sequence(expected, i)))
                        .containsExactly(lastLogits(expected, i), offset(1e-4));
            }
            model.writeAdapter(folder);
        }

        assertThat(Files.mismatch(
                        folder.resolve("adapter_model.safetensors"), written.resolve("adapter_model.safetensors")))
                .isEqualTo(-1);
        assertThat(PromptFiles.method(folder))
                .isEqualTo(PromptFiles.method(written))
                .as("PEFT keeps no text of a prefix")
                .isEqualTo(kind.equals("prefix") ? new PrefixTuning(5, null) : method(kind));
        assertThat(sizes(folder)).isEqualTo(sizes(written));
    }

    @ParameterizedTest
    @ValueSource(strings = {"prompt", "prefix"})
    void standBeforeASharedPrefixToo(String kind) throws Exception {
        try (LanguageModel model = finished(kind)) {
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

    @ParameterizedTest
    @ValueSource(strings = {"prompt", "prefix"})
    void speakBehindThemOneTokenAfterTheOther(String kind) throws Exception {
        try (LanguageModel model = finished(kind)) {
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

    @ParameterizedTest
    @ValueSource(strings = {"prompt", "prefix"})
    void switchedOffTheModelIsTheBase(String kind) throws Exception {
        double[] base;
        try (LanguageModel plain = Fixture.load("tied")) {
            plain.useAdapter(false);
            base = Fixture.next(plain, VOCABULARY, TEXT);
        }
        try (LanguageModel model = finished(kind)) {
            double[] tuned = Fixture.next(model, VOCABULARY, TEXT);
            model.useAdapter(false);

            assertThat(Fixture.next(model, VOCABULARY, TEXT)).isEqualTo(base).isNotEqualTo(tuned);
            model.useAdapter(true);
            assertThat(Fixture.next(model, VOCABULARY, TEXT)).containsExactly(tuned, offset(1e-6));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"prompt", "prefix"})
    void stateComesBackBitForBit(String kind) throws Exception {
        Path state = folder.resolve("state.safetensors");
        float[] uninterrupted;
        try (LanguageModel model = load(kind, "tied", Precision.FP32, Recompute.NONE, null)) {
            steps(model, 1, 3);
            model.writeState(state);
            steps(model, 4, 6);
            model.writeAdapter(folder);
            uninterrupted = trained(folder);
        }

        try (LanguageModel model = load(kind, "tied", Precision.FP32, Recompute.NONE, null)) {
            model.readState(state);
            steps(model, 4, 6);
            model.writeAdapter(folder);
        }

        assertThat(trained(folder)).isEqualTo(uninterrupted);
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
    void ofAnotherKindAreRefused() {
        Path written = Fixture.folder("tied/prompt").resolve("end");
        Settings settings = settings(method("prefix"), Precision.FP32, Recompute.NONE);

        assertThatThrownBy(() -> new DecoderLoader().load(Fixture.files(Fixture.folder("tied")), written, settings))
                .isInstanceOfSatisfying(
                        FineTuneException.class,
                        e -> assertThat(e.problems().get(0).causes())
                                .contains("it is of prompt-tuning, method.kind is prefix-tuning"));
    }

    /** PEFT writes what a projection made of them, which is read as if it had been trained so. */
    @Test
    void ofAProjectionAreReadAsWhatItMade() throws Exception {
        String config =
                Files.readString(Fixture.folder("tied/prefix").resolve("end").resolve("adapter_config.json"));
        Files.writeString(
                folder.resolve("adapter_config.json"),
                config.replace("\"prefix_projection\": false", "\"prefix_projection\": true"));

        assertThat(PromptFiles.method(folder)).isEqualTo(new PrefixTuning(5, null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"prompt", "prefix"})
    void answersSideBySideAsEachByItself(String kind) {
        try (LanguageModel model = finished(kind)) {
            Fixture.assertAnswersSideBySide(model, Arrays.copyOf(TEXT, 12));
        }
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

    private static TuningMethod method(String kind) {
        return kind.equals("prefix") ? new PrefixTuning(5, START_TEXT) : new PromptTuning(5, START_TEXT);
    }

    private static LanguageModel finished(String kind) {
        return load(
                kind,
                "tied",
                Precision.FP32,
                Recompute.NONE,
                Fixture.folder("tied/" + kind).resolve("end"));
    }

    private static LanguageModel load(
            String kind, String name, Precision precision, Recompute level, @Nullable Path adapter) {
        return new DecoderLoader()
                .load(Fixture.files(Fixture.folder(name)), adapter, settings(method(kind), precision, level))
                .model();
    }

    private static Settings settings(TuningMethod method, Precision precision, Recompute level) {
        return new Settings(
                Purpose.TRAIN, method, precision, level, 1, 1, START, 512, 512, 512, 0, 128, 0, 0, false, 4L << 30);
    }

    private static void steps(LanguageModel model, int first, int last) {
        TokenBatch batch = Fixture.batch(0, TEXT);
        for (int step = first; step <= last; step++) {
            model.accumulateGradient(batch, 1.0 / batch.countedTargets(), 0);
            model.step(step, 1e-2, 0, 1);
        }
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

    private static float[] trained(Path adapter) {
        try (SafetensorsFile file = SafetensorsFile.open(adapter.resolve("adapter_model.safetensors"))) {
            return StoredFloats.of(file, "prompt_embeddings");
        }
    }

    /** What files say of the model that they were trained on. */
    private static List<Integer> sizes(Path adapter) throws IOException {
        JsonNode config = new ObjectMapper()
                .readTree(adapter.resolve("adapter_config.json").toFile());
        return Stream.of("num_layers", "num_attention_heads", "token_dim", "num_transformer_submodules")
                .map(key -> config.path(key).asInt())
                .toList();
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
