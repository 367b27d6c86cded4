package dev.finetune4j.training.model.encoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.data.Offset.offset;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.Precision;
import dev.finetune4j.job.Recompute;
import dev.finetune4j.method.FullTuning;
import dev.finetune4j.method.HeadTuning;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.method.PrefixTuning;
import dev.finetune4j.method.PromptTuning;
import dev.finetune4j.method.QloraTuning;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.modelfiles.config.ModelFolder;
import dev.finetune4j.modelfiles.weights.SafetensorsFile;
import dev.finetune4j.modelfiles.weights.SafetensorsWriter;
import dev.finetune4j.modelfiles.weights.TensorEntry;
import dev.finetune4j.modelfiles.weights.WritableTensor;
import dev.finetune4j.training.model.Classifier;
import dev.finetune4j.training.model.Foreseen;
import dev.finetune4j.training.model.LabelCounts;
import dev.finetune4j.training.model.LanguageModelLoader.Purpose;
import dev.finetune4j.training.model.LanguageModelLoader.Settings;
import dev.finetune4j.training.model.NumberFormats;
import dev.finetune4j.training.model.TokenBatch;
import dev.finetune4j.training.model.adapter.AdapterConfig;
import dev.finetune4j.training.model.internal.CpuFeatures;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What encoders are loaded from, how a head starts, what is refused, and what training leaves. */
@Tag("long")
class EncoderLoadingTest {
    private static final int[] TEXT = {5, 17, 80, 33, 3};
    private static final List<String> TURNED = List.of("LABEL_2", "LABEL_0", "LABEL_1");
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    /** As a bare encoder is saved, and as one that was converted from TensorFlow. */
    @ParameterizedTest
    @CsvSource({"^bert\\.,''", "LayerNorm\\.weight,LayerNorm.gamma", "LayerNorm\\.bias,LayerNorm.beta"})
    void readsTensorsByTheOtherNamesThatTheyHave(String pattern, String replacement) throws IOException {
        Path renamed = copy("bert", name -> Optional.of(name.replaceFirst(pattern, replacement)));

        assertThat(scores(renamed)).containsExactly(scores(EncoderFixture.folder("bert")));
    }

    @Test
    void aHeadThatTheFileDoesNotHaveStartsSmallAndBySeed() throws IOException {
        Path bare = copy("bert", name -> name.contains("classifier") ? Optional.empty() : Optional.of(name));

        double[] first = scores(bare);

        assertThat(first).containsExactly(scores(bare));
        for (double score : first) {
            assertThat(score).isCloseTo(Math.log(1.0 / 3), offset(0.3));
        }
        assertThat(first).isNotEqualTo(scores(EncoderFixture.folder("bert")));
    }

    @Test
    void aHeadOverOtherLabelsIsNotGoneOnFrom() {
        Classifier other = new EncoderLoader()
                .load(
                        EncoderFixture.files(EncoderFixture.folder("bert")),
                        null,
                        EncoderFixture.counts(List.of("spam", "ham")),
                        EncoderFixture.settings(HeadTuning.defaults(), Precision.FP32, Recompute.AUTO))
                .model();
        try (other) {
            assertThat(other.labelScores(List.of(TEXT)).get(0)).hasSize(2);
        }
    }

    @Test
    void aHeadOverTheseLabelsIsGoneOnFromInWhateverOrderTheyAre() {
        Path bert = EncoderFixture.folder("bert");
        double[] stored = scores(bert);
        Classifier turned = new EncoderLoader()
                .load(
                        EncoderFixture.files(bert),
                        null,
                        EncoderFixture.counts(TURNED),
                        EncoderFixture.settings(HeadTuning.defaults(), Precision.FP32, Recompute.AUTO))
                .model();
        try (turned) {
            assertThat(turned.labelScores(List.of(TEXT)).get(0))
                    .containsExactly(new double[] {stored[2], stored[0], stored[1]}, offset(1e-6));
        }
    }

    @Test
    void refusesWhatItCannotCompute() throws IOException {
        Path folder = copy("bert", Optional::of);
        change(
                folder.resolve("config.json"),
                config -> config.put("hidden_act", "mish")
                        .put("position_embedding_type", "relative_key")
                        .put("is_decoder", true));

        assertThat(refusals(folder, 4L << 30)).extracting(Problem::code).containsExactly("FT0470", "FT0470", "FT0470");
        change(folder.resolve("config.json"), config -> config.put("model_type", "albert"));
        assertThat(refusals(folder, 4L << 30)).extracting(Problem::code).containsExactly("FT0470");
        assertThat(refusals(EncoderFixture.folder("roberta"), 100L << 20))
                .extracting(Problem::code)
                .containsExactly("FT0601");
    }

    /** A head learns from few tokens at a time, and answers for many. */
    @Test
    void refusesAheadWhatItCouldTrainAndNotAnswerWith() {
        EncoderLoader plain = new EncoderLoader(new NumberFormats(new CpuFeatures("GenuineIntel", Set.of("avx2"))));
        ModelFolder model = ModelFolder.open(EncoderFixture.folder("roberta"));
        Settings roomy = headInFewTokens(Purpose.TRAIN, Precision.FP32, 4L << 30);
        long peak = plain.footprint(model, EncoderFixture.LABELS, roomy).peakBytes();
        Settings narrow = headInFewTokens(Purpose.TRAIN, Precision.FP32, peak - 1);

        assertThatThrownBy(() -> plain.footprint(model, EncoderFixture.LABELS, narrow))
                .isInstanceOfSatisfying(FineTuneException.class, e -> {
                    Problem problem = e.problems().get(0);
                    assertThat(problem.code()).isEqualTo("FT0601");
                    assertThat(problem.summary()).startsWith("answering needs about ");
                    assertThat(problem.remedies())
                            .containsExactly(
                                    "training.precision: bf16    # many times as slow: no AVX-512 here",
                                    "finetune plan JOB    # what each target has");
                });
    }

    @Test
    void answersExactlyWhereTheMemoryHoldsThatAndElseInTheFastestFormat() throws IOException {
        Files.copy(EncoderFixture.folder("roberta").resolve("config.json"), folder.resolve("config.json"));
        change(
                folder.resolve("config.json"),
                config -> config.put("hidden_size", 1024)
                        .put("num_hidden_layers", 24)
                        .put("num_attention_heads", 16)
                        .put("intermediate_size", 4096));
        ModelFolder large = ModelFolder.open(folder);
        EncoderLoader fast =
                new EncoderLoader(new NumberFormats(new CpuFeatures("GenuineIntel", Set.of("avx512_bf16"))));
        EncoderLoader plain = new EncoderLoader(new NumberFormats(new CpuFeatures("GenuineIntel", Set.of("avx2"))));
        Settings plenty = headInFewTokens(Purpose.ANSWER_EXACTLY, Precision.AUTO, 1L << 40);
        Foreseen exact = fast.footprint(large, EncoderFixture.LABELS, plenty);
        Settings narrow = headInFewTokens(Purpose.ANSWER_EXACTLY, Precision.AUTO, exact.peakBytes() - 1);
        Settings narrowAndSaid = headInFewTokens(Purpose.ANSWER_EXACTLY, Precision.FP32, exact.peakBytes() - 1);
        Settings afterSteps = headInFewTokens(Purpose.ANSWER, Precision.AUTO, 1L << 40);

        assertThat(exact.precision()).isEqualTo(Precision.FP32);
        assertThat(fast.footprint(large, EncoderFixture.LABELS, narrow).precision())
                .isEqualTo(Precision.BF16);
        assertThat(fast.footprint(large, EncoderFixture.LABELS, afterSteps).precision())
                .isEqualTo(Precision.BF16);
        assertThat(plain.footprint(large, EncoderFixture.LABELS, afterSteps).precision())
                .isEqualTo(Precision.FP32);
        assertThatThrownBy(() -> fast.footprint(large, EncoderFixture.LABELS, narrowAndSaid))
                .hasMessageContaining("FT0601");
        assertThatThrownBy(() -> plain.footprint(large, EncoderFixture.LABELS, narrow))
                .hasMessageContaining("FT0601");
    }

    private static Settings headInFewTokens(Purpose purpose, Precision precision, long memoryBytes) {
        return new Settings(purpose, HeadTuning.defaults(), precision, Recompute.AUTO, 1, 1, 16, 0, 0, memoryBytes);
    }

    @Test
    void refusesMethodsOfDecodersAndModulesThatAreNotThere() {
        assertThat(refusals(QloraTuning.defaults())).extracting(Problem::code).containsExactly("FT0475");
        assertThat(refusals(PromptTuning.defaults())).extracting(Problem::code).containsExactly("FT0475");
        assertThat(refusals(PrefixTuning.defaults())).extracting(Problem::code).containsExactly("FT0475");
        assertThat(refusals(LoraTuning.builder()
                        .targetModules(List.of("query", "q_proj"))
                        .build()))
                .extracting(problem ->
                        problem.summary() + " | " + problem.remedies().get(0))
                .containsExactly("the model has no linear layer q_proj | method.target-modules: [query]");
        assertThat(refusals(
                        LoraTuning.builder().trainedModules(List.of("lm_head")).build()))
                .extracting(Problem::summary)
                .containsExactly("an encoder trains no module lm_head beside its adapters");
    }

    @Test
    void writesTheTensorsThatPeftWrites() throws IOException {
        Path theirs = EncoderFixture.adapter("bert", "lora", "end");
        try (Classifier model =
                EncoderFixture.load(EncoderFixture.folder("bert"), theirs, settings(AdapterConfig.read(theirs)))) {
            model.writeAdapter(folder);
        }

        try (SafetensorsFile expected = SafetensorsFile.open(theirs.resolve("adapter_model.safetensors"));
                SafetensorsFile written = SafetensorsFile.open(folder.resolve("adapter_model.safetensors"))) {
            assertThat(written.tensors().keySet())
                    .isEqualTo(expected.tensors().keySet())
                    .contains(
                            "base_model.model.bert.encoder.layer.1.attention.output.dense.lora_B.weight",
                            "base_model.model.bert.pooler.dense.weight",
                            "base_model.model.classifier.bias");
            expected.tensors()
                    .forEach((name, entry) -> assertThat(tensor(written, written.entry(name)))
                            .as(name)
                            .usingRecursiveComparison()
                            .isEqualTo(tensor(expected, entry)));
        }
        JsonNode config = JSON.readTree(folder.resolve("adapter_config.json").toFile());
        assertThat(config.path("task_type").asText()).isEqualTo("SEQ_CLS");
        assertThat(config.path("modules_to_save")).hasToString("[\"classifier\",\"pooler\"]");
        assertThat(config.path("target_modules")).hasToString("[\"dense\",\"key\",\"query\",\"value\"]");
    }

    @ParameterizedTest
    @CsvSource({"bert, lora", "bert, dora", "distilbert, lora", "roberta, lora"})
    void anAdapterGivesTheSameScoresReadAgainAndMerged(String name, String kind) throws IOException {
        Settings settings = settings(method(kind));
        Path bare = copy(name, tensor -> isOfHead(tensor) ? Optional.empty() : Optional.of(tensor));
        Path adapter = Files.createDirectories(folder.resolve("adapter"));
        Path merged = Files.createDirectories(folder.resolve("merged"));
        double[] trained;
        try (Classifier model = EncoderFixture.load(bare, settings)) {
            train(model, EncoderFixture.texts(EncoderFixture.expected(name)), 0, 3);
            model.writeAdapter(adapter);
            model.writeWhole(merged);
            trained = model.labelScores(List.of(TEXT)).get(0);
        }

        try (Classifier model = EncoderFixture.load(bare, adapter, settings(AdapterConfig.read(adapter)))) {
            assertThat(model.labelScores(List.of(TEXT)).get(0)).containsExactly(trained);
        }
        assertThat(scores(merged)).containsExactly(trained, offset(1e-5));
        assertThat(LabelCounts.read(adapter).names()).isEqualTo(EncoderFixture.LABELS);
    }

    /** The head that the base model lacks is in the adapter, or nowhere. */
    @Test
    void refusesAnAdapterWithoutTheHeadThatTheModelLacks() throws IOException {
        Path bare = copy("bert", tensor -> isOfHead(tensor) ? Optional.empty() : Optional.of(tensor));
        Path adapter = copyOfAdapter(tensor -> tensor.contains("pooler") ? Optional.empty() : Optional.of(tensor));
        change(
                adapter.resolve("adapter_config.json"),
                config -> config.putArray("modules_to_save").add("classifier"));

        assertThat(causesOfMisfit(bare, adapter))
                .contains("base_model.model.bert.pooler.dense.weight is missing")
                .doesNotContain("base_model.model.classifier.weight is missing");
    }

    @Test
    void refusesAnAdapterOfADecoder() throws IOException {
        Path adapter = copyOfAdapter(Optional::of);
        change(
                adapter.resolve("adapter_config.json"),
                config -> config.put("task_type", "CAUSAL_LM").putNull("modules_to_save"));

        assertThat(causesOfMisfit(EncoderFixture.folder("bert"), adapter))
                .contains("task_type is not SEQ_CLS, the model tells labels apart");
    }

    private static List<String> causesOfMisfit(Path model, Path adapter) {
        Settings settings = settings(AdapterConfig.read(adapter));
        FineTuneException misfit =
                catchThrowableOfType(FineTuneException.class, () -> EncoderFixture.load(model, adapter, settings));
        assertThat(misfit).hasMessageContaining("FT0473");
        return misfit.problems().get(0).causes();
    }

    /** What PEFT trained on bert, with other names of tensors; those that get none are left out. */
    private Path copyOfAdapter(Function<String, Optional<String>> renamed) throws IOException {
        Path theirs = EncoderFixture.adapter("bert", "lora", "end");
        Path copy = Files.createDirectories(folder.resolve("adapter"));
        Files.copy(theirs.resolve("adapter_config.json"), copy.resolve("adapter_config.json"));
        copyTensors(theirs.resolve("adapter_model.safetensors"), copy.resolve("adapter_model.safetensors"), renamed);
        return copy;
    }

    /** PEFT leaves the names of a head's outputs to the base model. */
    @Test
    void anAdapterHasItsLabelsInTheOrderOfTheBaseModel() throws IOException {
        Path bert = EncoderFixture.folder("bert");
        Settings settings = settings(method("lora"));
        double[] trained;
        try (Classifier model = load(bert, null, TURNED, settings)) {
            train(model, EncoderFixture.texts(EncoderFixture.expected("bert")), 0, 3);
            model.writeAdapter(folder);
            trained = model.labelScores(List.of(TEXT)).get(0);
        }
        Settings written = settings(AdapterConfig.read(folder));

        assertThat(LabelCounts.read(folder).names()).isEqualTo(EncoderFixture.LABELS);
        assertThat(scores(bert, folder, EncoderFixture.LABELS, written))
                .containsExactly(turnedBack(trained), offset(1e-6));
        assertThat(scores(bert, folder, TURNED, written)).containsExactly(trained);
        Files.delete(folder.resolve("labels.json"));
        assertThat(scores(bert, folder, EncoderFixture.LABELS, written))
                .containsExactly(turnedBack(trained), offset(1e-6));
        assertThat(scores(bert, folder, TURNED, written)).containsExactly(trained);
        assertThat(LabelCounts.read(folder, bert).names()).isEqualTo(EncoderFixture.LABELS);
    }

    /** As it was written before adapters had the order of their base model. */
    @Test
    void anAdapterIsReadInTheOrderThatItSays() throws IOException {
        Path bert = EncoderFixture.folder("bert");
        Path adapter = copyOfAdapter(Optional::of);
        Settings settings = settings(AdapterConfig.read(adapter));
        double[] byOutput = scores(bert, adapter, EncoderFixture.LABELS, settings);
        EncoderFixture.counts(TURNED).write(adapter);

        assertThat(scores(bert, adapter, TURNED, settings)).containsExactly(byOutput);
        assertThat(scores(bert, adapter, EncoderFixture.LABELS, settings))
                .containsExactly(turnedBack(byOutput), offset(1e-6));
    }

    @Test
    void anAdapterOfPeftIsReadInTheOrderOfTheBaseModel() {
        Path bert = EncoderFixture.folder("bert");
        Path theirs = EncoderFixture.adapter("bert", "lora", "end");
        Settings settings = settings(AdapterConfig.read(theirs));

        double[] turned = scores(bert, theirs, TURNED, settings);

        assertThat(scores(bert, theirs, EncoderFixture.LABELS, settings))
                .containsExactly(turnedBack(turned), offset(1e-6));
    }

    @Test
    void refusesAnAdapterWithAHeadOverOtherLabels() throws IOException {
        Path adapter = copyOfAdapter(Optional::of);
        EncoderFixture.counts(List.of("red", "green", "blue")).write(adapter);

        assertThat(causesOfMisfit(EncoderFixture.folder("bert"), adapter))
                .containsExactly("its head tells apart red, green, blue; asked for are LABEL_0, LABEL_1, LABEL_2");
    }

    @Test
    void refusesLabelsThatNeitherAdapterNorBaseModelNames() throws IOException {
        Path bare = copy("bert", Optional::of);
        change(bare.resolve("config.json"), config -> config.remove("id2label"));

        assertThatThrownBy(() -> LabelCounts.read(EncoderFixture.adapter("bert", "lora", "end"), bare))
                .hasMessageContaining("FT0473")
                .hasMessageContaining("the labels of the trained model are not known");
    }

    private static double[] scores(Path model, Path adapter, List<String> labels, Settings settings) {
        try (Classifier classifier = load(model, adapter, labels, settings)) {
            return classifier.labelScores(List.of(TEXT)).get(0);
        }
    }

    private static Classifier load(Path model, @Nullable Path adapter, List<String> labels, Settings settings) {
        return new EncoderLoader()
                .load(EncoderFixture.files(model), adapter, EncoderFixture.counts(labels), settings)
                .model();
    }

    /** Scores of the turned labels by the fixture's. */
    private static double[] turnedBack(double[] scores) {
        return EncoderFixture.LABELS.stream()
                .mapToDouble(label -> scores[TURNED.indexOf(label)])
                .toArray();
    }

    private static boolean isOfHead(String tensor) {
        return tensor.contains("classifier") || tensor.contains("pooler");
    }

    private static TuningMethod method(String name) {
        return switch (name) {
            case "full" -> FullTuning.defaults();
            case "head" -> HeadTuning.defaults();
            case "lora" -> LoraTuning.builder().rank(4).dropout(0.2).build();
            default -> LoraTuning.builder().rank(4).dropout(0.2).dora(true).build();
        };
    }

    private static Settings settings(TuningMethod method) {
        return EncoderFixture.settings(method, Precision.FP32, Recompute.NONE);
    }

    private static List<Problem> refusals(TuningMethod method) {
        return refusals(EncoderFixture.folder("bert"), settings(method));
    }

    @ParameterizedTest
    @CsvSource({"bert, full", "distilbert, full", "roberta, head", "bert, lora", "distilbert, dora"})
    void goesOnFromASavedStateToTheSameBits(String name, String method) throws IOException {
        Settings settings = settings(method(method));
        List<EncoderFixture.Text> texts = EncoderFixture.texts(EncoderFixture.expected(name));
        Path state = folder.resolve("state");
        double[] whole;
        try (Classifier model = EncoderFixture.load(EncoderFixture.folder(name), settings)) {
            train(model, texts, 0, 3);
            model.writeState(state);
            train(model, texts, 3, 6);
            whole = model.labelScores(List.of(TEXT)).get(0);
        }

        try (Classifier model = EncoderFixture.load(EncoderFixture.folder(name), settings)) {
            model.readState(state);
            train(model, texts, 3, 6);

            assertThat(model.labelScores(List.of(TEXT)).get(0)).containsExactly(whole);
        }
    }

    @ParameterizedTest
    @CsvSource({"bert, full", "distilbert, head", "roberta, full"})
    void writesAFolderThatGivesTheSameScores(String name, String method) throws IOException {
        Settings settings = settings(method(method));
        double[] trained;
        try (Classifier model = EncoderFixture.load(EncoderFixture.folder(name), settings)) {
            train(model, EncoderFixture.texts(EncoderFixture.expected(name)), 0, 3);
            model.writeAdapter(folder);
            trained = model.labelScores(List.of(TEXT)).get(0);
        }

        assertThat(scores(folder)).containsExactly(trained);
        assertThat(JSON.readTree(folder.resolve("config.json").toFile()).path("id2label"))
                .hasToString("{\"0\":\"LABEL_0\",\"1\":\"LABEL_1\",\"2\":\"LABEL_2\"}");
    }

    private static void train(Classifier model, List<EncoderFixture.Text> texts, int from, int to) {
        for (int step = from; step < to; step++) {
            for (TokenBatch batch : EncoderFixture.microBatches(texts, step, 2, 3)) {
                model.accumulateGradient(batch, 1.0 / 6, step);
            }
            model.step(step + 1, 1e-3, 0.01, 1);
        }
    }

    private static double[] scores(Path model) {
        try (Classifier classifier = EncoderFixture.load(model, HeadTuning.defaults())) {
            return classifier.labelScores(List.of(TEXT)).get(0);
        }
    }

    private static List<Problem> refusals(Path model, long memoryBytes) {
        Settings settings = new Settings(
                Purpose.TRAIN, FullTuning.defaults(), Precision.FP32, Recompute.AUTO, 1, 1, 512, 0, 0, memoryBytes);
        return refusals(model, settings);
    }

    private static List<Problem> refusals(Path model, Settings settings) {
        try {
            new EncoderLoader().footprint(ModelFolder.open(model), EncoderFixture.LABELS, settings);
            return List.of();
        } catch (FineTuneException e) {
            return e.problems();
        }
    }

    /** A fixture with other names of tensors; those that get none are left out. */
    private Path copy(String name, Function<String, Optional<String>> renamed) throws IOException {
        Path copy = Files.createDirectories(folder.resolve("copy"));
        Files.copy(EncoderFixture.folder(name).resolve("config.json"), copy.resolve("config.json"));
        copyTensors(
                EncoderFixture.folder(name).resolve("model.safetensors"), copy.resolve("model.safetensors"), renamed);
        return copy;
    }

    private static void copyTensors(Path from, Path to, Function<String, Optional<String>> renamed) throws IOException {
        Map<String, WritableTensor> tensors = new LinkedHashMap<>();
        try (SafetensorsFile file = SafetensorsFile.open(from);
                FileChannel channel = FileChannel.open(to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (TensorEntry entry : file.tensors().values()) {
                renamed.apply(entry.name()).ifPresent(other -> tensors.put(other, tensor(file, entry)));
            }
            SafetensorsWriter.write(channel, tensors, Map.of("format", "pt"));
        }
    }

    private static WritableTensor tensor(SafetensorsFile file, TensorEntry entry) {
        return WritableTensor.ofBytes(entry.type(), entry.shape(), () -> {
            ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(entry.bytes()));
            file.read(entry.name(), 0, bytes);
            return bytes.flip();
        });
    }

    private static void change(Path file, Consumer<ObjectNode> change) throws IOException {
        ObjectNode config = (ObjectNode) JSON.readTree(file.toFile());
        change.accept(config);
        JSON.writeValue(file.toFile(), config);
    }
}
