package dev.finetune4j.training.model.decoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.data.Offset.offset;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.Precision;
import dev.finetune4j.job.Recompute;
import dev.finetune4j.method.HeadTuning;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.method.MethodProblems;
import dev.finetune4j.method.PromptTuning;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.modelfiles.config.ModelFolder;
import dev.finetune4j.modelfiles.weights.TensorEntry;
import dev.finetune4j.modelfiles.weights.TensorType;
import dev.finetune4j.modelfiles.weights.WeightFile;
import dev.finetune4j.training.model.LanguageModel;
import dev.finetune4j.training.model.LanguageModelLoader.Loaded;
import dev.finetune4j.training.model.LanguageModelLoader.Purpose;
import dev.finetune4j.training.model.LanguageModelLoader.Settings;
import dev.finetune4j.training.model.NumberFormats;
import dev.finetune4j.training.model.adapter.AdapterConfig;
import dev.finetune4j.training.model.internal.CpuFeatures;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is chosen, and what is refused, when a model is loaded. */
class LoadingTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Settings FP32 = Fixture.settings(Fixture.RANK_4, Precision.FP32, Recompute.NONE);

    private static final NumberFormats FAST = new NumberFormats(new CpuFeatures("GenuineIntel", Set.of("avx512_bf16")));
    private static final NumberFormats PLAIN = new NumberFormats(new CpuFeatures("GenuineIntel", Set.of("avx2")));

    @TempDir
    Path folder;

    @Test
    void ggufGivesTheSameNumbersAsTheFolderItWasMadeFrom() {
        int[] text = {5, 17, 80, 33};
        try (LanguageModel original = Fixture.load("tied");
                LanguageModel converted = Fixture.load("tied.gguf", FP32)) {
            assertThat(Fixture.next(converted, 96, text))
                    .containsExactly(Fixture.next(original, 96, text), offset(1e-5));
        }
    }

    @Test
    void choosesBfloat16WhereTheProcessorMultipliesIt() {
        DecoderLoader fast = new DecoderLoader(FAST);
        DecoderLoader plain = new DecoderLoader(PLAIN);

        assertThat(loaded(fast, Precision.AUTO, Recompute.NONE, 4L << 30).precision())
                .isEqualTo(Precision.BF16);
        assertThat(loaded(plain, Precision.AUTO, Recompute.NONE, 4L << 30).precision())
                .isEqualTo(Precision.FP32);
        assertThat(loaded(plain, Precision.BF16, Recompute.NONE, 4L << 30).precision())
                .isEqualTo(Precision.BF16);
    }

    @Test
    void choosesTheFastestLevelThatFits() {
        long none = loaded(new DecoderLoader(), Precision.FP32, Recompute.NONE, 4L << 30)
                .predictedPeakBytes();
        long feedForward = loaded(new DecoderLoader(), Precision.FP32, Recompute.FEED_FORWARD, 4L << 30)
                .predictedPeakBytes();

        assertThat(levelWithin(none)).isEqualTo(Recompute.NONE);
        assertThat(levelWithin(none - 1)).isEqualTo(Recompute.FEED_FORWARD);
        assertThat(levelWithin(feedForward - 1)).isEqualTo(Recompute.LAYER);
    }

    @Test
    void refusesToTrainTheHeadThatADecoderDoesNotHave() {
        Settings head = new Settings(
                Purpose.TRAIN, HeadTuning.defaults(), Precision.FP32, Recompute.AUTO, 1, 1, 512, 0, 0, 4L << 30);

        assertThatThrownBy(() -> new DecoderLoader().footprint(ModelFolder.open(Fixture.folder("tied")), head))
                .isInstanceOfSatisfying(
                        FineTuneException.class,
                        e -> assertThat(e.problems()).extracting(Problem::kind).containsExactly(MethodProblems.METHOD));
    }

    @Test
    void refusesWhatDoesNotFitTheMemory() {
        assertThatThrownBy(() -> loaded(new DecoderLoader(FAST), Precision.FP32, Recompute.AUTO, 100L << 20))
                .isInstanceOfSatisfying(FineTuneException.class, e -> {
                    assertThat(e).hasMessageContaining("FT0601").hasMessageContaining("there are 0.1 GB");
                    assertThat(e.problems().get(0).remedies())
                            .as("of a model so small bf16 takes no less")
                            .containsExactly("training.batch-size: 1", "training.max-tokens: 256");
                });
        assertThatThrownBy(() -> loaded(new DecoderLoader(PLAIN), Precision.FP32, Recompute.AUTO, 100L << 20))
                .isInstanceOfSatisfying(
                        FineTuneException.class,
                        e -> assertThat(e.problems().get(0).remedies())
                                .contains("training.precision: bf16    # many times as slow: no AVX-512 here"));
        assertThatThrownBy(() -> loaded(new DecoderLoader(), Precision.BF16, Recompute.NONE, 100L << 20))
                .isInstanceOfSatisfying(
                        FineTuneException.class,
                        e -> assertThat(e.problems().get(0).remedies()).contains("training.recompute: layer"));
    }

    @Test
    void saysSoWhenMemoryRunsOutInAStep() {
        Settings boundless = new Settings(
                Purpose.TRAIN,
                Fixture.RANK_4,
                Precision.FP32,
                Recompute.NONE,
                1,
                1,
                Integer.MAX_VALUE,
                0,
                0,
                Long.MAX_VALUE);
        try (LanguageModel model = Fixture.load("tied", boundless)) {
            assertThatThrownBy(() -> model.loss(Fixture.batch(0, new int[] {1, 2, 3})))
                    .isInstanceOf(FineTuneException.class)
                    .hasMessageContaining("FT0604");
        }
    }

    @Test
    void refusesAnArchitectureThatIsNotComputedExactly() throws Exception {
        Path model = changed("tied", config -> {
            config.putArray("architectures").add("GPT2LMHeadModel");
            config.put("hidden_act", "gelu");
            config.putObject("rope_parameters").put("rope_type", "dynamic").put("rope_theta", 1e4);
        });

        assertThatThrownBy(() -> load(model, null)).isInstanceOfSatisfying(FineTuneException.class, e -> {
            assertThat(e.problems())
                    .hasSize(3)
                    .allMatch(problem -> problem.code().equals("FT0470"));
            assertThat(e)
                    .hasMessageContaining("GPT2LMHeadModel")
                    .hasMessageContaining("gelu")
                    .hasMessageContaining("dynamic");
        });
    }

    @Test
    void refusesLongRopeByTheLongestTextAndNotByTheBatch() throws Exception {
        Path model = withLongRope();

        assertThat(refusals(model, longTexts(64, 64))).isEmpty();
        assertThat(refusals(model, longTexts(65, 64))).singleElement().satisfies(problem -> {
            assertThat(problem.code()).isEqualTo("FT0470");
            assertThat(problem.causes())
                    .containsExactly(
                            "longer sequences turn by other frequencies, and rows of up to 65 tokens would be learned");
            assertThat(problem.remedies()).containsExactly("training.max-tokens: 64");
        });
        assertThat(remedies(model, longTexts(64, 70)))
                .as("a label that is longer than that of the row")
                .containsExactly("training.max-tokens: 64");
        assertThat(refusals(model, longTexts(0, 70)))
                .as("where nothing is learned")
                .singleElement()
                .satisfies(problem -> assertThat(problem.remedies())
                        .containsExactly("shorten the prompt, or ask for fewer new tokens: take 6 off --max-new-tokens,"
                                + " or off a job's evaluation.max-new-tokens"));
        assertThat(refusals(model, longTexts(66, 70)))
                .singleElement()
                .satisfies(problem -> assertThat(problem.causes()).hasSize(2));
    }

    @Test
    void leavesRoomForAnswersAndVirtualTokensBesideLongRope() throws Exception {
        Path model = withLongRope();

        assertThat(remedies(model, longTexts(90, 70, 20, false)))
                .as("a prompt that is not cut leaves as many tokens to its answer as one that is")
                .containsExactly("training.max-tokens: 44");
        assertThat(remedies(model, longTexts(90, 64, 20, false)))
                .as("what is asked has room, however its row is cut")
                .containsExactly("training.max-tokens: 64");
        assertThat(remedies(model, longTexts(60, 300, 20, true)))
                .containsExactly("training.max-tokens: 44    # and evaluation.few-shot: 0");
        assertThat(remedies(model, longTexts(60, 300, 256, true)))
                .containsExactly("training.max-tokens: 32    # and evaluation.few-shot: 0 and"
                        + " evaluation.max-new-tokens: 32");
        assertThat(remedies(model, behindVirtualTokens(10))).containsExactly("training.max-tokens: 34");
        assertThat(remedies(model, behindVirtualTokens(48)))
                .containsExactly("training.max-tokens: 8    # and" + " evaluation.max-new-tokens: 8");
        assertThat(remedies(model, behindVirtualTokens(62)))
                .as("rows of two tokens teach nothing")
                .containsExactly("method.virtual-tokens: 48    # and training.max-tokens: 8 and"
                        + " evaluation.max-new-tokens: 8");
    }

    private Path withLongRope() throws Exception {
        return changed("tied", config -> {
            ObjectNode rope = config.putObject("rope_parameters")
                    .put("rope_type", "longrope")
                    .put("rope_theta", 1e4)
                    .put("original_max_position_embeddings", 64);
            rope.putArray("short_factor").add(1.0).add(1.0).add(1.0).add(1.0);
            rope.putArray("long_factor").add(2.0).add(2.0).add(2.0).add(2.0);
        });
    }

    /** Micro-batches of 512 tokens of rows, and texts that are answered, of up to so many each. */
    private static Settings longTexts(int rowTokens, int textTokens) {
        return longTexts(rowTokens, textTokens, 0, false);
    }

    private static Settings longTexts(int rowTokens, int textTokens, int newTokens, boolean showsExamples) {
        return longTexts(Fixture.RANK_4, rowTokens, textTokens, newTokens, showsExamples);
    }

    /** Rows and texts that are longer than 64 tokens with them, answers of 20 tokens. */
    private static Settings behindVirtualTokens(int count) {
        return longTexts(new PromptTuning(count, null), 90, 70, 20, false);
    }

    private static Settings longTexts(
            TuningMethod method, int rowTokens, int textTokens, int newTokens, boolean showsExamples) {
        return new Settings(
                Purpose.TRAIN,
                method,
                Precision.FP32,
                Recompute.NONE,
                1,
                1,
                List.of(),
                512,
                512,
                rowTokens,
                0,
                textTokens,
                newTokens == 0 ? 0 : textTokens,
                newTokens,
                showsExamples,
                4L << 30);
    }

    private static List<String> remedies(Path model, Settings settings) {
        return refusals(model, settings).stream()
                .flatMap(problem -> problem.remedies().stream())
                .toList();
    }

    private static List<Problem> refusals(Path model, Settings settings) {
        try {
            new DecoderLoader().footprint(ModelFolder.open(model), settings);
            return List.of();
        } catch (FineTuneException e) {
            return e.problems();
        }
    }

    @Test
    void refusesWeightsOfAnotherShape() throws Exception {
        Path model = changed("tied", config -> config.put("vocab_size", 100));

        assertThatThrownBy(() -> load(model, null))
                .isInstanceOf(FineTuneException.class)
                .hasMessageContaining("FT0471")
                .hasMessageContaining("is [96, 32], not [100, 32]");
    }

    @Test
    void refusesAWeightThatIsNoNumber() throws Exception {
        Path model = changed("tied", config -> {});
        Path file = model.resolve("model.safetensors");
        TensorEntry norm;
        try (WeightFile weights = WeightFile.open(file)) {
            norm = weights.entry("model.layers.1.input_layernorm.weight");
        }
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(norm.offset() + 3 * Float.BYTES);
            bytes.writeInt(0x0000C07F); // little-endian NaN
        }

        assertThat(norm.type()).isEqualTo(TensorType.F32);
        assertThatThrownBy(() -> load(model, null)).isInstanceOfSatisfying(FineTuneException.class, e -> {
            assertThat(e).hasMessageContaining("FT0474: model.layers.1.input_layernorm.weight holds NaN");
            assertThat(e.problems().get(0).causes()).containsExactly("it is element 3 of 32");
        });
    }

    @Test
    void namesTheNearestModuleForAnUnknownOne() {
        LoraTuning method = new LoraTuning(4, 8, 0, List.of("qproj", "v_proj"));

        assertThatThrownBy(() -> Fixture.load("tied", Fixture.settings(method, Precision.FP32, Recompute.NONE)))
                .isInstanceOfSatisfying(
                        FineTuneException.class,
                        e -> assertThat(e.problems()).singleElement().satisfies(problem -> {
                            assertThat(problem.code()).isEqualTo("FT0472");
                            assertThat(problem.summary()).isEqualTo("the model has no linear layer qproj");
                            assertThat(problem.remedies())
                                    .containsExactly(
                                            "method.target-modules: [q_proj]", "method.target-modules: [all-linear]");
                        }));
    }

    @Test
    void namesTheModulesThatADecoderCanTrainBesideItsAdapters() {
        LoraTuning method = Fixture.RANK_4.toBuilder()
                .trainedModules(List.of("lm_head", "norm"))
                .build();

        assertThatThrownBy(() -> Fixture.load("tied", Fixture.settings(method, Precision.FP32, Recompute.NONE)))
                .isInstanceOfSatisfying(FineTuneException.class, e -> {
                    assertThat(e).hasMessageContaining("FT0472: a decoder trains no module norm beside its adapters");
                    assertThat(e.problems())
                            .singleElement()
                            .satisfies(problem -> assertThat(problem.remedies())
                                    .containsExactly("method.trained-modules: [lm_head]"));
                });
    }

    @Test
    void proposesAllLinearLayersOnlyWhereTheNamedModuleIsOne() {
        LoraTuning method =
                Fixture.RANK_4.toBuilder().targetModules(List.of("q_proj")).build();

        assertThat(remediesOfRank(method, "k_proj"))
                .containsExactly("method.ranks: {q_proj: 8}", "method.target-modules: [all-linear]");
        assertThat(remediesOfRank(method, "lm_head")).containsExactly("method.ranks: {q_proj: 8}");
    }

    private static List<String> remediesOfRank(LoraTuning method, String module) {
        FineTuneException refusal = catchThrowableOfType(
                FineTuneException.class,
                () -> Fixture.load(
                        "tied",
                        Fixture.settings(
                                method.toBuilder().ranks(Map.of(module, 8)).build(), Precision.FP32, Recompute.NONE)));
        return refusal.problems().get(0).remedies();
    }

    @Test
    void refusesATokenOutsideTheVocabulary() {
        try (LanguageModel model = Fixture.load("tied")) {
            assertThatThrownBy(() -> model.loss(Fixture.batch(0, new int[] {1, 96})))
                    .isInstanceOf(FineTuneException.class)
                    .hasMessageContaining("FT0602: token 96");
        }
    }

    @Test
    void refusesTheStateOfAnotherAdapter() {
        Path state = folder.resolve("state");
        LoraTuning other = new LoraTuning(2, 8, 0, List.of(LoraTuning.ALL_LINEAR));
        try (LanguageModel model = Fixture.load("tied", Fixture.settings(other, Precision.FP32, Recompute.NONE))) {
            model.writeState(state);
        }

        try (LanguageModel model = Fixture.load("tied")) {
            assertThatThrownBy(() -> model.readState(state))
                    .isInstanceOf(FineTuneException.class)
                    .hasMessageContaining("FT0603");
        }
    }

    @Test
    void namesEverySettingOfAModuleOrLayerThatGetsNoAdapter() {
        LoraTuning method = LoraTuning.builder()
                .targetModules(List.of("q_proj", "v_proj"))
                .ranks(Map.of("v_proj", 2, "up_proj", 4))
                .alphas(Map.of("k_proj", 4.0))
                .layers(List.of(1, 2))
                .build();

        assertThatThrownBy(() -> Fixture.load("tied", Fixture.settings(method, Precision.FP32, Recompute.NONE)))
                .isInstanceOfSatisfying(
                        FineTuneException.class,
                        e -> assertThat(e.problems())
                                .extracting(problem -> problem.code() + " " + problem.summary() + " | "
                                        + problem.remedies().get(0))
                                .containsExactly(
                                        "FT0472 method.alphas names k_proj, which gets no adapter"
                                                + " | method.alphas: {q_proj: 4.0}",
                                        "FT0472 method.ranks names up_proj, which gets no adapter"
                                                + " | method.ranks: {q_proj: 4}",
                                        "FT0472 the model has no layer 2 | method.layers: [1]"));
    }

    @Test
    void adapterIsWrittenAsItWasRead() throws Exception {
        Path written = folder.resolve("adapter");
        Files.createDirectories(written);
        Path peft = Fixture.folder("peft").resolve("end");
        try (LanguageModel model = load(Fixture.folder("tied"), peft)) {
            model.writeAdapter(written);
        }

        assertThat(written.resolve("adapter_model.safetensors"))
                .hasSameBinaryContentAs(peft.resolve("adapter_model.safetensors"));
        assertThat(JSON.readTree(written.resolve("adapter_config.json").toFile()))
                .isEqualTo(JSON.readTree("""
                    {"alpha_pattern": {}, "base_model_name_or_path": "%s", "bias": "none", "fan_in_fan_out": false,
                     "inference_mode": true, "init_lora_weights": true, "lora_alpha": 8, "lora_dropout": 0.0,
                     "peft_type": "LORA", "r": 4, "rank_pattern": {}, "revision": null, "task_type": "CAUSAL_LM",
                     "target_modules": ["down_proj", "gate_proj", "k_proj", "o_proj", "q_proj", "up_proj", "v_proj"],
                     "use_dora": false, "use_rslora": false}\
                    """.formatted(Fixture.folder("tied"))));
    }

    @Test
    void refusesAnAdapterThatDoesNotFit() throws Exception {
        Path peft = Fixture.folder("peft").resolve("end");
        Path dora = folder.resolve("dora");
        Files.createDirectories(dora);
        ObjectNode config =
                (ObjectNode) JSON.readTree(peft.resolve("adapter_config.json").toFile());
        config.put("use_dora", true).put("r", 8).put("lora_alpha", 16).put("peft_type", "LOHA");
        config.putArray("target_modules").add("q_proj");
        JSON.writeValue(dora.resolve("adapter_config.json").toFile(), config);

        assertThatThrownBy(() -> load(Fixture.folder("tied"), dora))
                .isInstanceOfSatisfying(
                        FineTuneException.class,
                        e -> assertThat(e.problems().get(0).causes())
                                .hasSize(5)
                                .anyMatch(cause -> cause.contains("use_dora")));
        assertThatThrownBy(() -> load(Fixture.folder("tied"), folder))
                .isInstanceOf(FineTuneException.class)
                .hasMessageContaining("FT0473");
        assertThatThrownBy(() -> load(Fixture.folder("untied"), peft))
                .isInstanceOf(FineTuneException.class)
                .hasMessageContaining("FT0473");
    }

    @Test
    void namesTensorsThatNothingReads() throws Exception {
        Path peft = Fixture.folder("peft").resolve("end");
        Path first = folder.resolve("first-layer");
        Files.createDirectories(first);
        Files.copy(peft.resolve("adapter_model.safetensors"), first.resolve("adapter_model.safetensors"));
        ObjectNode config =
                (ObjectNode) JSON.readTree(peft.resolve("adapter_config.json").toFile());
        config.putArray("target_modules")
                .add("q_proj")
                .add("k_proj")
                .add("v_proj")
                .add("o_proj")
                .add("gate_proj")
                .add("up_proj")
                .add("down_proj");
        config.putArray("layers_to_transform").add(0);
        JSON.writeValue(first.resolve("adapter_config.json").toFile(), config);
        Settings settings = Fixture.settings(AdapterConfig.read(first), Precision.FP32, Recompute.NONE);

        assertThatThrownBy(() -> new DecoderLoader().load(Fixture.files(Fixture.folder("tied")), first, settings))
                .isInstanceOfSatisfying(
                        FineTuneException.class,
                        e -> assertThat(e.problems().get(0).causes())
                                .contains("base_model.model.model.layers.1.mlp.down_proj.lora_A.weight"
                                        + " is neither a factor nor a module that the method trains"));
    }

    @Test
    void speaksOfAnAdapterWhereItsOwnMethodDoesNotFit() throws Exception {
        Path foreign = folder.resolve("foreign");
        Files.createDirectories(foreign);
        Files.writeString(
                foreign.resolve("adapter_config.json"),
                "{\"peft_type\": \"LORA\", \"target_modules\": [\"h.7.attn.c_attn\"]}");
        Settings settings = new Settings(
                Purpose.ANSWER,
                AdapterConfig.read(foreign),
                Precision.FP32,
                Recompute.NONE,
                1,
                1,
                512,
                0,
                128,
                4L << 30);

        assertThatThrownBy(() -> new DecoderLoader().load(Fixture.files(Fixture.folder("tied")), foreign, settings))
                .isInstanceOfSatisfying(
                        FineTuneException.class,
                        e -> assertThat(e.problems()).singleElement().satisfies(problem -> {
                            assertThat(problem.code()).isEqualTo("FT0473");
                            assertThat(problem.causes())
                                    .hasSize(4)
                                    .startsWith(
                                            "the model has no layer 7",
                                            "its layers are 0 to 1",
                                            "the model has no linear layer c_attn")
                                    .last()
                                    .asString()
                                    .startsWith("its linear layers are ")
                                    .contains("q_proj");
                        }));
    }

    @Test
    void refusesWhatGemmaThreeMayAskForAndIsNotComputed() throws Exception {
        Path model = changed("gemma3", config -> {
            config.put("use_bidirectional_attention", true);
            ObjectNode rope = config.putObject("rope_parameters");
            rope.putObject("full_attention").put("rope_type", "default").put("rope_theta", 1e6);
            rope.putObject("sliding_attention")
                    .put("rope_type", "linear")
                    .put("factor", 4)
                    .put("rope_theta", 1e4);
        });

        assertThatThrownBy(() -> load(model, null)).isInstanceOfSatisfying(FineTuneException.class, e -> {
            assertThat(e.problems())
                    .hasSize(2)
                    .allMatch(problem -> problem.code().equals("FT0470"));
            assertThat(e)
                    .hasMessageContaining("rope scaling linear in sliding_attention is not supported")
                    .hasMessageContaining("bidirectional attention is not supported");
        });
    }

    private Path changed(String name, Consumer<ObjectNode> change) throws IOException {
        Path model = folder.resolve("model");
        Files.createDirectories(model);
        Files.copy(Fixture.folder(name).resolve("model.safetensors"), model.resolve("model.safetensors"));
        ObjectNode config = (ObjectNode)
                JSON.readTree(Fixture.folder(name).resolve("config.json").toFile());
        change.accept(config);
        JSON.writeValue(model.resolve("config.json").toFile(), config);
        return model;
    }

    private static LanguageModel load(Path model, @Nullable Path adapter) {
        return new DecoderLoader().load(Fixture.files(model), adapter, FP32).model();
    }

    private static Recompute levelWithin(long memoryBytes) {
        return loaded(new DecoderLoader(), Precision.FP32, Recompute.AUTO, memoryBytes)
                .recompute();
    }

    private static Loaded loaded(DecoderLoader loader, Precision precision, Recompute level, long memoryBytes) {
        Settings settings = new Settings(Purpose.TRAIN, Fixture.RANK_4, precision, level, 1, 1, 512, 0, 0, memoryBytes);
        Loaded loaded = loader.load(Fixture.files(Fixture.folder("tied")), null, settings);
        loaded.model().close();
        return loaded;
    }
}
