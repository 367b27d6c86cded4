package dev.finetune4j.testkit.contract;

import dev.finetune4j.data.Part;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.model.ModelName;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A folder with what a job takes: a model, data and a worker, of a few bytes each, for places whose workers compute nothing.
 *
 * @param path the folder
 */
public record JobFolder(Path path) {
    /** Lays the files out in a folder. */
    public static JobFolder in(Path path) throws IOException {
        Files.writeString(Files.createDirectories(path.resolve("data")).resolve(Part.TRAIN.fileName()), "{}\n");
        Files.writeString(Files.createDirectories(path.resolve("model")).resolve("config.json"), "{}");
        Files.writeString(path.resolve("worker.tar.gz"), "a worker");
        return new JobFolder(path);
    }

    /** The model's files. */
    public Path model() {
        return path.resolve("model");
    }

    /** A job of so many epochs, without a time limit; its digest goes by its name. */
    public Submission.Builder job(String name, double epochs) {
        TrainingSpec training = TrainingSpec.builder().epochs(epochs).build();
        WorkStep train = new WorkStep.Train(LoraTuning.defaults(), training, new ModelName("made/tiny", "c0ffee"));
        return Submission.builder(
                        new RunId(name),
                        new ModelRef("tiny"),
                        new WorkOrder("d1" + Integer.toHexString(name.hashCode()), List.of(train)))
                .channel(WorkOrder.MODEL_CHANNEL, model())
                .channel(WorkOrder.DATA_CHANNEL, path.resolve("data"))
                .channel(WorkOrder.WORKER_CHANNEL, path.resolve("worker.tar.gz"))
                .label(Submission.RUN_LABEL, name);
    }
}
