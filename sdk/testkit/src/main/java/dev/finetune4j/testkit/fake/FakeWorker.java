package dev.finetune4j.testkit.fake;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Quantiles;
import dev.finetune4j.evaluation.Prediction;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.job.Precision;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.GeneratedText;
import dev.finetune4j.run.GgufType;
import dev.finetune4j.run.MergedModel;
import dev.finetune4j.run.ModelFormat;
import dev.finetune4j.run.Rehearsal;
import dev.finetune4j.run.Replay;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.Submission;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Writes what a worker would have written: an adapter, and predictions in which the tuned model is mostly right. */
public final class FakeWorker {
    private static final int ANSWER_TOKENS = 4;
    private static final int FROM_STEP = 4;
    private static final int TO_STEP = 8;
    private static final String STATE = "not real weights";

    private final Submission submission;
    private final boolean succeeded;
    private final boolean handsOutAdapters;

    /**
     * A worker of one job.
     *
     * @param submission its order, with the folders of its channels on this machine
     * @param succeeded whether it came to its end; where not it leaves checkpoints
     * @param handsOutAdapters whether it leaves the files of the tuned model, or what refers to it
     */
    public FakeWorker(Submission submission, boolean succeeded, boolean handsOutAdapters) {
        this.submission = submission;
        this.succeeded = succeeded;
        this.handsOutAdapters = handsOutAdapters;
    }

    /** Leaves what it left, in the worker's output folder. */
    public void write(Path output) {
        try {
            Files.createDirectories(output);
            for (WorkStep step : submission.order().steps()) {
                if (succeeded) {
                    write(output, step);
                } else if (step instanceof WorkStep.Train) {
                    writeCheckpoints(output.resolve(WorkOrder.CHECKPOINTS_FOLDER));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(Path output, WorkStep step) throws IOException {
        if (step instanceof WorkStep.Train) {
            writeTuned(output);
        } else if (step instanceof WorkStep.Rehearse rehearse) {
            writeTuned(output);
            writeOnce(output.resolve(WorkOrder.REHEARSAL_FILE), List.of(Json.line(rehearsal(rehearse))));
        } else if (step instanceof WorkStep.Verify) {
            writeOnce(output.resolve(WorkOrder.REPLAY_FILE), List.of(Json.line(replay())));
        } else if (step instanceof WorkStep.Predict predict) {
            Path file = output.resolve(WorkOrder.PREDICTIONS_FOLDER)
                    .resolve(predict.variant().fileName());
            List<String> lines = new ArrayList<>();
            for (Example example : rows(predict.rowsFile())) {
                lines.add(Json.line(answer(predict, example)));
            }
            writeOnce(file, lines);
        } else if (step instanceof WorkStep.Generate generate) {
            List<String> lines = generate.variants().stream()
                    .map(variant -> Json.line(new GeneratedText(variant, "answer of " + variant, ANSWER_TOKENS, true)))
                    .toList();
            writeOnce(output.resolve(WorkOrder.GENERATED_FILE), lines);
        } else if (step instanceof WorkStep.Merge merge) {
            boolean isGguf = merge.format() instanceof ModelFormat.Gguf;
            ModelFormat format = !merge.format().leavesStorageOpen()
                    ? merge.format()
                    : isGguf ? new ModelFormat.Gguf(GgufType.F16) : new ModelFormat.HuggingFace(Precision.FP32);
            writeOnce(
                    output.resolve(WorkOrder.MERGED_FOLDER)
                            .resolve(isGguf ? WorkOrder.GGUF_FILE : WorkOrder.SAFETENSORS_FILE),
                    List.of("not real weights"));
            writeOnce(
                    output.resolve(WorkOrder.MERGED_FILE), List.of(Json.line(new MergedModel(format, 17, 1e-6, 192))));
        }
    }

    private static void writeCheckpoints(Path folder) throws IOException {
        for (int step : new int[] {FROM_STEP, TO_STEP}) {
            writeOnce(folder.resolve("checkpoint-00000" + step).resolve("state"), List.of(STATE));
        }
    }

    /** Equal where the last checkpoint is as it was written. */
    private Replay replay() throws IOException {
        Path checkpoints = Objects.requireNonNull(
                submission.channels().get(WorkOrder.CHECKPOINTS_CHANNEL), "no checkpoints channel");
        String saved = Files.readString(
                        checkpoints.resolve("checkpoint-00000" + TO_STEP).resolve("state"))
                .strip();
        return new Replay(
                FROM_STEP, TO_STEP, Json.digest(saved), Json.digest(STATE), saved.equals(STATE) ? null : TO_STEP);
    }

    /** A second a step of 64 tokens, a tenth of one an answer. */
    private Rehearsal rehearsal(WorkStep.Rehearse step) throws IOException {
        List<Rehearsal.AnswerPace> answers = new ArrayList<>();
        for (WorkStep.Predict predict : step.answers()) {
            long all = rows(predict.rowsFile()).size();
            long some = Math.min(all, step.extent().rows());
            answers.add(new Rehearsal.AnswerPace(predict.variant(), some, all, 0.1 * some, 0.1 * all));
        }
        int steps = Math.min(FakeJob.STEPS, step.extent().steps());
        Rehearsal.Training training = new Rehearsal.Training(
                Instant.EPOCH.plusSeconds(3),
                FakeJob.STEPS,
                64L * FakeJob.STEPS,
                new Quantiles(4, 8, 12, 16, 16, 8),
                32,
                steps,
                step.train().training().learningRate(),
                2.0,
                1.5,
                64L * (steps - 1),
                steps - 1.0,
                1,
                0.5,
                1,
                1 << 10,
                0.1);
        return new Rehearsal(Instant.EPOCH.plusSeconds(20), 3, 0.0, training, answers, 1L << 30, 1L << 30, 0.01);
    }

    private void writeTuned(Path output) throws IOException {
        if (handsOutAdapters) {
            Path adapter = output.resolve(WorkOrder.ADAPTER_FOLDER);
            writeOnce(adapter.resolve("adapter_config.json"), List.of("{\"peft_type\":\"LORA\"}"));
            writeOnce(adapter.resolve("adapter_model.safetensors"), List.of("not real weights"));
        } else {
            writeOnce(
                    output.resolve("model-reference.json"),
                    List.of("{\"reference\":\"fake:model/" + submission.id() + "\"}"));
        }
    }

    private List<Example> rows(String file) throws IOException {
        Path data = Objects.requireNonNull(submission.channels().get(WorkOrder.DATA_CHANNEL), "no data channel");
        return Files.readAllLines(data.resolve(file)).stream()
                .map(line -> Json.read(line, Example.class))
                .toList();
    }

    private static Prediction answer(WorkStep.Predict step, Example example) {
        String reference = example instanceof Example.Conversation conversation ? conversation.answer() : "";
        boolean right = isRight(step.variant(), example);
        double perToken = step.variant().isTuned() ? 0.5 : 2.0;
        if (step.labels().isEmpty()) {
            boolean isReadOnly = example instanceof Example.Passage ? !step.writesOnPassages() : !step.writes();
            String said = example instanceof Example.Passage
                    ? "goes on as row " + example.row().row()
                    : reference;
            String text = right ? said : "something else";
            return new Prediction(
                    example.row(),
                    reference,
                    isReadOnly ? null : text,
                    Map.of(),
                    ANSWER_TOKENS * perToken,
                    ANSWER_TOKENS);
        }
        int index = step.labels().indexOf(reference);
        String chosen = right
                ? reference
                : step.labels().get((index + 1) % step.labels().size());
        Map<String, Double> scores = new LinkedHashMap<>();
        step.labels().forEach(label -> scores.put(label, label.equals(chosen) ? -0.5 : -3.0));
        return new Prediction(example.row(), reference, chosen, scores, ANSWER_TOKENS * perToken, ANSWER_TOKENS);
    }

    /** One row in four for the base model, two with examples in the prompt, nineteen of twenty once tuned. */
    private static boolean isRight(Variant variant, Example example) {
        long row = example.row().row();
        return switch (variant) {
            case BASE_PRIOR -> false;
            case BASE_ZERO_SHOT -> row % 4 == 0;
            case BASE_FEW_SHOT -> row % 4 < 2;
            case TUNED -> row % 20 != 0;
        };
    }

    private static void writeOnce(Path file, List<String> lines) throws IOException {
        if (Files.notExists(file)) {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.write(file, lines);
        }
    }
}
