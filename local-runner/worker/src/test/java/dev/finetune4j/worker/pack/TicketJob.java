package dev.finetune4j.worker.pack;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Part;
import dev.finetune4j.data.Role;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.job.Precision;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.json.Json;
import dev.finetune4j.method.LoraTuning;
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

/** A small model with a real tokenizer learns to tell two kinds of tickets apart, in half a minute at most. */
final class TicketJob {
    private static final Path MODEL = Path.of("../junit/src/test/resources/tickets/model");
    private static final String ID = "tickets";
    private static final WorkOrder ORDER = new WorkOrder(
            "0123456789abcdef",
            List.of(new WorkStep.Train(
                    LoraTuning.defaults(),
                    TrainingSpec.builder()
                            .epochs(2)
                            .batchSize(2)
                            .learningRate(0.01)
                            .maxTokens(64)
                            .precision(Precision.FP32)
                            .threads(1)
                            .build(),
                    new ModelName("made/tickets", "c0ffee"))));

    private TicketJob() {}

    /** As it is submitted to this machine. */
    static Submission submission(Path folder) throws IOException {
        return Submission.builder(new RunId(ID), new ModelRef(ID), ORDER)
                .channel(WorkOrder.MODEL_CHANNEL, MODEL.toAbsolutePath())
                .channel(WorkOrder.DATA_CHANNEL, writeRows(folder))
                .build();
    }

    /** As SageMaker lays it out for a container. */
    static void layOut(Path base) throws IOException {
        Path inputs = Files.createDirectories(base.resolve("input/data"));
        DurableFiles.copyTree(MODEL, inputs.resolve(WorkOrder.MODEL_CHANNEL));
        writeRows(inputs.resolve(WorkOrder.DATA_CHANNEL));
        ContainerOrder order = new ContainerOrder(
                new RunId(ID),
                new ModelRef(ID),
                ORDER,
                Map.of(WorkOrder.MODEL_CHANNEL, "", WorkOrder.DATA_CHANNEL, ""),
                Map.of());
        Path channel = Files.createDirectories(inputs.resolve(ContainerOrder.CHANNEL));
        Files.writeString(channel.resolve(ContainerOrder.FILE), Json.pretty(order));
        Path config = Files.createDirectories(base.resolve("input/config"));
        Files.writeString(
                config.resolve("hyperparameters.json"),
                Json.line(Map.of(ContainerOrder.DIGEST_SETTING, ORDER.digest())));
    }

    private static Path writeRows(Path folder) throws IOException {
        Files.createDirectories(folder);
        for (Part part : List.of(Part.TRAIN, Part.VALIDATION)) {
            List<String> lines = new ArrayList<>();
            for (int i = 0; i < (part == Part.TRAIN ? 48 : 8); i++) {
                boolean isBilling = i % 2 == 0;
                lines.add(Json.line(new Example.Conversation(
                        new RowRef(part.fileName(), i + 1L),
                        List.of(
                                new Message(Role.USER, isBilling ? "please refund my" : "the login screen"),
                                new Message(Role.ASSISTANT, isBilling ? "billing" : "technical")),
                        null)));
            }
            Files.write(folder.resolve(part.fileName()), lines);
        }
        return folder;
    }
}
