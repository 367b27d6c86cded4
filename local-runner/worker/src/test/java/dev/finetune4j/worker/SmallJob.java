package dev.finetune4j.worker;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Part;
import dev.finetune4j.data.Role;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.job.DataSpec;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.LabelScoring;
import dev.finetune4j.job.Precision;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.job.TaskSpec;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.json.Json;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.model.ModelFiles;
import dev.finetune4j.model.ModelName;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.Proposal;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.training.model.encoder.EncoderLoader;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A job that a tiny model learns in a second: which of two words a letter goes with. */
public final class SmallJob {
    private static final ModelName BASE = new ModelName("made/tiny", "c0ffee");
    private static final List<String> LABELS = List.of("odd", "even");

    private final Path model;
    private final Path data;

    /** Writes a decoder and rows below a folder. */
    public SmallJob(Path folder) throws IOException {
        this(folder, TinyLlama.write(folder.resolve("model")));
    }

    private SmallJob(Path folder, Path model) throws IOException {
        this.model = model;
        data = Files.createDirectories(folder.resolve("data"));
        writeRows(Part.TRAIN, 48);
        writeRows(Part.VALIDATION, 8);
        writeRows(Part.TEST, 12);
    }

    /** Writes an encoder, that of the training core's own tests, and rows below a folder. */
    public static SmallJob onEncoder(Path folder) throws IOException {
        Path model = Files.createDirectories(folder.resolve("encoder"));
        for (String file : List.of("config.json", "model.safetensors")) {
            try (InputStream bytes = EncoderLoader.class.getResourceAsStream("fixtures/bert/" + file)) {
                Files.copy(bytes, model.resolve(file));
            }
        }
        return new SmallJob(folder, model);
    }

    /** Where the rows lie. */
    public Path data() {
        return data;
    }

    /** Where the model lies. */
    public Path model() {
        return model;
    }

    /** Settings of a training of so many epochs, 12 steps each. */
    public static TrainingSpec.Builder training(double epochs) {
        return TrainingSpec.builder()
                .epochs(epochs)
                .batchSize(2)
                .gradientAccumulation(2)
                .learningRate(0.01)
                .precision(Precision.FP32)
                .checkpointEvery(5)
                .evaluateEvery(6)
                .threads(1);
    }

    /** Trains and answers with base and tuned model. */
    public static List<WorkStep> steps(TrainingSpec training) {
        return steps(new LoraTuning(4, 8, 0.1, List.of(LoraTuning.ALL_LINEAR)), training);
    }

    /** Trains by a method and answers with base and tuned model. */
    public static List<WorkStep> steps(TuningMethod method, TrainingSpec training) {
        return List.of(
                new WorkStep.Train(method, training, BASE, LABELS),
                predict(Variant.BASE_ZERO_SHOT),
                predict(Variant.TUNED));
    }

    /** Answers the test rows. */
    public static WorkStep.Predict predict(Variant variant) {
        return new WorkStep.Predict(variant, Part.TEST.fileName(), List.of(), LABELS, LabelScoring.LIKELIHOOD, 0, 0);
    }

    /** The job as it is submitted. */
    public Submission submission(String id, String digest, List<WorkStep> steps) {
        return Submission.builder(new RunId(id), new ModelRef("tiny"), new WorkOrder(digest, steps))
                .channel(WorkOrder.MODEL_CHANNEL, model)
                .channel(WorkOrder.DATA_CHANNEL, data)
                .build();
    }

    /** The job as it is proposed, tuned by a method. */
    public Proposal proposal(LoraTuning method) {
        FineTuneJob job = FineTuneJob.builder(
                        "tiny",
                        new ModelRef("tiny"),
                        TaskSpec.of(TaskKind.CLASSIFICATION),
                        DataSpec.ofFile("rows.jsonl"))
                .method(method)
                .training(training(1).build())
                .build();
        ModelFiles files = new ModelFiles(job.model(), model, "e".repeat(64), BASE);
        return new Proposal(
                job, files, new Proposal.RowLengths(48, 6, 24, 48, 256), new Proposal.AnswerLengths(0, 24, 0));
    }

    private void writeRows(Part part, int count) throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String letter = String.valueOf((char) ('a' + i % 26));
            lines.add(Json.line(new Example.Conversation(
                    new RowRef(part.fileName(), i + 1L),
                    List.of(
                            new Message(Role.USER, "is " + letter + " odd or even"),
                            new Message(Role.ASSISTANT, LABELS.get(i % 26 % 2))),
                    LABELS.get(i % 26 % 2))));
        }
        Files.write(data.resolve(part.fileName()), lines);
    }
}
