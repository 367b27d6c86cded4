package dev.finetune4j.aws.bedrock;

import dev.finetune4j.aws.Surroundings;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.offlinecloud.OfflineAws;
import dev.finetune4j.offlinecloud.container.Container;
import dev.finetune4j.offlinecloud.container.PlannedContainer;
import dev.finetune4j.offlinecloud.s3.OfflineS3;
import dev.finetune4j.offlinecloud.sagemaker.OfflineSageMaker.Account;
import dev.finetune4j.offlinecloud.sagemaker.Pace;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import software.amazon.awssdk.services.bedrock.model.CreateModelCustomizationJobRequest;

/** The account of the tests, its cloud, and jobs that it takes. */
final class OfflineTuning {
    static final String REGION = "us-east-1";
    static final String ROLE = "arn:aws:iam::123456789012:role/finetune4j-training";
    static final String NOVA = "amazon.nova-micro-v1:0:128k";
    static final String STORE = "s3://my-bucket/jobs";

    private static final Container CONTAINER = PlannedContainer.succeedingAfter(Duration.ofHours(1));

    private OfflineTuning() {}

    static OfflineAws start(Clock clock, String region) throws IOException {
        return OfflineAws.start(account(region), clock, Pace.LIFELIKE, CONTAINER);
    }

    static OfflineAws start(Clock clock, String region, OfflineS3 store) throws IOException {
        return OfflineAws.start(account(region), clock, Pace.LIFELIKE, CONTAINER, store);
    }

    /** The bucket of the tests. */
    static OfflineS3 store(Path folder, String region, Clock clock) {
        return new OfflineS3(folder, account(region).id(), region, clock).createBucket("my-bucket");
    }

    private static Account account(String region) {
        return new Account("123456789012", region, Set.of(ROLE));
    }

    static BedrockCalls client(OfflineAws aws, String region, String key, Clock clock) {
        return BedrockCalls.open(
                region,
                Surroundings.of(aws.endpoint().toString(), key, aws.secretAccessKey(), Path.of("unused"), clock));
    }

    static BedrockOptions.Builder options() {
        return BedrockOptions.builder(ROLE, REGION, STORE, NOVA);
    }

    static StagedTuning job(String name, String digest) {
        return new StagedTuning(
                new RunId(name),
                digest,
                STORE + "/inputs/5e/train.jsonl",
                null,
                LoraTuning.defaults(),
                TrainingSpec.defaults(),
                Map.of("finetune4j-run", name));
    }

    static CreateModelCustomizationJobRequest request(StagedTuning job, BedrockOptions options) {
        return new CustomizationMapper(options).request(job);
    }
}
