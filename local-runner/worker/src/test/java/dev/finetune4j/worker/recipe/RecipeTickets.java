package dev.finetune4j.worker.recipe;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Part;
import dev.finetune4j.data.Role;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.job.LabelScoring;
import dev.finetune4j.job.Precision;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.json.Json;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.model.ModelName;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.run.ContainerOrder;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.training.durable.DurableFiles;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Jobs on a small model with a real tokenizer: made sentences of different lengths for two teams. */
final class RecipeTickets {
    static final Path MODEL =
            Path.of("../junit/src/test/resources/tickets/model").toAbsolutePath();
    static final ModelName BASE = new ModelName("made/tickets", "c0ffee");
    static final List<String> LABELS = List.of("billing", "technical");
    static final String DIGEST = "0123456789abcdef";

    private static final List<String> BILLING = List.of("refund", "the", "my", "please", "again", "not");
    private static final List<String> TECHNICAL = List.of("screen", "the", "is", "please", "again", "was");

    private RecipeTickets() {}

    /** Settings of a training whose losses can be compared. */
    static TrainingSpec.Builder training() {
        return TrainingSpec.builder()
                .epochs(2)
                .batchSize(3)
                .gradientAccumulation(2)
                .learningRate(0.01)
                .weightDecay(0.1)
                .maxGradientNorm(0.5)
                .maxTokens(64)
                .precision(Precision.FP32)
                .evaluateEvery(4)
                .checkpointEvery(3)
                .threads(1);
    }

    /** Trains and lets base and tuned model choose labels. */
    static List<WorkStep> classifies(TuningMethod method, TrainingSpec training, LabelScoring scoring) {
        return classifies(method, training, LABELS, scoring);
    }

    /** The same of labels of other names or in another order. */
    static List<WorkStep> classifies(
            TuningMethod method, TrainingSpec training, List<String> labels, LabelScoring scoring) {
        return List.of(
                new WorkStep.Train(method, training, BASE, labels),
                predict(Variant.BASE_ZERO_SHOT, labels, scoring, 0),
                predict(Variant.TUNED, labels, scoring, 0));
    }

    /** Trains and lets base and tuned model answer freely. */
    static List<WorkStep> speaks(TuningMethod method, TrainingSpec training) {
        return List.of(
                new WorkStep.Train(method, training, BASE),
                predict(Variant.BASE_ZERO_SHOT, List.of(), LabelScoring.LIKELIHOOD, 5),
                predict(Variant.TUNED, List.of(), LabelScoring.LIKELIHOOD, 5));
    }

    /** Trains and lets base and tuned model continue passages. */
    static List<WorkStep> continues(TuningMethod method, TrainingSpec training) {
        return List.of(
                new WorkStep.Train(method, training, BASE),
                continuing(Variant.BASE_ZERO_SHOT),
                continuing(Variant.TUNED));
    }

    /** Reads the test rows, and continues their beginnings. */
    static WorkStep.Predict continuing(Variant variant) {
        return new WorkStep.Predict(
                variant, Part.TEST.fileName(), List.of(), List.of(), LabelScoring.LIKELIHOOD, 5, 64, true);
    }

    /** Answers the test rows. */
    static WorkStep.Predict predict(Variant variant, List<String> labels, LabelScoring scoring, int newTokens) {
        return new WorkStep.Predict(variant, Part.TEST.fileName(), List.of(), labels, scoring, newTokens, 64);
    }

    /** The job as it is submitted. */
    static Submission submission(List<WorkStep> steps, Path data) {
        return submission(MODEL, steps, data);
    }

    /** The same on another model. */
    static Submission submission(Path model, List<WorkStep> steps, Path data) {
        return Submission.builder(new RunId("tickets"), new ModelRef("tickets"), new WorkOrder(DIGEST, steps))
                .channel(WorkOrder.MODEL_CHANNEL, model)
                .channel(WorkOrder.DATA_CHANNEL, data)
                .build();
    }

    /** Rows of training, validation and test. */
    static Path writeRows(Path folder, int training, int validation) throws IOException {
        return writeRows(folder, training, validation, LABELS);
    }

    /**
     * The same with labels of other names.
     *
     * @param labels what both teams are called
     */
    static Path writeRows(Path folder, int training, int validation, List<String> labels) throws IOException {
        Files.createDirectories(folder);
        SplittableRandom random = new SplittableRandom(5);
        for (Part part : Part.values()) {
            int count = part == Part.TRAIN ? training : part == Part.VALIDATION ? validation : 10;
            List<String> lines = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                lines.add(Json.line(row(new RowRef(part.fileName(), i + 1L), labels, random)));
            }
            Files.write(folder.resolve(part.fileName()), lines);
        }
        return folder;
    }

    /** Makes a passage of each row: what is asked and what is right for it. */
    static void writePassages(Path folder) throws IOException {
        for (Part part : Part.values()) {
            Path file = folder.resolve(part.fileName());
            List<String> lines = new ArrayList<>();
            for (String line : Files.readAllLines(file)) {
                Example.Conversation row = (Example.Conversation) Json.read(line, Example.class);
                String text = row.messages().stream().map(Message::content).collect(Collectors.joining(" "));
                lines.add(Json.line(new Example.Passage(row.row(), text)));
            }
            Files.write(file, lines);
        }
    }

    private static Example.Conversation row(RowRef row, List<String> labels, SplittableRandom random) {
        boolean isBilling = random.nextBoolean();
        List<String> words = isBilling ? BILLING : TECHNICAL;
        String text = IntStream.range(0, random.nextInt(2, 12))
                .mapToObj(i -> words.get(random.nextInt(words.size())))
                .collect(Collectors.joining(" "));
        String label = labels.get(isBilling ? 0 : 1);
        return new Example.Conversation(
                row, List.of(new Message(Role.USER, text), new Message(Role.ASSISTANT, label)), label);
    }

    /** The job as SageMaker lays it out for a container; without a recipe. */
    static void layOut(Path base, Path model, List<WorkStep> steps, Path data) throws IOException {
        Path inputs = Files.createDirectories(base.resolve("input/data"));
        DurableFiles.copyTree(model, inputs.resolve(WorkOrder.MODEL_CHANNEL));
        DurableFiles.copyTree(data, inputs.resolve(WorkOrder.DATA_CHANNEL));
        ContainerOrder order = new ContainerOrder(
                new RunId("tickets"),
                new ModelRef("tickets"),
                new WorkOrder(DIGEST, steps),
                Map.of(WorkOrder.MODEL_CHANNEL, "", WorkOrder.DATA_CHANNEL, ""),
                Map.of());
        Path channel = Files.createDirectories(inputs.resolve(ContainerOrder.CHANNEL));
        Files.writeString(channel.resolve(ContainerOrder.FILE), Json.pretty(order));
        Path config = Files.createDirectories(base.resolve("input/config"));
        Files.writeString(
                config.resolve("hyperparameters.json"), Json.line(Map.of(ContainerOrder.DIGEST_SETTING, DIGEST)));
    }
}
