package dev.finetune4j.azure.ml;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Part;
import dev.finetune4j.data.Role;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.json.Json;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.model.ModelName;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.offlinecloud.azure.blob.Azurite;
import dev.finetune4j.offlinecloud.azure.ml.PlayedTuning;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A workspace in this process that plays the service's own fine-tuning jobs, an hour for each epoch, and jobs for it. */
final class TuningWorkspace {
    static final String MODEL = "azureml://registries/azureml-meta/models/Meta-Llama-3-8B/versions/8";

    /** What a job file says besides of such a job. */
    static final Map<String, String> SETTINGS = Map.of("fine-tuning", "preview", "model", MODEL);

    private TuningWorkspace() {}

    static OfflineWorkspace open(Path home, Azurite blobs) throws IOException {
        OfflineWorkspace workspace = new OfflineWorkspace(home, blobs, new PlayedTuning(blobs, Duration.ofHours(1)));
        rows(home.resolve("data"), Part.TRAIN, 6);
        rows(home.resolve("data"), Part.VALIDATION, 2);
        return workspace;
    }

    private static void rows(Path data, Part part, int count) throws IOException {
        Files.writeString(
                data.resolve(part.fileName()),
                IntStream.range(1, count + 1)
                        .mapToObj(i -> Json.line(new Example.Conversation(
                                        new RowRef("tickets.jsonl", i),
                                        List.of(
                                                new Message(Role.USER, "ticket " + i + ": the invoice is wrong"),
                                                new Message(Role.ASSISTANT, "billing")),
                                        "billing"))
                                + "\n")
                        .collect(Collectors.joining()));
    }

    static Map<String, String> with(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(settings);
        all.putAll(SETTINGS);
        return all;
    }

    /** A job of so many epochs. */
    static Submission.Builder job(OfflineWorkspace workspace, String name, double epochs) {
        TrainingSpec training = TrainingSpec.builder().epochs(epochs).build();
        WorkStep train = new WorkStep.Train(LoraTuning.defaults(), training, new ModelName("made/tiny", "c0ffee"));
        return Submission.builder(
                        new RunId(name),
                        new ModelRef("tiny"),
                        new WorkOrder("d1" + Integer.toHexString(name.hashCode()), List.of(train)))
                .channel(WorkOrder.DATA_CHANNEL, workspace.home.resolve("data"))
                .label(Submission.RUN_LABEL, name);
    }
}
