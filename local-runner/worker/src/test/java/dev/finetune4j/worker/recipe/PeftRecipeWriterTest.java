package dev.finetune4j.worker.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.data.Example;
import dev.finetune4j.data.Part;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.job.LabelScoring;
import dev.finetune4j.job.Precision;
import dev.finetune4j.job.Recompute;
import dev.finetune4j.job.Schedule;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.json.Json;
import dev.finetune4j.method.FullTuning;
import dev.finetune4j.method.HeadTuning;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.method.PrefixTuning;
import dev.finetune4j.method.PromptTuning;
import dev.finetune4j.method.QloraTuning;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.model.ModelFiles;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.modelfiles.codec.GgufDescription;
import dev.finetune4j.modelfiles.config.ModelFolder;
import dev.finetune4j.modelfiles.weights.TensorType;
import dev.finetune4j.modelfiles.weights.WeightFile;
import dev.finetune4j.plan.TrainerSettings;
import dev.finetune4j.run.ModelFormat;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.CodecBehindVirtualTokens;
import dev.finetune4j.spi.EncodedExample;
import dev.finetune4j.spi.RecipeWriter;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.spi.TextCodec;
import dev.finetune4j.spi.TextCodecFactory;
import dev.finetune4j.testkit.GoldenFiles;
import dev.finetune4j.training.durable.DurableFiles;
import dev.finetune4j.training.loop.LearningRates;
import dev.finetune4j.training.loop.TrainingPlan;
import dev.finetune4j.training.model.BatchPrefix;
import dev.finetune4j.training.model.TokenBatch;
import dev.finetune4j.training.model.decoder.MergedFormat;
import dev.finetune4j.training.model.decoder.MergedWeights;
import dev.finetune4j.training.rows.EncodedRows;
import dev.finetune4j.training.rows.RowsAfterVirtualTokens;
import dev.finetune4j.training.rows.TrainingRows;
import dev.finetune4j.value.RunId;
import dev.finetune4j.worker.recipe.PeftPython.Ended;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.ServiceLoader;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A recipe, as the engine's own Python reads it, says what the core trains on. */
class PeftRecipeWriterTest {
    private final RecipeWriter writer =
            ServiceLoader.load(RecipeWriter.class).findFirst().orElseThrow();

    @TempDir
    private Path root;

    @Test
    void isWrittenAsEver() throws Exception {
        Path data = RecipeTickets.writeRows(root.resolve("data"), 7, 2);
        LoraTuning method = LoraTuning.builder()
                .rank(2)
                .targetModules(List.of("q_proj"))
                .layers(List.of(1))
                .build();
        writer.write(
                RecipeTickets.submission(
                        RecipeTickets.classifies(
                                method, RecipeTickets.training().epochs(1).build(), LabelScoring.CALIBRATED),
                        data),
                null,
                root.resolve("recipe"));

        GoldenFiles golden = GoldenFiles.in("golden/recipe");
        golden.assertMatches("recipe.json", Files.readString(root.resolve("recipe/recipe.json")));
        golden.assertMatches("steps.jsonl", Files.readString(root.resolve("recipe/steps.jsonl")));
        golden.assertMatches("ask-tuned.jsonl", Files.readString(root.resolve("recipe/ask-tuned.jsonl")));
    }

    /** Checkpoints are held to the recipe, and go on from there where the next machine is set up in another way. */
    @Test
    void tellsBesideTheRecipeHowTheMachineComputesIt() throws Exception {
        Path data = RecipeTickets.writeRows(root.resolve("data"), 12, 2);
        TrainingSpec spec = RecipeTickets.training().build();
        String unplanned = recipe(spec, null, data);
        assertThat(root.resolve("recipe/setup.json")).doesNotExist();
        JsonNode left = readByPython();
        assertThat(left.path("setup"))
                .isEqualTo(passes(0, left.path("maxBatchTokens").asInt(), "auto"));

        assertThat(recipe(spec, planned(2, true), data)).isEqualTo(unplanned);

        int longest = 0;
        for (JsonNode row : left.path("rows")) {
            longest = Math.max(longest, row.get(0).size());
        }
        assertThat(readByPython().path("setup")).isEqualTo(passes(2, 2 * longest, "layer"));
        recipe(spec, planned(3, false), data);
        assertThat(readByPython().path("setup")).isEqualTo(passes(3, 3 * longest, "none"));
        assertThat(recipe(spec, null, data)).isEqualTo(unplanned);
        assertThat(root.resolve("recipe/setup.json"))
                .as("of an earlier machine")
                .doesNotExist();
    }

    @Test
    void letsTheJobSayWhatIsComputedAgain() throws Exception {
        Path data = RecipeTickets.writeRows(root.resolve("data"), 12, 2);

        recipe(RecipeTickets.training().recompute(Recompute.NONE).build(), planned(2, true), data);
        assertThat(readByPython().path("setup").path("recompute").asText()).isEqualTo("none");

        recipe(RecipeTickets.training().recompute(Recompute.FEED_FORWARD).build(), planned(2, false), data);
        assertThat(readByPython().path("setup").path("recompute").asText()).isEqualTo("feed-forward");
    }

    @Test
    void tellsWhereGpusShareTheWeightsOut() throws Exception {
        Path data = RecipeTickets.writeRows(root.resolve("data"), 12, 2);
        TrainerSettings shared = new TrainerSettings(2, TrainerSettings.Sharing.FSDP, 1, 3, true, "bf16");

        recipe(RecipeTickets.training().build(), shared, data);

        assertThat(readByPython().path("setup").path("shares_weights").asBoolean())
                .isTrue();
    }

    /** A pack has any number of rows, and as many tokens as so many of the longest. */
    @Test
    void measuresPacksByTheirTokens() throws Exception {
        Path data = RecipeTickets.writeRows(root.resolve("data"), 40, 2);
        TrainingSpec spec = RecipeTickets.training().packing(true).maxTokens(32).build();

        recipe(spec, planned(1, false), data);

        JsonNode read = readByPython();
        assertThat(read.path("maxBatchTokens").asInt()).isGreaterThan(32);
        assertThat(read.path("setup")).isEqualTo(passes(0, 32, "none"));
    }

    @Test
    void pythonRefusesASetupThatIsNone() throws Exception {
        Path data = RecipeTickets.writeRows(root.resolve("data"), 4, 0);
        recipe(RecipeTickets.training().build(), planned(1, false), data);
        Files.writeString(root.resolve("recipe/setup.json"), "{\"passRows\": 1}");

        Ended ended = PeftPython.run(
                "src/test/python/read_recipe.py", root.resolve("recipe").toString());

        assertThat(ended.exit()).isEqualTo(1);
        assertThat(ended.output()).contains("FT0652: setup.json is not that of the job");
    }

    private String recipe(TrainingSpec spec, @Nullable TrainerSettings setup, Path data) throws IOException {
        WorkStep train = new WorkStep.Train(LoraTuning.defaults(), spec, RecipeTickets.BASE, RecipeTickets.LABELS);
        writer.write(RecipeTickets.submission(List.of(train), data), setup, root.resolve("recipe"));
        return Files.readString(root.resolve("recipe/recipe.json"));
    }

    private static TrainerSettings planned(int rows, boolean isComputedAgain) {
        return new TrainerSettings(1, TrainerSettings.Sharing.SINGLE, rows, 6 / rows, isComputedAgain, "bf16");
    }

    private static JsonNode passes(int rows, int tokens, String recompute) {
        return Json.records()
                .createObjectNode()
                .put("pass_rows", rows)
                .put("pass_tokens", tokens)
                .put("recompute", recompute)
                .put("shares_weights", false);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void saysStepByStepWhatTheCoreTrainsOn(long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        TrainingSpec spec = TrainingSpec.builder()
                .epochs(0.3 + 2 * random.nextDouble())
                .batchSize(random.nextInt(1, 6))
                .gradientAccumulation(random.nextInt(1, 4))
                .learningRate(0.001 + random.nextDouble() * 0.01)
                .schedule(List.of(Schedule.COSINE, Schedule.LINEAR, Schedule.CONSTANT)
                        .get(random.nextInt(3)))
                .warmupRatio(random.nextDouble() / 2)
                .maxTokens(random.nextInt(10, 40))
                .packing(random.nextBoolean())
                .evaluateEvery(random.nextInt(3))
                .seed(random.nextLong())
                .build();
        TuningMethod method = List.of(
                        new PromptTuning(3, "please"), new PrefixTuning(3, "please"), LoraTuning.defaults())
                .get(random.nextInt(3));
        Path data = RecipeTickets.writeRows(root.resolve("data"), random.nextInt(1, 60), random.nextInt(0, 9));
        WorkStep.Train train = new WorkStep.Train(method, spec, RecipeTickets.BASE, RecipeTickets.LABELS);

        writer.write(RecipeTickets.submission(List.of(train), data), null, root.resolve("recipe"));

        JsonNode read = readByPython();
        TrainingSpec complete = train.training();
        try (TextCodec codec = codec(method)) {
            EncodedRows training = EncodedRows.read(data.resolve(Part.TRAIN.fileName()), codec, complete.maxTokens());
            EncodedRows validation =
                    EncodedRows.read(data.resolve(Part.VALIDATION.fileName()), codec, complete.maxTokens());
            TrainingRows learned = new RowsAfterVirtualTokens(training, method.virtualTokens());
            TrainingPlan plan = new TrainingPlan(
                    complete,
                    learned,
                    new RowsAfterVirtualTokens(validation, method.virtualTokens()),
                    codec.rowLimit(complete.maxTokens()) + method.virtualTokens(),
                    BatchPrefix.NONE);
            LearningRates rates = LearningRates.of(complete, plan.steps());

            assertThat(read.path("rows")).hasSameSizeAs(training.rows());
            assertThat(read.path("validation")).hasSameSizeAs(validation.rows());
            assertThat(read.path("maxBatchTokens").asInt()).isEqualTo(plan.maxBatchTokens());
            assertThat(read.path("steps")).hasSize(plan.steps());
            for (int step = 1; step <= plan.steps(); step++) {
                JsonNode line = read.path("steps").get(step - 1);
                assertThat(line.path("learningRate").asDouble()).isEqualTo(rates.at(step));
                assertThat(line.path("epoch").asDouble()).isEqualTo(plan.epochsAfter(step));
                assertThat(line.path("validate").asBoolean()).isEqualTo(plan.isValidatedAfter(step));
                List<TokenBatch> batches =
                        plan.microBatches(step).stream().map(training::batch).toList();
                assertThat(line.path("rows")).hasSameSizeAs(batches);
                for (int i = 0; i < batches.size(); i++) {
                    TokenBatch told = batch(line.path("rows").get(i), read.path("rows"));
                    assertThat(told.tokenIds()).isEqualTo(batches.get(i).tokenIds());
                    assertThat(told.targets()).isEqualTo(batches.get(i).targets());
                    assertThat(told.sequenceLengths()).isEqualTo(batches.get(i).sequenceLengths());
                }
            }
        }
    }

    /** What the core would compute on the rows that the recipe tells: their tokens, and what is learned of them. */
    private static TokenBatch batch(JsonNode numbers, JsonNode rows) {
        List<Integer> tokens = new ArrayList<>();
        List<Integer> targets = new ArrayList<>();
        List<Integer> lengths = new ArrayList<>();
        for (JsonNode number : numbers) {
            JsonNode ids = rows.get(number.asInt()).get(0);
            JsonNode learned = rows.get(number.asInt()).get(1);
            for (int t = 0; t < ids.size(); t++) {
                tokens.add(ids.get(t).asInt());
                boolean isNextLearned = t + 1 < ids.size() && learned.get(t + 1).asBoolean();
                targets.add(isNextLearned ? ids.get(t + 1).asInt() : TokenBatch.IGNORED);
            }
            lengths.add(ids.size());
        }
        return new TokenBatch(numbers(tokens), numbers(targets), numbers(lengths));
    }

    private static int[] numbers(List<Integer> values) {
        return values.stream().mapToInt(Integer::intValue).toArray();
    }

    @Test
    void pythonReadsTheQuestionsThatAreAsked() throws Exception {
        Path data = RecipeTickets.writeRows(root.resolve("data"), 4, 0);
        writer.write(
                RecipeTickets.submission(
                        RecipeTickets.classifies(
                                LoraTuning.defaults(), RecipeTickets.training().build(), LabelScoring.LIKELIHOOD),
                        data),
                null,
                root.resolve("recipe"));

        JsonNode questions = readByPython().path("questions").path("tuned");

        assertThat(questions).hasSize(10);
        try (TextCodec codec = codec(LoraTuning.defaults())) {
            for (JsonNode question : questions) {
                assertThat(question.path("answers")).hasSize(2);
                for (JsonNode answer : question.path("answers")) {
                    assertThat(ids(answer.path("tokens")))
                            .isEqualTo(codec.encodeAnswer(
                                    List.of(), answer.path("text").asText()));
                }
                assertThat(question.path("answers")
                                .get(question.path("right").asInt())
                                .path("text"))
                        .isEqualTo(question.path("reference"));
                assertThat(codec.decode(ids(question.path("prompt")))).isNotBlank();
            }
        }
    }

    private static int[] ids(JsonNode array) {
        List<Integer> ids = new ArrayList<>();
        array.forEach(id -> ids.add(id.asInt()));
        return numbers(ids);
    }

    @Test
    void aPassageIsAskedForWhatIsLearnedOfIt() throws Exception {
        Path data = Files.createDirectories(root.resolve("data"));
        Example.Passage passage = new Example.Passage(new RowRef("book", 1), "please refund the screen");
        Files.writeString(data.resolve(Part.TEST.fileName()), Json.line(passage) + "\n");

        write(RecipeTickets.predict(Variant.BASE_ZERO_SHOT, List.of(), LabelScoring.LIKELIHOOD, 0), data);

        JsonNode question =
                readByPython().path("questions").path("base-zero-shot").get(0);
        try (TextCodec codec = codec(LoraTuning.defaults())) {
            EncodedExample tokens = codec.encode(passage, 64);
            int[] asked = IntStream.concat(
                            Arrays.stream(ids(question.path("prompt"))),
                            Arrays.stream(ids(question.path("answers").get(0).path("tokens"))))
                    .toArray();
            assertThat(asked).isEqualTo(tokens.tokenIds());
            assertThat(question.path("prompt")).hasSize(1);
        }
        assertThat(question.path("reference").asText()).isEqualTo(passage.text());
    }

    @Test
    void aPassageIsContinuedFromItsBeginningAndAskedForAsAWhole() throws Exception {
        Path data = Files.createDirectories(root.resolve("data"));
        Example.Passage passage = new Example.Passage(new RowRef("book", 1), "please refund the screen");
        Files.writeString(data.resolve(Part.TEST.fileName()), Json.line(passage) + "\n");

        write(RecipeTickets.continuing(Variant.BASE_ZERO_SHOT), data);

        JsonNode question =
                readByPython().path("questions").path("base-zero-shot").get(0);
        try (TextCodec codec = codec(LoraTuning.defaults())) {
            int[] tokens = codec.encode(passage, 64).tokenIds();
            assertThat(ids(question.path("continued"))).isEqualTo(Arrays.copyOf(tokens, tokens.length / 2));
            assertThat(question.path("answers").get(0).path("tokens")).hasSize(tokens.length - 1);
        }
        assertThat(question.path("prompt")).hasSize(1);
        assertThat(question.path("new_tokens").asInt()).isEqualTo(5);
    }

    @Test
    void pythonFindsAFileThatWasChanged() throws Exception {
        Path data = RecipeTickets.writeRows(root.resolve("data"), 4, 0);
        List<WorkStep> steps = List.of(new WorkStep.Train(
                LoraTuning.defaults(), RecipeTickets.training().build(), RecipeTickets.BASE));
        writer.write(RecipeTickets.submission(steps, data), null, root.resolve("recipe"));
        byte[] tokens = Files.readAllBytes(root.resolve("recipe/train.tokens"));
        tokens[8] ^= 1;
        Files.write(root.resolve("recipe/train.tokens"), tokens);

        Ended ended = PeftPython.run(
                "src/test/python/read_recipe.py", root.resolve("recipe").toString());

        assertThat(ended.exit()).isEqualTo(1);
        assertThat(ended.output()).contains("FT0652: train.tokens is not that of the job");
    }

    /** As when the recipe is written, for whoever has none of the job's files yet. */
    @Test
    void whatTheEngineDoesNotDoIsKnownWithoutFiles() {
        assertThat(writer.refusals(LoraTuning.defaults(), true, false)).isEmpty();
        assertThat(writer.refusals(FullTuning.defaults(), true, false)).isEmpty();
        assertThat(writer.refusals(QloraTuning.defaults(), true, false)).isEmpty();
        assertThat(writer.refusals(LoraTuning.defaults(), true, true)).isEmpty();
        assertThat(writer.refusals(QloraTuning.defaults(), true, true))
                .singleElement()
                .satisfies(problem -> assertThat(problem.summary()).endsWith("does not do QLoRA on a GGUF file"));
        assertThat(writer.refusals(HeadTuning.defaults(), true, false))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.code()).isEqualTo("FT0674");
                    assertThat(problem.summary()).endsWith("does not do method: head on a decoder");
                    assertThat(problem.place()).contains(Location.ofKey("method"));
                });
        assertThat(writer.refusals(HeadTuning.defaults(), false, false))
                .as("of an encoder")
                .isEmpty();
    }

    @Test
    void whatTheEngineDoesNotDoIsRefusedRatherThanDoneInAnotherWay() throws Exception {
        Path data = RecipeTickets.writeRows(root.resolve("data"), 4, 0);
        TrainingSpec spec = RecipeTickets.training().build();

        assertThatThrownBy(() -> write(new WorkStep.Train(HeadTuning.defaults(), spec, RecipeTickets.BASE), data))
                .hasMessageContaining("FT0674")
                .hasMessageContaining("method: head");
        Path gguf = gguf();
        assertThatThrownBy(() ->
                        writer.write(onModel(gguf, QloraTuning.defaults(), spec, data), null, root.resolve("recipe")))
                .hasMessageContaining("FT0674")
                .hasMessageContaining("QLoRA on a GGUF file");
        assertThatThrownBy(() -> write(new WorkStep.Merge(new ModelFormat.HuggingFace(Precision.FP32)), data))
                .hasMessageContaining("merging an adapter");
        assertThatThrownBy(() -> write(new WorkStep.Converse(), data)).hasMessageContaining("answering questions");
        assertThatThrownBy(() -> write(
                        RecipeTickets.predict(Variant.TUNED, RecipeTickets.LABELS, LabelScoring.LIKELIHOOD, 0), data))
                .hasMessageContaining("an earlier adapter");
    }

    @Test
    void aGgufModelIsSentInTheNumbersThatItsBlocksStandFor() throws Exception {
        Path data = RecipeTickets.writeRows(root.resolve("data"), 4, 0);
        Path gguf = gguf();
        TrainingSpec exact = RecipeTickets.training().build();
        TrainingSpec half = RecipeTickets.training().precision(Precision.AUTO).build();

        Path model = writer.model(onModel(gguf, exact, data), root.resolve("cache"));
        Path killed = Files.createDirectories(root.resolve("cache").resolve(model.getFileName() + ".partial"));
        Files.writeString(killed.resolve(WorkOrder.SAFETENSORS_FILE), "cut");
        DurableFiles.deleteTree(model);
        writer.model(onModel(gguf, exact, data), root.resolve("cache"));
        Path short16 = writer.model(onModel(gguf, half, data), root.resolve("cache"));

        try (WeightFile packed = ModelFolder.open(gguf).openWeights();
                WeightFile plain = ModelFolder.open(model).openWeights()) {
            assertThat(plain.entry("model.layers.0.mlp.down_proj.weight").shape())
                    .isEqualTo(packed.entry("blk.0.ffn_down.weight").shape());
        }
        assertThat(Files.size(model.resolve(WorkOrder.SAFETENSORS_FILE)))
                .isGreaterThan(Files.size(short16.resolve(WorkOrder.SAFETENSORS_FILE)) * 3 / 2);
        FileTime made = Files.getLastModifiedTime(model);
        assertThat(writer.model(onModel(gguf, exact, data), root.resolve("cache")))
                .isEqualTo(model);
        assertThat(Files.getLastModifiedTime(model)).as("made once").isEqualTo(made);
        try (Stream<Path> kept = Files.list(root.resolve("cache"))) {
            assertThat(kept).containsExactlyInAnyOrder(model, short16);
        }
    }

    @Test
    void aFolderIsSentAsItIs() throws Exception {
        Path data = RecipeTickets.writeRows(root.resolve("data"), 4, 0);

        assertThat(writer.model(
                        onModel(RecipeTickets.MODEL, RecipeTickets.training().build(), data), root.resolve("cache")))
                .isEqualTo(RecipeTickets.MODEL);
        assertThat(root.resolve("cache")).doesNotExist();
    }

    private static Submission onModel(Path model, TrainingSpec spec, Path data) {
        return onModel(model, LoraTuning.defaults(), spec, data);
    }

    private static Submission onModel(Path model, TuningMethod method, TrainingSpec spec, Path data) {
        WorkStep train = new WorkStep.Train(method, spec, RecipeTickets.BASE, RecipeTickets.LABELS);
        return Submission.builder(
                        new RunId("tickets"),
                        new ModelRef("tickets"),
                        new WorkOrder(RecipeTickets.DIGEST, List.of(train)))
                .channel(WorkOrder.MODEL_CHANNEL, model)
                .channel(WorkOrder.DATA_CHANNEL, data)
                .build();
    }

    /** The small model in blocks of 8 bits, with a tokenizer that GGUF has a name for. */
    private Path gguf() throws IOException {
        Path folder = root.resolve("plain");
        DurableFiles.copyTree(RecipeTickets.MODEL, folder);
        Files.writeString(folder.resolve("tokenizer.json"), """
                {"pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false}, "normalizer": null,
                 "model": {"type": "BPE", "vocab": {"!": 0, "a": 1, "b": 2, "ab": 3}, "merges": ["a b"]}}
                """);
        ModelFolder model = ModelFolder.open(folder);
        Path file = root.resolve("model.gguf");
        MergedFormat format =
                new MergedFormat.Gguf(TensorType.Q8_0, GgufDescription.of(model, "tickets", TensorType.Q8_0));
        try (FileChannel weights = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            MergedWeights.write(model, format, weights);
        }
        return file;
    }

    @Test
    void answersOfAnEncoderThatIsNotTrainedAreRefused() throws Exception {
        Path model = RecipeEncoder.write(root.resolve("encoder"), "bert");
        Path data = RecipeTickets.writeRows(root.resolve("data"), 4, 0);
        WorkStep step = RecipeTickets.predict(Variant.BASE_ZERO_SHOT, RecipeTickets.LABELS, LabelScoring.LIKELIHOOD, 0);
        Submission submission = RecipeTickets.submission(model, List.of(step), data);

        assertThatThrownBy(() -> writer.write(submission, null, root.resolve("recipe")))
                .isInstanceOf(FineTuneException.class)
                .hasMessageContaining("does not do answers of an encoder that it does not train");
    }

    @Test
    void aMissingChannelIsNamed() {
        WorkStep train = new WorkStep.Train(
                LoraTuning.defaults(), RecipeTickets.training().build(), RecipeTickets.BASE);
        Submission submission = Submission.builder(
                        new RunId("x"), new ModelRef("x"), new WorkOrder("abc", List.of(train)))
                .build();

        assertThatThrownBy(() -> writer.write(submission, null, root.resolve("recipe")))
                .hasMessageContaining("FT0651")
                .hasMessageContaining("the model channel of the job is missing");
    }

    private void write(WorkStep step, Path data) {
        writer.write(RecipeTickets.submission(List.of(step), data), null, root.resolve("recipe"));
    }

    private JsonNode readByPython() throws IOException, InterruptedException {
        Ended ended = PeftPython.run(
                "src/test/python/read_recipe.py", root.resolve("recipe").toString());
        assertThat(ended.exit()).as(ended.output()).isZero();
        return Json.records().readTree(ended.output());
    }

    private static TextCodec codec(TuningMethod method) {
        TextCodec own = ServiceLoader.load(TextCodecFactory.class)
                .findFirst()
                .orElseThrow()
                .open(new ModelFiles(new ModelRef("tickets"), RecipeTickets.MODEL, RecipeTickets.DIGEST));
        return CodecBehindVirtualTokens.of(own, method);
    }
}
