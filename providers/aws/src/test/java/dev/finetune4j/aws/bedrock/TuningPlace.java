package dev.finetune4j.aws.bedrock;

import dev.finetune4j.aws.Surroundings;
import dev.finetune4j.data.Part;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.json.Json;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.model.ModelName;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.offlinecloud.OfflineAws;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.testkit.VirtualClock;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Bedrock on a clock that is moved by hand, rows for it, and clients of it. */
final class TuningPlace implements AutoCloseable {
    static final Map<String, String> SETTINGS = Map.of(
            "role", OfflineTuning.ROLE,
            "region", OfflineTuning.REGION,
            "store", OfflineTuning.STORE,
            "model", OfflineTuning.NOVA);

    final Path home;
    final VirtualClock clock = new VirtualClock();
    final OfflineAws aws;

    final ProviderContext context;

    private final Map<String, String> settings;

    TuningPlace(Path home, Map<String, String> settings) throws IOException {
        this.home = home;
        this.settings = settings;
        aws = OfflineTuning.start(
                clock, OfflineTuning.REGION, OfflineTuning.store(home.resolve("s3"), OfflineTuning.REGION, clock));
        context = Surroundings.of(aws, home, clock);
        Path data = Files.createDirectories(home.resolve("data"));
        Files.writeString(data.resolve(Part.TRAIN.fileName()), rows(16));
        Files.writeString(data.resolve(Part.VALIDATION.fileName()), rows(4));
    }

    private static String rows(int count) {
        return IntStream.range(1, count + 1)
                .mapToObj(i -> Json.line(TuningRecordsTest.row(i, "U", "ticket " + i, "A", "billing")) + "\n")
                .collect(Collectors.joining());
    }

    /** A client that reaches the cloud at another address. */
    Provider openBehind(String endpoint) {
        return new BedrockProviderFactory().open(Surroundings.of(aws, endpoint, home, clock), settings);
    }

    Provider open() {
        return openWith(settings);
    }

    /** A client with other settings. */
    Provider openWith(Map<String, String> others) {
        return new BedrockProviderFactory().open(context, others);
    }

    /** A client that asks nobody. */
    static Provider nowhere(Map<String, String> settings) {
        return new BedrockProviderFactory()
                .open(new ProviderContext(Path.of("target"), Map.of(), new VirtualClock()), settings);
    }

    /** A job whose order has a digest of its own. */
    Submission job(String name) {
        WorkStep train = new WorkStep.Train(
                LoraTuning.defaults(), TrainingSpec.defaults(), new ModelName("amazon/nova-micro", null));
        return Submission.builder(
                        new RunId(name),
                        new ModelRef(OfflineTuning.NOVA),
                        new WorkOrder("d1" + Integer.toHexString(name.hashCode()), List.of(train)))
                .channel(WorkOrder.DATA_CHANNEL, home.resolve("data"))
                .label(Submission.RUN_LABEL, name)
                .build();
    }

    @Override
    public void close() {
        aws.close();
    }
}
