package dev.finetune4j.aws.sagemaker;

import dev.finetune4j.aws.Surroundings;
import dev.finetune4j.aws.internal.AwsConnection;
import dev.finetune4j.aws.internal.BucketOwner;
import dev.finetune4j.aws.s3.S3Store;
import dev.finetune4j.offlinecloud.OfflineAws;
import dev.finetune4j.offlinecloud.s3.OfflineS3;
import dev.finetune4j.offlinecloud.sagemaker.Pace;
import dev.finetune4j.spi.PlaceSettings;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.testkit.VirtualClock;
import dev.finetune4j.testkit.contract.JobFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import software.amazon.awssdk.services.s3.S3Client;

/** SageMaker in this process with scripted workers, on a clock on which hours take no time, and jobs for it. */
final class OfflinePlace implements AutoCloseable {
    private static final String STORE = "s3://my-bucket/jobs";
    static final Map<String, String> SETTINGS = Map.of(
            "role", OfflineAccount.ROLE, "region", OfflineAccount.REGION, "store", STORE, "machine", "ml.g5.xlarge");

    final VirtualClock clock = new VirtualClock();
    final OfflineAws aws;
    final Path home;
    final JobFolder files;
    private final ProviderContext context;

    private final Map<String, String> settings;

    OfflinePlace(Path home) throws IOException {
        this(home, SETTINGS);
    }

    /** A place whose jobs have other settings. */
    OfflinePlace(Path home, Map<String, String> settings) throws IOException {
        this.home = home;
        this.settings = settings;
        OfflineS3 store = OfflineAccount.store(home.resolve("s3"), clock).createBucket("my-bucket");
        aws = OfflineAws.start(OfflineAccount.ACCOUNT, clock, Pace.LIFELIKE, new ScriptedWorker(store, home), store);
        context = Surroundings.of(aws, home, clock);
        files = JobFolder.in(home);
    }

    /** A client that reaches the cloud at another address. */
    Provider openBehind(String endpoint) {
        return new SageMakerProviderFactory().open(Surroundings.of(aws, endpoint, home, clock), settings);
    }

    Provider open() {
        return new SageMakerProviderFactory().open(context, settings);
    }

    /** A client that asks nobody. */
    static Provider nowhere(Map<String, String> settings) {
        return new SageMakerProviderFactory()
                .open(new ProviderContext(Path.of("target"), Map.of(), new VirtualClock()), settings);
    }

    /** Begins to store something, as a process does that is killed. */
    void beginUpload(String key) {
        AwsConnection connection = new AwsConnection(OfflineAccount.REGION, "S3", 1, Duration.ofMinutes(1));
        try (S3Client client = connection.open(S3Client.builder().forcePathStyle(true), context)) {
            client.createMultipartUpload(request -> request.bucket("my-bucket").key(key));
        }
    }

    /** A client whose machines may be taken back. */
    Provider openOnSpot() {
        return openWith(PlaceSettings.SPOT, "true");
    }

    /** A client with another setting. */
    Provider openWith(String name, String value) {
        return openWith(Map.of(name, value));
    }

    /** A client with other settings. */
    Provider openWith(Map<String, String> others) {
        Map<String, String> settings = new HashMap<>(SETTINGS);
        settings.putAll(others);
        return new SageMakerProviderFactory().open(context, settings);
    }

    /** Where its jobs have their files. */
    S3Store store() {
        return S3Store.open(STORE, OfflineAccount.REGION, BucketOwner.of(SETTINGS), context);
    }

    /** A job that trains so many hours, without a time limit. */
    Submission.Builder job(String name, double hours) {
        return files.job(name, hours);
    }

    @Override
    public void close() {
        aws.close();
    }
}
