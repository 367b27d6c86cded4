package dev.finetune4j.cli;

import dev.finetune4j.offlinecloud.OfflineAws;
import dev.finetune4j.offlinecloud.bedrock.TuningPace;
import dev.finetune4j.offlinecloud.container.Container;
import dev.finetune4j.offlinecloud.container.PlannedContainer;
import dev.finetune4j.offlinecloud.s3.OfflineS3;
import dev.finetune4j.offlinecloud.sagemaker.JumpStartBuckets;
import dev.finetune4j.offlinecloud.sagemaker.JumpStartContainer;
import dev.finetune4j.offlinecloud.sagemaker.OfflineHub;
import dev.finetune4j.offlinecloud.sagemaker.OfflineSageMaker.Account;
import dev.finetune4j.offlinecloud.sagemaker.Pace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** An offline AWS with a bucket called {@code my-bucket}, and commands that find it by their environment. */
final class CommandCloud extends CommandHome {
    private static final Path MODEL = Path.of("../local-runner/junit/src/test/resources/tickets/model");
    private static final String ACCOUNT = "123456789012";
    /** Jobs run as it. */
    static final String ROLE = "arn:aws:iam::" + ACCOUNT + ":role/finetune4j-training";

    private final OfflineAws aws;

    /** How a cloud is started, with what its jobs run. */
    interface Start {
        OfflineAws of(Account account, OfflineS3 store) throws IOException;
    }

    /**
     * Starts one.
     *
     * @param folder for the buckets and the home of the commands
     */
    CommandCloud(Path folder, String region, Start start) throws IOException {
        this(folder, region, Clock.systemUTC(), start);
    }

    /** Starts one that lives by a clock, which may be virtual. */
    CommandCloud(Path folder, String region, Clock clock, Start start) throws IOException {
        super(folder.resolve("home"), clock);
        OfflineS3 store = new OfflineS3(folder.resolve("s3"), ACCOUNT, region, clock).createBucket("my-bucket");
        aws = start.of(new Account(ACCOUNT, region, Set.of(ROLE)), store);
    }

    /** One that takes as long as the real one by a clock that may be virtual, with a hub; its containers compute nothing. */
    static CommandCloud onClock(Path folder, String region, Clock clock, Container container) throws IOException {
        return new CommandCloud(folder, region, clock, (account, store) -> {
            OfflineHub hub = OfflineHub.shipped(region, clock);
            JumpStartBuckets.fill(store, region, hub, MODEL);
            return OfflineAws.start(account, clock, Pace.LIFELIKE, container, store, hub);
        });
    }

    /** One whose Bedrock is swift. */
    static CommandCloud ofBedrock(Path folder) throws IOException {
        CommandCloud cloud = new CommandCloud(
                folder,
                "us-east-1",
                (account, store) -> OfflineAws.start(
                        account,
                        Clock.systemUTC(),
                        Pace.SWIFT,
                        PlannedContainer.succeedingAfter(Duration.ofSeconds(1)),
                        store));
        cloud.aws.bedrock().pace(TuningPace.SWIFT);
        return cloud;
    }

    /** What runs the jobs that are none of a hub's. */
    interface OtherJobs {
        Container of(Path machines, OfflineS3 store);
    }

    /** One whose hub has models of the tickets, which are really trained; its Bedrock is swift. */
    static CommandCloud ofHub(Path folder, String region, OtherJobs others) throws IOException {
        CommandCloud cloud =
                new CommandCloud(folder, region, (account, store) -> hub(folder, region, account, store, others));
        cloud.aws.bedrock().pace(TuningPace.SWIFT);
        return cloud;
    }

    private static OfflineAws hub(Path folder, String region, Account account, OfflineS3 store, OtherJobs others)
            throws IOException {
        Clock clock = Clock.systemUTC();
        OfflineHub hub = OfflineHub.shipped(region, clock);
        JumpStartBuckets.fill(store, region, hub, MODEL);
        Path machines = folder.resolve("machines");
        JumpStartContainer containers = new JumpStartContainer(
                others.of(machines, store),
                hub,
                machines,
                store,
                JumpStartContainer.Worker.onThisClassPath("dev.finetune4j.worker.SageMakerMain", System.getenv()),
                clock);
        return OfflineAws.start(account, clock, Pace.SWIFT, containers, store, hub);
    }

    /** Brings the files that the hub's jobs begin with to where no hub of its own was given. */
    void fillHub(String region) throws IOException {
        JumpStartBuckets.fill(aws.s3(), region, OfflineHub.shipped(region, clock()), MODEL);
    }

    /** Settings of JumpStart for {@link #ofHub}, as lines below {@code places}. */
    static String jumpStart(String region) {
        return jumpStartAnywhere(region) + "    machine: ml.g5.xlarge\n";
    }

    /** The same where a plan chooses the machine. */
    static String jumpStartAnywhere(String region) {
        return """
                  jumpstart:
                    role: "%s"
                    store: "s3://my-bucket/jobs"
                    region: %s
                    model: huggingface-llm-offline-tiny
                    logging-steps: 1
                    per-device-train-batch-size: 8
                    gradient-accumulation-steps: 1
                    lora-r: 8
                """.formatted(ROLE, region);
    }

    /** Settings of Bedrock, as lines below {@code places}. */
    static String bedrock() {
        return """
                  bedrock:
                    role: "%s"
                    store: "s3://my-bucket/jobs"
                    model: amazon.nova-micro-v1:0:128k
                    learningRate: 1e-5
                """.formatted(ROLE);
    }

    /** A job that Bedrock may run, and this machine; another seed makes it a job that no earlier execution has run. */
    static Path bedrockJob(Path folder, long seed) throws IOException {
        return Files.writeString(
                TicketsJob.write(Files.createTempDirectory(folder, "job"), seed),
                """
                budget: {max-cost: 5 USD}
                targets: [local, bedrock]
                places:
                """ + bedrock(),
                StandardOpenOption.APPEND);
    }

    /** One whose SageMaker runs these containers. */
    static CommandCloud ofSageMaker(Path folder, String region, Function<OfflineS3, Container> container)
            throws IOException {
        return new CommandCloud(
                folder,
                region,
                (account, store) ->
                        OfflineAws.start(account, Clock.systemUTC(), Pace.SWIFT, container.apply(store), store));
    }

    /** A job that SageMaker may run. */
    static Path sageMakerJob(Path folder, String region, long seed) throws IOException {
        return sageMakerJob(folder, region, seed, "");
    }

    /** The same with more settings of the place, such as {@code , machine: ml.g5.xlarge}. */
    static Path sageMakerJob(Path folder, String region, long seed, String more) throws IOException {
        return Files.writeString(
                TicketsJob.write(Files.createTempDirectory(folder, "job"), seed),
                """
                budget: {max-cost: 5 USD}
                targets: [sagemaker]
                places:
                  sagemaker: {role: "%s", store: "s3://my-bucket/jobs", region: %s%s}
                """.formatted(ROLE, region, more),
                StandardOpenOption.APPEND);
    }

    OfflineAws aws() {
        return aws;
    }

    /** What finds this cloud, at its own address. */
    @Override
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
                aws.secretAccessKey());
    }

    @Override
    Map<String, String> ofAStranger() {
        return Map.of("AWS_ACCESS_KEY_ID", "AKIAWRONGWRONGWRONG0");
    }

    @Override
    public void close() {
        aws.close();
    }
}
