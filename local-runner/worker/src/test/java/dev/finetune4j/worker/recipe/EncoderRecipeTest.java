package dev.finetune4j.worker.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.data.Part;
import dev.finetune4j.job.LabelScoring;
import dev.finetune4j.job.Precision;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.json.Json;
import dev.finetune4j.method.FullTuning;
import dev.finetune4j.method.HeadTuning;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.model.ModelFiles;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.modelfiles.weights.WeightFile;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.TextCodec;
import dev.finetune4j.spi.TextCodecFactory;
import dev.finetune4j.training.loop.TrainingPlan;
import dev.finetune4j.training.model.BatchPrefix;
import dev.finetune4j.training.model.Classifier;
import dev.finetune4j.training.model.LabelCounts;
import dev.finetune4j.training.model.LanguageModelLoader.Purpose;
import dev.finetune4j.training.model.LanguageModelLoader.Settings;
import dev.finetune4j.training.model.TokenBatch;
import dev.finetune4j.training.model.encoder.EncoderLoader;
import dev.finetune4j.training.rows.LabelledRows;
import dev.finetune4j.worker.recipe.PeftPython.Ended;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the engine's own Python reads of an encoder's recipe is what the core trains on. */
class EncoderRecipeTest {
    /** Those of the model's head, in another order. */
    private static final List<String> STORED = List.of("LABEL_2", "LABEL_0", "LABEL_1");

    @TempDir
    private Path root;

    private Path model;

    @BeforeEach
    void writeModel() throws IOException {
        model = RecipeEncoder.write(root.resolve("encoder"), "bert");
    }

    @Test
    void saysRowByRowAndStepByStepWhatTheCoreTrainsOn() throws Exception {
        Path data = RecipeTickets.writeRows(root.resolve("data"), 23, 5, STORED);
        TrainingSpec spec = RecipeTickets.training().maxTokens(9).build();

        JsonNode read = read(FullTuning.defaults(), spec, STORED, data);

        try (TextCodec codec = codec()) {
            LabelledRows training = rows(data, Part.TRAIN, codec);
            LabelledRows validation = rows(data, Part.VALIDATION, codec);
            assertThat(read.path("rows")).isEqualTo(asRead(training));
            assertThat(read.path("validation")).isEqualTo(asRead(validation));
            TrainingPlan plan = new TrainingPlan(spec, training, validation, 9, BatchPrefix.NONE);
            assertThat(read.path("steps")).hasSize(plan.steps());
            for (int step = 1; step <= plan.steps(); step++) {
                assertThat(read.path("steps").get(step - 1).path("rows"))
                        .isEqualTo(Json.records().valueToTree(plan.microBatches(step)));
            }
        }
        assertThat(read.path("labels")).isEqualTo(Json.records().valueToTree(STORED));
        assertThat(read.path("trainsAll").asBoolean()).isTrue();
    }

    @Test
    void rowsOfOtherLabelsAreLeftOutAndTold() throws Exception {
        Path data = RecipeTickets.writeRows(root.resolve("data"), 8, 0);
        Path rows = data.resolve(Part.TRAIN.fileName());
        Files.writeString(rows, Files.readString(rows).replaceFirst("billing\"", "sales\""));
        Files.writeString(rows, Files.readString(rows).replaceFirst("\"label\":\"billing\"", "\"label\":\"sales\""));

        JsonNode read = read(FullTuning.defaults(), training(), RecipeTickets.LABELS, data);

        assertThat(read.path("rows")).hasSize(7);
        assertThat(Json.records()
                        .readTree(root.resolve("recipe/recipe.json").toFile())
                        .at("/notices/0/summary")
                        .asText())
                .startsWith("1 row has no trainable token");
    }

    /** Which shows in what the model answers before anything is learned. */
    @ParameterizedTest
    @CsvSource({"bert, true", "bert, false", "distilbert, true", "distilbert, false", "roberta, true", "roberta, false"
    })
    void itsHeadStartsAsTheCoresDoes(String family, boolean isStored) throws Exception {
        model = RecipeEncoder.write(root.resolve("other"), family);
        List<String> labels = isStored ? STORED : RecipeTickets.LABELS;
        Path data = RecipeTickets.writeRows(root.resolve("data"), 6, 0, labels);
        Path written = root.resolve("written");
        Files.createDirectories(written);
        try (Classifier core = load(labels)) {
            core.writeWhole(written);
        }

        read(HeadTuning.defaults(), training(), labels, data);

        try (WeightFile head = WeightFile.open(root.resolve("recipe/head.safetensors"));
                WeightFile whole = WeightFile.open(written.resolve("model.safetensors"))) {
            assertThat(head.tensors()).hasSize(4);
            head.tensors()
                    .keySet()
                    .forEach(name -> assertThat(numbers(head, name)).as(name).isEqualTo(numbers(whole, name)));
        }
    }

    /** An adapter is put on the base model, by whose config.json its outputs are named. */
    @Test
    void anAdaptersHeadIsInTheOrderOfTheBaseModel() throws Exception {
        Path data = RecipeTickets.writeRows(root.resolve("data"), 6, 0, STORED);

        JsonNode read = read(LoraTuning.defaults(), training(), STORED, data);

        assertThat(read.path("labels")).extracting(JsonNode::asText).isSorted();
        assertThat(read.path("trainsAll").asBoolean()).isFalse();
        assertThat(read.at("/questions/tuned/0/answers/0/text").asText()).isEqualTo("LABEL_2");
        assertThat(read.at("/questions/tuned/0/answers/0/tokens/0").asInt()).isEqualTo(2);
        assertThat(read.at("/priors/base-zero-shot").isNull())
                .as("the base model has that head, and answers")
                .isTrue();
    }

    @Test
    void withoutAHeadTheBaseModelKnowsTheSharesOfTheLabels() throws Exception {
        Path data = RecipeTickets.writeRows(root.resolve("data"), 10, 0);
        long billing = Files.readAllLines(data.resolve(Part.TRAIN.fileName())).stream()
                .filter(line -> line.contains("\"label\":\"billing\""))
                .count();

        JsonNode read = read(HeadTuning.defaults(), training(), RecipeTickets.LABELS, data);

        assertThat(read.path("headIsAlone").asBoolean()).isTrue();
        assertThat(read.at("/priors/base-zero-shot/0").asDouble())
                .isCloseTo(Math.log((billing + 1) / 12.0), within(1e-12));
        assertThat(read.at("/priors/tuned").isNull()).isTrue();
    }

    @Test
    void aLabelThatTheTaskDoesNotHaveIsNoOutput() throws Exception {
        Path data = RecipeTickets.writeRows(root.resolve("data"), 10, 0);
        Path rows = data.resolve(Part.TEST.fileName());
        List<String> lines = Files.readAllLines(rows);
        Files.writeString(rows, lines.get(0).replaceAll("billing|technical", "sales"));

        JsonNode question = read(FullTuning.defaults(), training(), RecipeTickets.LABELS, data)
                .at("/questions/tuned/0");

        assertThat(question.path("reference").asText()).isEqualTo("sales");
        assertThat(question.path("right").asInt()).isEqualTo(2);
        assertThat(question.at("/answers/2/tokens/0").asInt()).isEqualTo(-1);
    }

    private JsonNode read(TuningMethod method, TrainingSpec spec, List<String> labels, Path data)
            throws IOException, InterruptedException {
        List<WorkStep> steps = RecipeTickets.classifies(method, spec, labels, LabelScoring.CALIBRATED);
        new PeftRecipeWriter().write(RecipeTickets.submission(model, steps, data), null, root.resolve("recipe"));
        Ended ended = PeftPython.run(
                "src/test/python/read_recipe.py", root.resolve("recipe").toString());
        assertThat(ended.exit()).as(ended.output()).isZero();
        return Json.records().readTree(ended.output());
    }

    private static TrainingSpec training() {
        return RecipeTickets.training().build();
    }

    private LabelledRows rows(Path data, Part part, TextCodec codec) {
        return LabelledRows.read(data.resolve(part.fileName()), codec, 9, STORED);
    }

    /** Ids, and the number of the label. */
    private static JsonNode asRead(LabelledRows rows) {
        return Json.records()
                .valueToTree(IntStream.range(0, rows.labels().size())
                        .mapToObj(row -> {
                            TokenBatch batch = rows.batch(new int[] {row});
                            return List.of(batch.tokenIds(), batch.targets()[0]);
                        })
                        .toList());
    }

    private TextCodec codec() {
        return ServiceLoader.load(TextCodecFactory.class)
                .findFirst()
                .orElseThrow()
                .open(files());
    }

    private ModelFiles files() {
        return new ModelFiles(new ModelRef("tickets"), model, RecipeTickets.DIGEST);
    }

    private Classifier load(List<String> labels) {
        Settings settings = new Settings(
                Purpose.TRAIN,
                HeadTuning.defaults(),
                Precision.FP32,
                training().recompute(),
                1,
                training().seed(),
                List.of(),
                64,
                64,
                64,
                0,
                0,
                0,
                0,
                false,
                4L << 30);
        return new EncoderLoader()
                .load(files(), null, new LabelCounts(Map.of()).inOrder(labels), settings)
                .model();
    }

    private static byte[] numbers(WeightFile weights, String name) {
        ByteBuffer bytes =
                ByteBuffer.allocate(Math.toIntExact(weights.entry(name).elements() * Float.BYTES));
        weights.read(name, 0, bytes);
        return bytes.array();
    }
}
