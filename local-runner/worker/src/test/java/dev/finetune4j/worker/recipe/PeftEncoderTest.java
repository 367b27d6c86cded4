package dev.finetune4j.worker.recipe;

import static dev.finetune4j.worker.recipe.SameWork.BF16_LOSS;
import static dev.finetune4j.worker.recipe.SameWork.LOSS;
import static dev.finetune4j.worker.recipe.SameWork.assertSamePredictions;
import static dev.finetune4j.worker.recipe.SameWork.assertSameTraining;
import static dev.finetune4j.worker.recipe.SameWork.largestDifferences;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.finetune4j.job.LabelScoring;
import dev.finetune4j.job.Precision;
import dev.finetune4j.job.Recompute;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.json.Json;
import dev.finetune4j.method.FullTuning;
import dev.finetune4j.method.HeadTuning;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.modelfiles.weights.WeightFile;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.testkit.PeftImage;
import dev.finetune4j.training.durable.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** An encoder trained by the core and by the engine on transformers and PEFT: the same losses, the same results. */
@Tag("slow")
class PeftEncoderTest {
    private static final LoraTuning LORA = new LoraTuning(4, 8, 0, List.of(LoraTuning.ALL_LINEAR));
    /** Those of the fixtures' heads, in another order. */
    private static final List<String> STORED = List.of("LABEL_2", "LABEL_0", "LABEL_1");

    private static PeftImage image;

    @TempDir
    private Path root;

    @BeforeAll
    static void install() throws Exception {
        image = PeftImage.install();
    }

    static Stream<Arguments> jobs() {
        return Stream.of(
                Arguments.of("bert", FullTuning.defaults(), RecipeTickets.LABELS),
                Arguments.of("bert", LORA, RecipeTickets.LABELS),
                Arguments.of("bert", LORA.toBuilder().dora(true).build(), STORED),
                Arguments.of("bert", HeadTuning.defaults(), STORED),
                Arguments.of("distilbert", FullTuning.defaults(), STORED),
                Arguments.of("distilbert", LORA, RecipeTickets.LABELS),
                Arguments.of("distilbert", HeadTuning.defaults(), RecipeTickets.LABELS),
                Arguments.of("roberta", FullTuning.defaults(), RecipeTickets.LABELS),
                Arguments.of("roberta", LORA, STORED),
                Arguments.of("roberta", HeadTuning.defaults(), RecipeTickets.LABELS));
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("jobs")
    void trainsAndTellsLabelsAsTheCore(String family, TuningMethod method, List<String> labels) throws Exception {
        Path model = RecipeEncoder.write(root.resolve("encoder"), family);
        Path data = RecipeTickets.writeRows(root.resolve("data"), 40, 7, labels);
        List<WorkStep> steps = steps(method, training(), labels);

        EngineContainer core = container("core", model, steps, data).runByCore();
        EngineContainer peft = container("peft", model, steps, data).runByPeft(image, 1);

        System.out.println(family + " " + method + ": " + largestDifferences(peft, core));
        assertSameTraining(peft, core, LOSS);
        assertSamePredictions(peft.predictions("base-zero-shot.jsonl"), core.predictions("base-zero-shot.jsonl"));
        assertSamePredictions(peft.predictions("tuned.jsonl"), core.predictions("tuned.jsonl"));
        assertSamePredictions(
                peft.predictions("tuned.jsonl"),
                peft.answeredByCore(root.resolve("again"), method, labels, LabelScoring.LIKELIHOOD, data));
        assertSameDescription(peft, core, method);
    }

    /** Labels and configuration, by which whoever loads the result knows the outputs of its head. */
    private static void assertSameDescription(EngineContainer peft, EngineContainer core, TuningMethod method)
            throws IOException {
        String folder = WorkOrder.resultFolder(method);
        Path mine = peft.results().resolve(folder);
        Path other = core.results().resolve(folder);
        List<String> files = Stream.of("labels.json", "config.json", "adapter_config.json", "tokenizer.json")
                .filter(name -> Files.exists(other.resolve(name)))
                .toList();
        assertThat(files).hasSizeGreaterThan(1);
        for (String name : files) {
            assertThat(Json.records().readTree(mine.resolve(name).toFile()))
                    .as(name)
                    .isEqualTo(Json.records().readTree(other.resolve(name).toFile()));
        }
        String weights = method.adapters().isPresent() ? "adapter_model.safetensors" : WorkOrder.SAFETENSORS_FILE;
        try (WeightFile written = WeightFile.open(mine.resolve(weights));
                WeightFile expected = WeightFile.open(other.resolve(weights))) {
            assertThat(written.tensors().keySet()).isEqualTo(expected.tensors().keySet());
        }
    }

    static Stream<TuningMethod> methods() {
        return Stream.of(FullTuning.defaults(), LORA, HeadTuning.defaults());
    }

    @ParameterizedTest
    @MethodSource("methods")
    void computesInHalfTheBitsAndAgainWhatItDidNotKeep(TuningMethod method) throws Exception {
        Path model = RecipeEncoder.write(root.resolve("encoder"), "roberta");
        Path data = RecipeTickets.writeRows(root.resolve("data"), 40, 7);
        List<WorkStep> wide = steps(method, training(), RecipeTickets.LABELS);
        TrainingSpec again = training().toBuilder().recompute(Recompute.LAYER).build();
        TrainingSpec narrow = training().toBuilder().precision(Precision.BF16).build();

        EngineContainer core = container("core", model, wide, data).runByCore();
        EngineContainer peft = container("again", model, steps(method, again, RecipeTickets.LABELS), data)
                .runByPeft(image, 1);
        EngineContainer half = container("narrow", model, steps(method, narrow, RecipeTickets.LABELS), data)
                .runByPeft(image, 1);

        assertSameTraining(peft, core, LOSS);
        for (RunEvent.StepCompleted step : half.steps()) {
            double exact = core.steps().get(step.step() - 1).loss();
            assertThat(step.loss()).isNotEqualTo(exact).isCloseTo(exact, within(BF16_LOSS * exact));
        }
        if (method instanceof HeadTuning) {
            assertThat(half.results().resolve(WorkOrder.MODEL_FOLDER).resolve(WorkOrder.SAFETENSORS_FILE))
                    .as("what is not trained stays in all bits")
                    .hasSize(Files.size(
                            core.results().resolve(WorkOrder.MODEL_FOLDER).resolve(WorkOrder.SAFETENSORS_FILE)));
        }
    }

    @ParameterizedTest
    @MethodSource("methods")
    void twoProcessesTrainAsOneHoweverTheyShareTheWeights(TuningMethod method) throws Exception {
        Path model = RecipeEncoder.write(root.resolve("encoder"), "bert");
        Path data = RecipeTickets.writeRows(root.resolve("data"), 40, 7, STORED);
        List<WorkStep> steps = steps(method, training(), STORED);

        EngineContainer one = container("one", model, steps, data).runByPeft(image, 1);
        EngineContainer two = container("two", model, steps, data).runByPeft(image, 2);
        EngineContainer shared = container("shared", model, steps, data).runByPeft(image.sharingWeights(), 2);

        for (EngineContainer each : List.of(two, shared)) {
            assertSameTraining(each, one, LOSS);
            assertSamePredictions(each.predictions("base-zero-shot.jsonl"), one.predictions("base-zero-shot.jsonl"));
            assertSamePredictions(each.predictions("tuned.jsonl"), one.predictions("tuned.jsonl"));
        }
    }

    @Test
    void aKilledTrainingGoesOnAsIfNothingHadBeen() throws Exception {
        Path model = RecipeEncoder.write(root.resolve("encoder"), "distilbert");
        Path data = RecipeTickets.writeRows(root.resolve("data"), 40, 7);
        TrainingSpec spec = training().toBuilder().epochs(60).build();
        List<WorkStep> steps =
                steps(new LoraTuning(4, 8, 0.1, List.of(LoraTuning.ALL_LINEAR)), spec, RecipeTickets.LABELS);
        EngineContainer whole = container("whole", model, steps, data).runByPeft(image, 1);
        EngineContainer killed = container("killed", model, steps, data);
        Process process = killed.startByPeft(image, 1);
        killed.after(20, process, dying -> {
            try {
                EngineContainer.kill(dying);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        EngineContainer next = container("next", model, steps, data);
        DurableFiles.copyTree(killed.base().resolve("checkpoints"), next.base().resolve("checkpoints"));

        next.runByPeft(image, 1);

        List<RunEvent.StepCompleted> told = next.steps();
        assertThat(next.told()).hasAtLeastOneElementOfType(RunEvent.Resumed.class);
        assertThat(told)
                .extracting(RunEvent.StepCompleted::loss)
                .isEqualTo(whole
                        .steps()
                        .subList(told.get(0).step() - 1, whole.steps().size())
                        .stream()
                        .map(RunEvent.StepCompleted::loss)
                        .toList());
        assertThat(next.predictions("tuned.jsonl")).isEqualTo(whole.predictions("tuned.jsonl"));
    }

    private EngineContainer container(String name, Path model, List<WorkStep> steps, Path data) throws IOException {
        return EngineContainer.of(root.resolve(name), model, steps, null, data);
    }

    private static TrainingSpec training() {
        return RecipeTickets.training().build();
    }

    private static List<WorkStep> steps(TuningMethod method, TrainingSpec training, List<String> labels) {
        return RecipeTickets.classifies(method, training, labels, LabelScoring.LIKELIHOOD);
    }
}
