package dev.finetune4j.aws.s3;

import dev.finetune4j.aws.internal.BucketOwner;
import dev.finetune4j.offlinecloud.OfflineAws;
import dev.finetune4j.offlinecloud.container.PlannedContainer;
import dev.finetune4j.offlinecloud.sagemaker.OfflineSageMaker.Account;
import dev.finetune4j.offlinecloud.sagemaker.Pace;
import dev.finetune4j.offlinecloud.wire.AccessKey;
import dev.finetune4j.offlinecloud.wire.Call;
import dev.finetune4j.spi.ProviderContext;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** An offline S3 with one bucket, and stores in it as a provider opens them. */
final class OfflineBuckets implements AutoCloseable {
    static final String REGION = "eu-central-1";
    static final String OWNER = "123456789012";
    static final String STORE = "s3://my-bucket/jobs";

    private static final int CHUNK = 1 << 20;

    private final Path folder;
    private final OfflineAws aws;
    private final AccessKey session;

    OfflineBuckets(Path folder) throws IOException {
        this.folder = folder;
        aws = OfflineAws.start(
                Account.sample(), Clock.systemUTC(), Pace.SWIFT, PlannedContainer.succeedingAfter(Duration.ofHours(1)));
        aws.s3().createBucket("my-bucket");
        session = aws.beginSession(Duration.ofHours(1));
    }

    OfflineAws aws() {
        return aws;
    }

    S3Store store() {
        return store(STORE);
    }

    S3Store store(String address) {
        return S3Store.open(address, REGION, new BucketOwner(OWNER, ""), context());
    }

    /** Whom callers sign as. */
    AccessKey session() {
        return session;
    }

    ProviderContext context() {
        return context(session.id());
    }

    ProviderContext context(String accessKeyId) {
        Map<String, String> environment = Map.of(
                "AWS_ENDPOINT_URL_S3", aws.endpoint().toString(),
                "AWS_ACCESS_KEY_ID", accessKeyId,
                "AWS_SECRET_ACCESS_KEY", session.secret(),
                "AWS_SESSION_TOKEN", session.token());
        return new ProviderContext(folder.resolve("home"), environment, Clock.systemUTC());
    }

    /** Another process of the caller, with a heap much smaller than the files of a test. */
    Process start(Class<?> program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx40m",
                "-cp",
                System.getProperty("java.class.path"),
                program.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(context().environment());
        return builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** How often an operation was called. */
    int calls(String operation) {
        return aws.calls(operation).size();
    }

    /** How often an operation was called with success. */
    int effects(String operation) {
        return (int) aws.calls(operation).stream().filter(Call::hadEffect).count();
    }

    List<String> keys() {
        return aws.s3().keys("s3://my-bucket/");
    }

    /** Stores an object as nobody's client would. */
    void put(String key, String text) throws IOException {
        aws.s3().upload(Files.writeString(folder.resolve("object"), text), "s3://my-bucket/" + key);
    }

    /** A file of random bytes. */
    Path file(String name, int bytes) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Random random = new Random(bytes);
        byte[] chunk = new byte[CHUNK];
        try (OutputStream to = Files.newOutputStream(file)) {
            for (int left = bytes; left > 0; left -= chunk.length) {
                random.nextBytes(chunk);
                to.write(chunk, 0, Math.min(left, chunk.length));
            }
        }
        return file;
    }

    @Override
    public void close() {
        aws.close();
    }
}
