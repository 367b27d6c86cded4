package dev.finetune4j.aws.sagemaker;

import dev.finetune4j.data.Part;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.model.ModelName;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.offlinecloud.OfflineAws;
import dev.finetune4j.offlinecloud.s3.OfflineS3;
import dev.finetune4j.offlinecloud.sagemaker.Pace;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.PlaceSettings;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.testkit.VirtualClock;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** SageMaker in this process with scripted workers, on a clock on which hours take no time, and jobs for it. */
final class OfflinePlace implements AutoCloseable {
    static final String SECRET = "planted/secret+0123456789";
    static final Map<String, String> SETTINGS = Map.of(
            "role",
            OfflineAccount.ROLE,
            "region",
            OfflineAccount.REGION,
            "store",
            "s3://my-bucket/jobs",
            "machine",
            "ml.g5.xlarge");

    final VirtualClock clock = new VirtualClock();
    final OfflineAws aws;
    final Path home;
    private final ProviderContext context;

    OfflinePlace(Path home) throws IOException {
        this.home = home;
        OfflineS3 store = OfflineAccount.store(home.resolve("s3")).createBucket("my-bucket");
        aws = OfflineAws.start(OfflineAccount.ACCOUNT, clock, Pace.LIFELIKE, new ScriptedWorker(store, home), store);
        context = new ProviderContext(
                home,
                Map.of(
                        "AWS_ENDPOINT_URL",
                        aws.endpoint().toString(),
                        "AWS_ACCESS_KEY_ID",
                        aws.accessKeyId(),
                        "AWS_SECRET_ACCESS_KEY",
                        SECRET),
                clock);
        Files.writeString(Files.createDirectories(home.resolve("data")).resolve(Part.TRAIN.fileName()), "{}\n");
        Files.writeString(Files.createDirectories(home.resolve("model")).resolve("config.json"), "{}");
        Files.writeString(home.resolve("worker.tar.gz"), "a worker");
    }

    Provider open() {
        return new SageMakerProviderFactory().open(context, SETTINGS);
    }

    /** A client whose machines may be taken back. */
    Provider openOnSpot() {
        Map<String, String> settings = new HashMap<>(SETTINGS);
        settings.put(PlaceSettings.SPOT, "true");
        return new SageMakerProviderFactory().open(context, settings);
    }

    /** A job that trains so many hours, without a time limit. */
    Submission.Builder job(String name, double hours) {
        TrainingSpec training = TrainingSpec.builder().epochs(hours).build();
        WorkStep train = new WorkStep.Train(LoraTuning.defaults(), training, new ModelName("made/tiny", "c0ffee"));
        return Submission.builder(
                        new RunId(name),
                        new ModelRef("tiny"),
                        new WorkOrder("d1" + Integer.toHexString(name.hashCode()), List.of(train)))
                .channel(WorkOrder.MODEL_CHANNEL, home.resolve("model"))
                .channel(WorkOrder.DATA_CHANNEL, home.resolve("data"))
                .channel(WorkOrder.WORKER_CHANNEL, home.resolve("worker.tar.gz"))
                .label(Submission.RUN_LABEL, name);
    }

    @Override
    public void close() {
        aws.close();
    }
}
