package dev.finetune4j.worker.recipe;

import static dev.finetune4j.worker.recipe.SameWork.BF16_LOSS;
import static dev.finetune4j.worker.recipe.SameWork.LOSS;
import static dev.finetune4j.worker.recipe.SameWork.assertSamePredictions;
import static dev.finetune4j.worker.recipe.SameWork.assertSameTraining;
import static dev.finetune4j.worker.recipe.SameWork.largestDifferences;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.data.Part;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.evaluation.Prediction;
import dev.finetune4j.job.LabelScoring;
import dev.finetune4j.job.Precision;
import dev.finetune4j.job.Recompute;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.json.Json;
import dev.finetune4j.method.FullTuning;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.method.PrefixTuning;
import dev.finetune4j.method.PromptTuning;
import dev.finetune4j.method.QloraTuning;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.plan.TrainerSettings;
import dev.finetune4j.run.ContainerOrder;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.testkit.PeftImage;
import dev.finetune4j.training.durable.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The same job by the core and by the engine on transformers and PEFT: the same losses, the same results, whatever happens in between. */
@Tag("slow")
class PeftEngineTest {
    private static PeftImage image;

    @TempDir
    private Path root;

    private Path data;

    @BeforeAll
    static void install() throws Exception {
        image = PeftImage.install();
    }

    @BeforeEach
    void writeRows() throws IOException {
        data = RecipeTickets.writeRows(root.resolve("data"), 40, 7);
    }

    static Stream<Arguments> methods() {
        LoraTuning lora = new LoraTuning(4, 8, 0, List.of(LoraTuning.ALL_LINEAR));
        return Stream.of(
                Arguments.of("LoRA", lora, LabelScoring.LIKELIHOOD, false),
                Arguments.of("LoRA, rows packed", lora, LabelScoring.CALIBRATED, true),
                Arguments.of(
                        "rank-stabilised LoRA of some modules and layers",
                        lora.toBuilder()
                                .rankStabilised(true)
                                .targetModules(List.of("q_proj", "down_proj"))
                                .ranks(Map.of("down_proj", 2))
                                .alphas(Map.of("down_proj", 3.0))
                                .layers(List.of(1))
                                .build(),
                        LabelScoring.LENGTH_NORMALIZED,
                        false),
                Arguments.of("DoRA", lora.toBuilder().dora(true).build(), LabelScoring.LIKELIHOOD, false),
                Arguments.of(
                        "LoRA beside the head",
                        lora.toBuilder()
                                .trainedModules(List.of(LoraTuning.HEAD))
                                .build(),
                        LabelScoring.LIKELIHOOD,
                        false),
                Arguments.of("QLoRA", new QloraTuning(lora), LabelScoring.LIKELIHOOD, false),
                Arguments.of(
                        "QDoRA", new QloraTuning(lora.toBuilder().dora(true).build()), LabelScoring.LIKELIHOOD, false),
                Arguments.of("every weight", FullTuning.defaults(), LabelScoring.LIKELIHOOD, false),
                Arguments.of(
                        "virtual tokens of a text",
                        new PromptTuning(5, "please refund"),
                        LabelScoring.CALIBRATED,
                        false),
                Arguments.of(
                        "virtual tokens that are drawn", new PromptTuning(3, null), LabelScoring.LIKELIHOOD, false),
                Arguments.of(
                        "a prefix of a text", new PrefixTuning(5, "please refund"), LabelScoring.CALIBRATED, false),
                Arguments.of("a prefix that is drawn", new PrefixTuning(3, null), LabelScoring.LIKELIHOOD, false));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("methods")
    void trainsAndAnswersAsTheCore(String name, TuningMethod method, LabelScoring scoring, boolean packing)
            throws Exception {
        TrainingSpec spec = RecipeTickets.training()
                .packing(packing)
                .batchSize(packing ? 1 : 3)
                .build();
        List<WorkStep> steps = RecipeTickets.classifies(method, spec, scoring);

        EngineContainer core =
                EngineContainer.of(root.resolve("core"), steps, data).runByCore();
        EngineContainer peft =
                EngineContainer.of(root.resolve("peft"), steps, data).runByPeft(image, 1);

        System.out.println(name + ": " + largestDifferences(peft, core));
        assertSameTraining(peft, core, LOSS);
        assertSamePredictions(peft.predictions("base-zero-shot.jsonl"), core.predictions("base-zero-shot.jsonl"));
        assertSamePredictions(peft.predictions("tuned.jsonl"), core.predictions("tuned.jsonl"));
        assertSamePredictions(
                peft.predictions("tuned.jsonl"),
                peft.answeredByCore(root.resolve("core-with-result"), method, RecipeTickets.LABELS, scoring, data));
        assertThat(peft.told())
                .last()
                .isInstanceOfSatisfying(
                        RunEvent.StateChanged.class,
                        change -> assertThat(change.state()).isEqualTo(RunState.SUCCEEDED));
        assertThat(peft.results().resolve("checkpoints")).doesNotExist();
    }

    @Test
    void leavesTheModelsOwnDropoutOutAsTheCoreDoes() throws Exception {
        List<WorkStep> steps = RecipeTickets.classifies(
                FullTuning.defaults(), RecipeTickets.training().build(), LabelScoring.LIKELIHOOD);
        EngineContainer core =
                EngineContainer.of(root.resolve("core"), steps, data).runByCore();
        EngineContainer peft = EngineContainer.of(root.resolve("peft"), steps, data);
        Path config = peft.channel(WorkOrder.MODEL_CHANNEL).resolve("config.json");
        String dropping = Files.readString(config).replaceFirst("\\{", "{\"attention_dropout\": 0.5, ");
        Files.delete(config); // which may be the fixture's own under another name
        Files.writeString(config, dropping);

        peft.runByPeft(image, 1);

        assertSameTraining(peft, core, LOSS);
    }

    static Stream<TuningMethod> kinds() {
        LoraTuning lora = new LoraTuning(4, 8, 0, List.of(LoraTuning.ALL_LINEAR));
        return Stream.of(
                lora,
                new QloraTuning(lora),
                FullTuning.defaults(),
                new PromptTuning(4, "please"),
                new PrefixTuning(4, "please"));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void continuesPassagesAsTheCore(TuningMethod method) throws Exception {
        RecipeTickets.writePassages(data);

        for (List<Prediction> continued : writtenAsByTheCore(
                RecipeTickets.continues(method, RecipeTickets.training().build()))) {
            assertThat(continued).extracting(Prediction::complete).containsOnlyNulls();
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void speaksAsTheCore(TuningMethod method) throws Exception {
        writtenAsByTheCore(RecipeTickets.speaks(method, RecipeTickets.training().build()));
    }

    /** What the base model and the tuned one write by PEFT, which is what they write by the core. */
    private List<List<Prediction>> writtenAsByTheCore(List<WorkStep> steps) throws Exception {
        EngineContainer core =
                EngineContainer.of(root.resolve("core"), steps, data).runByCore();
        EngineContainer peft =
                EngineContainer.of(root.resolve("peft"), steps, data).runByPeft(image, 1);

        List<List<Prediction>> written = new ArrayList<>();
        for (String file : List.of("base-zero-shot.jsonl", "tuned.jsonl")) {
            assertSamePredictions(peft.predictions(file), core.predictions(file));
            assertThat(peft.predictions(file))
                    .extracting(Prediction::answer)
                    .as("something is written")
                    .anyMatch(answer -> answer != null && !answer.isEmpty());
            written.add(peft.predictions(file));
        }
        return written;
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void computesInHalfTheBitsAndAgainWhatItDidNotKeep(TuningMethod method) throws Exception {
        TrainingSpec.Builder spec = RecipeTickets.training();
        List<WorkStep> wide = RecipeTickets.classifies(method, spec.build(), LabelScoring.LIKELIHOOD);
        List<WorkStep> again =
                RecipeTickets.classifies(method, spec.recompute(Recompute.LAYER).build(), LabelScoring.LIKELIHOOD);
        List<WorkStep> narrow =
                RecipeTickets.classifies(method, spec.precision(Precision.BF16).build(), LabelScoring.LIKELIHOOD);

        EngineContainer core =
                EngineContainer.of(root.resolve("core"), wide, data).runByCore();
        EngineContainer peft =
                EngineContainer.of(root.resolve("again"), again, data).runByPeft(image, 1);
        EngineContainer half =
                EngineContainer.of(root.resolve("narrow"), narrow, data).runByPeft(image, 1);

        assertSameTraining(peft, core, LOSS);
        for (RunEvent.StepCompleted step : half.steps()) {
            double exact = core.steps().get(step.step() - 1).loss();
            assertThat(step.loss()).isNotEqualTo(exact).isCloseTo(exact, within(BF16_LOSS * exact));
        }
        assertThat(half.told())
                .filteredOn(RunEvent.TrainingStarted.class::isInstance)
                .singleElement()
                .isInstanceOfSatisfying(RunEvent.TrainingStarted.class, started -> {
                    assertThat(started.precision()).isEqualTo("bf16");
                    assertThat(started.recompute()).isEqualTo("layer");
                });
    }

    @Test
    void twoProcessesTrainAsOne() throws Exception {
        List<WorkStep> steps = steps(RecipeTickets.training().build(), 0);

        EngineContainer one =
                EngineContainer.of(root.resolve("one"), steps, data).runByPeft(image, 1);
        EngineContainer two =
                EngineContainer.of(root.resolve("two"), steps, data).runByPeft(image, 2);

        assertSameTraining(two, one, LOSS);
        assertSamePredictions(two.predictions("tuned.jsonl"), one.predictions("tuned.jsonl"));
        assertThat(two.told()).hasSameSizeAs(one.told());
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void processesThatShareTheWeightsTrainAsOne(TuningMethod method) throws Exception {
        List<WorkStep> steps = RecipeTickets.classifies(
                method, RecipeTickets.training().recompute(Recompute.LAYER).build(), LabelScoring.CALIBRATED);

        EngineContainer one =
                EngineContainer.of(root.resolve("one"), steps, data).runByPeft(image, 1);
        EngineContainer two =
                EngineContainer.of(root.resolve("two"), steps, data).runByPeft(image.sharingWeights(), 2);

        assertThat(two.told())
                .filteredOn(RunEvent.StateChanged.class::isInstance)
                .extracting(event -> ((RunEvent.StateChanged) event).message())
                .contains("the weights are shared out among 2 processes");
        assertSameTraining(two, one, LOSS);
        assertSamePredictions(two.predictions("base-zero-shot.jsonl"), one.predictions("base-zero-shot.jsonl"));
        assertSamePredictions(two.predictions("tuned.jsonl"), one.predictions("tuned.jsonl"));
    }

    /** Each answers 64 rows of its own at a time, and of the last five one answers two; none is done before all are. */
    @ParameterizedTest
    @MethodSource("kinds")
    void processesThatShareTheWeightsSpeakAsOne(TuningMethod method) throws Exception {
        Path many = RecipeTickets.writeRows(root.resolve("many"), 133, 7);
        Files.copy(
                many.resolve(Part.TRAIN.fileName()),
                data.resolve(Part.TEST.fileName()),
                StandardCopyOption.REPLACE_EXISTING);
        List<WorkStep> steps =
                RecipeTickets.speaks(method, RecipeTickets.training().build());

        EngineContainer one =
                EngineContainer.of(root.resolve("one"), steps, data).runByPeft(image, 1);
        EngineContainer two =
                EngineContainer.of(root.resolve("two"), steps, data).runByPeft(image.sharingWeights(), 2);

        assertSameTraining(two, one, LOSS);
        for (String file : List.of("base-zero-shot.jsonl", "tuned.jsonl")) {
            assertThat(two.predictions(file)).hasSize(133);
            assertSamePredictions(two.predictions(file), one.predictions(file));
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void processesThatShareTheWeightsComputeInHalfTheBits(TuningMethod method) throws Exception {
        List<WorkStep> steps = RecipeTickets.classifies(
                method, RecipeTickets.training().precision(Precision.BF16).build(), LabelScoring.LIKELIHOOD);

        EngineContainer one =
                EngineContainer.of(root.resolve("one"), steps, data).runByPeft(image, 1);
        EngineContainer two =
                EngineContainer.of(root.resolve("two"), steps, data).runByPeft(image.sharingWeights(), 2);

        assertSameInHalfTheBits(two, one);
        if (method instanceof FullTuning) {
            Path kept = two.results().resolve(WorkOrder.MODEL_FOLDER);
            assertThat(kept.resolve(WorkOrder.SAFETENSORS_FILE))
                    .as("in all bits")
                    .hasSize(Files.size(
                            one.results().resolve(WorkOrder.MODEL_FOLDER).resolve(WorkOrder.SAFETENSORS_FILE)));
            assertThat(config(kept).at("/architectures"))
                    .isEqualTo(config(RecipeTickets.MODEL).at("/architectures"));
        }
    }

    static Stream<TuningMethod> adaptersBesideOtherModules() {
        LoraTuning lora = new LoraTuning(4, 8, 0, List.of(LoraTuning.ALL_LINEAR));
        LoraTuning head =
                lora.toBuilder().trainedModules(List.of(LoraTuning.HEAD)).build();
        LoraTuning embedding =
                lora.toBuilder().trainedModules(List.of(LoraTuning.EMBEDDING)).build();
        LoraTuning both = lora.toBuilder()
                .trainedModules(List.of(LoraTuning.EMBEDDING, LoraTuning.HEAD))
                .build();
        return Stream.of(head, embedding, both, new QloraTuning(head), new QloraTuning(both));
    }

    /** Which are trained in all bits: what is computed beside them is not. */
    @ParameterizedTest
    @MethodSource("adaptersBesideOtherModules")
    void computesInHalfTheBitsWhatIsTrainedBesideAnAdapter(TuningMethod method) throws Exception {
        TrainingSpec.Builder spec = RecipeTickets.training();
        List<WorkStep> wide = RecipeTickets.classifies(method, spec.build(), LabelScoring.LIKELIHOOD);
        List<WorkStep> narrow =
                RecipeTickets.classifies(method, spec.precision(Precision.BF16).build(), LabelScoring.LIKELIHOOD);

        EngineContainer core =
                EngineContainer.of(root.resolve("core"), wide, data).runByCore();
        EngineContainer half =
                EngineContainer.of(root.resolve("narrow"), narrow, data).runByPeft(image, 1);
        EngineContainer shared =
                EngineContainer.of(root.resolve("shared"), narrow, data).runByPeft(image.sharingWeights(), 2);

        assertSameInHalfTheBits(half, core);
        assertSameInHalfTheBits(shared, core);
    }

    private static JsonNode config(Path model) throws IOException {
        return Json.records().readTree(model.resolve("config.json").toFile());
    }

    private static void assertSameInHalfTheBits(EngineContainer actual, EngineContainer expected) throws IOException {
        assertThat(actual.steps()).hasSameSizeAs(expected.steps()).isNotEmpty();
        for (RunEvent.StepCompleted step : actual.steps()) {
            double other = expected.steps().get(step.step() - 1).loss();
            assertThat(step.loss()).as("loss of step " + step.step()).isCloseTo(other, within(BF16_LOSS * other));
        }
    }

    @ParameterizedTest
    @CsvSource({"2, 1", "1, 2", "3, 2"})
    void trainedWeightsGoOnHoweverManyProcessesShareThem(int before, int after) throws Exception {
        List<WorkStep> steps = RecipeTickets.classifies(
                FullTuning.defaults(),
                RecipeTickets.training()
                        .epochs(30)
                        .learningRate(0.001) // at a higher one the last bits of sums in another order come forth
                        .checkpointEvery(100_000)
                        .build(),
                LabelScoring.LIKELIHOOD);
        EngineContainer whole =
                EngineContainer.of(root.resolve("whole"), steps, data).runByPeft(image, 1);
        EngineContainer first = EngineContainer.of(root.resolve("first"), steps, data);
        Process process = first.startByPeft(image.sharingWeights(), before);
        first.after(10, process, Process::destroy);
        assertThat(EngineContainer.ended(process)).as(first.log()).isEqualTo(ExitCode.INTERRUPTED.number());
        EngineContainer next = EngineContainer.of(root.resolve("next"), steps, data);
        DurableFiles.copyTree(first.base().resolve("checkpoints"), next.base().resolve("checkpoints"));

        next.runByPeft(image.sharingWeights(), after);

        assertThat(next.told()).hasAtLeastOneElementOfType(RunEvent.Resumed.class);
        List<RunEvent.StepCompleted> told = next.steps();
        assertThat(told.get(0).step()).isGreaterThan(10);
        for (RunEvent.StepCompleted step : told) {
            double other = whole.steps().get(step.step() - 1).loss();
            assertThat(step.loss()).as("loss of step " + step.step()).isCloseTo(other, within(LOSS * other));
        }
    }

    @Test
    void aKilledTrainingGoesOnAsIfNothingHadBeen() throws Exception {
        List<WorkStep> steps = steps(RecipeTickets.training().epochs(30).build());
        EngineContainer whole =
                EngineContainer.of(root.resolve("whole"), steps, data).runByPeft(image, 1);
        EngineContainer killed = EngineContainer.of(root.resolve("killed"), steps, data);
        Process process = killed.startByPeft(image, 1);
        killed.after(20, process, dying -> {
            try {
                EngineContainer.kill(dying);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        EngineContainer other = EngineContainer.of(root.resolve("other"), steps, data);
        DurableFiles.copyTree(killed.base().resolve("checkpoints"), other.base().resolve("checkpoints"));

        other.runByPeft(image, 1);

        List<RunEvent.StepCompleted> told = other.steps();
        assertThat(other.told()).hasAtLeastOneElementOfType(RunEvent.Resumed.class);
        assertThat(told.get(0).step())
                .isGreaterThan(1)
                .isLessThanOrEqualTo(killed.steps().size() + 1);
        assertThat(told)
                .extracting(RunEvent.StepCompleted::loss)
                .isEqualTo(whole
                        .steps()
                        .subList(told.get(0).step() - 1, whole.steps().size())
                        .stream()
                        .map(RunEvent.StepCompleted::loss)
                        .toList());
        assertThat(other.predictions("tuned.jsonl")).isEqualTo(whole.predictions("tuned.jsonl"));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void trainsAsEverHoweverItsMachineIsSetUp(TuningMethod method) throws Exception {
        List<WorkStep> steps =
                RecipeTickets.classifies(method, RecipeTickets.training().build(), LabelScoring.LIKELIHOOD);

        EngineContainer whole =
                EngineContainer.of(root.resolve("whole"), steps, data).runByPeft(image, 1);
        EngineContainer small = EngineContainer.of(root.resolve("small"), steps, setup(1, true), data)
                .runByPeft(image, 1);

        assertSameTraining(small, whole, LOSS);
        assertThat(recompute(whole)).isEqualTo("none");
        assertThat(recompute(small)).isEqualTo("layer");
    }

    @Test
    void goesOnWhereTheNextMachineIsSetUpInAnotherWay() throws Exception {
        List<WorkStep> steps = steps(
                RecipeTickets.training().epochs(60).checkpointEvery(100_000).build(), 0);
        EngineContainer first = EngineContainer.of(root.resolve("first"), steps, setup(3, false), data);
        Process process = first.startByPeft(image, 1);
        first.after(10, process, Process::destroy);
        assertThat(EngineContainer.ended(process)).as(first.log()).isEqualTo(ExitCode.INTERRUPTED.number());
        EngineContainer next = EngineContainer.of(root.resolve("next"), steps, setup(1, true), data);
        DurableFiles.copyTree(first.base().resolve("checkpoints"), next.base().resolve("checkpoints"));

        next.runByPeft(image, 1);

        assertThat(next.told()).hasAtLeastOneElementOfType(RunEvent.Resumed.class);
        assertThat(recompute(next)).isEqualTo("layer");
    }

    @Test
    void processesShareTheWeightsWhereThatWasPlanned() throws Exception {
        List<WorkStep> steps = steps(RecipeTickets.training().build(), 0);
        TrainerSettings shared = new TrainerSettings(2, TrainerSettings.Sharing.FSDP, 1, 3, true, "fp32");

        EngineContainer one =
                EngineContainer.of(root.resolve("one"), steps, data).runByPeft(image, 1);
        EngineContainer two =
                EngineContainer.of(root.resolve("two"), steps, shared, data).runByPeft(image, 2);

        assertThat(two.told())
                .filteredOn(RunEvent.StateChanged.class::isInstance)
                .extracting(event -> ((RunEvent.StateChanged) event).message())
                .contains("the weights are shared out among 2 processes");
        assertSameTraining(two, one, LOSS);
    }

    private static TrainerSettings setup(int rows, boolean isComputedAgain) {
        return new TrainerSettings(1, TrainerSettings.Sharing.SINGLE, rows, 6 / rows, isComputedAgain, "fp32");
    }

    private static String recompute(EngineContainer trained) throws IOException {
        return trained.told().stream()
                .filter(RunEvent.TrainingStarted.class::isInstance)
                .map(event -> ((RunEvent.TrainingStarted) event).recompute())
                .findFirst()
                .orElseThrow();
    }

    @Test
    void savesAndStopsWhenItIsTold() throws Exception {
        List<WorkStep> steps = steps(
                RecipeTickets.training().epochs(60).checkpointEvery(100_000).build());
        EngineContainer container = EngineContainer.of(root.resolve("stopped"), steps, data);
        Process process = container.startByPeft(image, 2);
        container.after(10, process, Process::destroy);

        assertThat(EngineContainer.ended(process)).as(container.log()).isEqualTo(ExitCode.INTERRUPTED.number());

        int done = container.steps().size();
        assertThat(container.told())
                .filteredOn(RunEvent.CheckpointSaved.class::isInstance)
                .last()
                .isInstanceOfSatisfying(
                        RunEvent.CheckpointSaved.class,
                        checkpoint -> assertThat(checkpoint.step()).isEqualTo(done));
        assertThat(container.base().resolve("output/failure")).doesNotExist();
        assertThat(container.runByPeft(image, 2).told())
                .filteredOn(RunEvent.Resumed.class::isInstance)
                .singleElement()
                .isInstanceOfSatisfying(
                        RunEvent.Resumed.class,
                        resumed -> assertThat(resumed.step()).isEqualTo(done));
    }

    @Test
    void stopsEarlyWithTheBestStateAsTheCore() throws Exception {
        List<WorkStep> steps = steps(
                RecipeTickets.training()
                        .epochs(40)
                        .learningRate(0.2)
                        .evaluateEvery(2)
                        .earlyStoppingPatience(2)
                        .build(),
                0);

        EngineContainer core =
                EngineContainer.of(root.resolve("core"), steps, data).runByCore();
        EngineContainer peft =
                EngineContainer.of(root.resolve("peft"), steps, data).runByPeft(image, 1);

        assertThat(core.told()).hasAtLeastOneElementOfType(RunEvent.StoppedEarly.class);
        assertThat(peft.steps()).hasSameSizeAs(core.steps());
        assertThat(peft.told())
                .filteredOn(RunEvent.StoppedEarly.class::isInstance)
                .extracting(event -> ((RunEvent.StoppedEarly) event).reason())
                .isEqualTo(core.told().stream()
                        .filter(RunEvent.StoppedEarly.class::isInstance)
                        .map(event -> ((RunEvent.StoppedEarly) event).reason())
                        .toList());
    }

    @Test
    void saysWhyItFails() throws Exception {
        List<WorkStep> steps = steps(RecipeTickets.training().build());
        EngineContainer container = EngineContainer.of(root.resolve("failing"), steps, data);
        Files.writeString(
                container.base().resolve("input/config/hyperparameters.json"),
                Json.line(Map.of(ContainerOrder.DIGEST_SETTING, "fff")));

        assertThat(EngineContainer.ended(container.startByPeft(image, 1))).isEqualTo(ExitCode.INVALID.number());

        assertThat(container.base().resolve("output/failure"))
                .content()
                .startsWith("FT0652: order.json is not that of the job; its digest is " + RecipeTickets.DIGEST
                        + ", the job's is fff; try: ");
    }

    private static List<WorkStep> steps(TrainingSpec spec) {
        return steps(spec, 0.1);
    }

    private static List<WorkStep> steps(TrainingSpec spec, double dropout) {
        return RecipeTickets.classifies(
                new LoraTuning(4, 8, dropout, List.of(LoraTuning.ALL_LINEAR)), spec, LabelScoring.LIKELIHOOD);
    }
}
