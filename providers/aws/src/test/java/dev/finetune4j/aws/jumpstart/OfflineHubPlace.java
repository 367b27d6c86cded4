package dev.finetune4j.aws.jumpstart;

import dev.finetune4j.aws.Surroundings;
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
import dev.finetune4j.offlinecloud.OfflineAws;
import dev.finetune4j.offlinecloud.container.Container;
import dev.finetune4j.offlinecloud.s3.OfflineS3;
import dev.finetune4j.offlinecloud.sagemaker.JumpStartBuckets;
import dev.finetune4j.offlinecloud.sagemaker.OfflineHub;
import dev.finetune4j.offlinecloud.sagemaker.OfflineSageMaker.Account;
import dev.finetune4j.offlinecloud.sagemaker.Pace;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** JumpStart in this process, with the hub that the offline cloud ships, and jobs for it. */
final class OfflineHubPlace implements AutoCloseable {
    static final String REGION = "eu-central-1";
    static final String ROLE = "arn:aws:iam::123456789012:role/finetune4j-training";
    static final String TINY = "huggingface-llm-offline-tiny";
    static final String LLAMA = "meta-textgeneration-llama-3-2-1b-instruct";
    static final Path MODEL = Path.of("../../local-runner/junit/src/test/resources/tickets/model");
    static final Map<String, String> SETTINGS = Map.of(
            "role", ROLE, "region", REGION, "store", "s3://my-bucket/jobs", "model", TINY, "machine", "ml.g5.xlarge");

    final OfflineAws aws;
    final OfflineS3 store;
    final OfflineHub hub;
    final Path home;
    private final Clock clock;
    private final ProviderContext context;

    /** What runs the jobs of a place. */
    interface Containers {
        Container of(OfflineS3 store, OfflineHub hub) throws IOException;
    }

    OfflineHubPlace(Path home, Clock clock, Pace pace, Containers containers) throws IOException {
        this.home = home;
        store = new OfflineS3(home.resolve("s3"), "123456789012", REGION, clock).createBucket("my-bucket");
        hub = OfflineHub.shipped(REGION, clock);
        JumpStartBuckets.fill(store, REGION, hub, MODEL);
        aws = OfflineAws.start(
                new Account("123456789012", REGION, Set.of(ROLE)), clock, pace, containers.of(store, hub), store, hub);
        this.clock = clock;
        context = Surroundings.of(aws, home, clock);
        write(true, Part.TRAIN, 48);
        write(true, Part.VALIDATION, 8);
    }

    /** A client that reaches the cloud at another address. */
    Provider openBehind(String endpoint) {
        return new JumpStartProviderFactory().open(Surroundings.of(aws, endpoint, home, clock), SETTINGS);
    }

    Provider open() {
        return new JumpStartProviderFactory().open(context, SETTINGS);
    }

    /** A client with other settings. */
    Provider openWith(Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(SETTINGS);
        settings.putAll(more);
        return new JumpStartProviderFactory().open(context, settings);
    }

    /** Rows of the tickets model, with labels or without. */
    void write(boolean hasLabels, Part part, int count) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < count; i++) {
            String answer = i % 2 == 0 ? "billing" : "technical";
            lines.append(Json.line(new Example.Conversation(
                            new RowRef("rows", i + 1L),
                            List.of(
                                    new Message(Role.USER, i % 2 == 0 ? "please refund my" : "the login screen"),
                                    new Message(Role.ASSISTANT, answer)),
                            hasLabels ? answer : null)))
                    .append('\n');
        }
        Files.writeString(Files.createDirectories(home.resolve("data")).resolve(part.fileName()), lines);
    }

    /** A job that trains so many epochs, without a time limit. */
    Submission.Builder job(String name, double epochs) {
        TrainingSpec training = TrainingSpec.builder()
                .epochs(epochs)
                .batchSize(4)
                .learningRate(0.01)
                .maxTokens(64)
                .build();
        WorkStep train = new WorkStep.Train(LoraTuning.defaults(), training, new ModelName("made/tiny", "c0ffee"));
        return Submission.builder(
                        new RunId(name),
                        new ModelRef("tiny"),
                        new WorkOrder("d1" + Integer.toHexString(name.hashCode()), List.of(train)))
                .channel(WorkOrder.DATA_CHANNEL, home.resolve("data"))
                .label(Submission.RUN_LABEL, name);
    }

    @Override
    public void close() {
        aws.close();
    }
}
