package dev.finetune4j.cli;

import dev.finetune4j.offlinecloud.OfflineAws;
import dev.finetune4j.offlinecloud.bedrock.TuningPace;
import dev.finetune4j.offlinecloud.s3.OfflineS3;
import dev.finetune4j.offlinecloud.sagemaker.OfflineSageMaker.Account;
import dev.finetune4j.offlinecloud.sagemaker.Pace;
import dev.finetune4j.offlinecloud.sagemaker.PlannedContainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/** An offline AWS with a bucket called {@code my-bucket}, and commands that find it by their environment. */
final class CommandCloud implements AutoCloseable {
    static final String SECRET = "planted/secret+0123456789";
    private static final String TUNING_ROLE = "finetune4j-tuning";
    private static final String ACCOUNT = "123456789012";

    private final Path home;
    private final OfflineAws aws;

    /** How a cloud is started, with what its jobs run. */
    interface Start {
        OfflineAws of(Account account, OfflineS3 store) throws IOException;
    }

    /**
     * Starts one.
     *
     * @param folder for the buckets and the home of the commands
     * @param role name of the role that jobs run as
     */
    CommandCloud(Path folder, String region, String role, Start start) throws IOException {
        home = folder.resolve("home");
        OfflineS3 store =
                new OfflineS3(folder.resolve("s3"), ACCOUNT, region, Clock.systemUTC()).createBucket("my-bucket");
        aws = start.of(new Account(ACCOUNT, region, Set.of(arn(role))), store);
    }

    /** One whose Bedrock is swift. */
    static CommandCloud ofBedrock(Path folder) throws IOException {
        CommandCloud cloud = new CommandCloud(
                folder,
                "us-east-1",
                TUNING_ROLE,
                (account, store) -> OfflineAws.start(
                        account,
                        Clock.systemUTC(),
                        Pace.SWIFT,
                        PlannedContainer.succeedingAfter(Duration.ofSeconds(1)),
                        store));
        cloud.aws.bedrock().pace(TuningPace.SWIFT);
        return cloud;
    }

    /** A job that Bedrock may run, and this machine; another seed makes it a job that no earlier execution has run. */
    static Path bedrockJob(Path folder, long seed) throws IOException {
        return Files.writeString(
                TicketsJob.write(Files.createTempDirectory(folder, "job"), seed),
                """
                budget: {max-cost: 5 USD}
                targets: [local, bedrock]
                places:
                  bedrock:
                    role: "%s"
                    store: "s3://my-bucket/jobs"
                    model: amazon.nova-micro-v1:0:128k
                    learningRate: 1e-5
                """.formatted(arn(TUNING_ROLE)),
                StandardOpenOption.APPEND);
    }

    static String arn(String role) {
        return "arn:aws:iam::" + ACCOUNT + ":role/" + role;
    }

    OfflineAws aws() {
        return aws;
    }

    /** What finds this cloud, at its own address. */
    Map<String, String> environment() {
        return environment(aws.endpoint().toString());
    }

    /** What finds this cloud behind another address. */
    Map<String, String> environment(String endpoint) {
        return Map.of(
                "PATH",
                System.getenv("PATH"),
                "AWS_ENDPOINT_URL",
                endpoint,
                "AWS_ACCESS_KEY_ID",
                aws.accessKeyId(),
                "AWS_SECRET_ACCESS_KEY",
                SECRET);
    }

    CommandRun command(String... arguments) {
        return CommandRun.in(home, environment(), arguments);
    }

    /** A command with text on its standard input. */
    CommandRun saying(String said, String... arguments) {
        return CommandRun.saying(said, home, environment(), arguments);
    }

    /** The newest run. */
    String run() {
        return command("ps").out().lines().skip(1).findFirst().orElseThrow().split(" ", 2)[0];
    }

    @Override
    public void close() {
        aws.close();
    }
}
