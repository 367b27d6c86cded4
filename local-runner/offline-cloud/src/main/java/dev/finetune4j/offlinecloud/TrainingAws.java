package dev.finetune4j.offlinecloud;

import dev.finetune4j.offlinecloud.bedrock.OfflineBedrock;
import dev.finetune4j.offlinecloud.bedrock.TuningPace;
import dev.finetune4j.offlinecloud.container.Container;
import dev.finetune4j.offlinecloud.s3.OfflineS3;
import dev.finetune4j.offlinecloud.sagemaker.JumpStartBuckets;
import dev.finetune4j.offlinecloud.sagemaker.JumpStartContainer;
import dev.finetune4j.offlinecloud.sagemaker.OfflineHub;
import dev.finetune4j.offlinecloud.sagemaker.OfflineSageMaker.Account;
import dev.finetune4j.offlinecloud.sagemaker.Pace;
import dev.finetune4j.offlinecloud.sagemaker.ProcessContainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An account of {@link OfflineAws} that is ready to train: roles, a bucket in the account's region and one where Bedrock tunes, and jobs that
 * really run, as processes of this machine. By the clock of this machine; waiting times are short.
 *
 * <pre>{@code
 * try (TrainingAws aws = TrainingAws.start(folder);
 *         FineTuner tuner = FineTuner.builder().environment(aws.variables()).build()) {
 *     tuner.launch(plan).await();
 * }
 * }</pre>
 *
 * <p>Whoever has its variables can run any command as the user of this process.
 */
public final class TrainingAws implements AutoCloseable {
    /** The account's region unless another is asked for. */
    public static final String REGION = "eu-central-1";

    private static final String ACCOUNT = "123456789012";
    private static final String ROLES = "arn:aws:iam::" + ACCOUNT + ":role/finetune4j-";
    private static final String TRAINING_ROLE = ROLES + "training";
    private static final String TUNING_ROLE = ROLES + "tuning";
    private static final String BUCKET = "my-bucket";

    /** The first model that Bedrock tunes. */
    private static final String BEDROCK_MODEL = "amazon.nova-micro-v1:0:128k";

    private static final String BEDROCK_REGION = "us-east-1";
    private static final String BEDROCK_BUCKET = "my-bucket-" + BEDROCK_REGION;

    /** The local runner's, as SageMaker's container starts it. */
    private static final String WORKER = "dev.finetune4j.worker.SageMakerMain";

    /** The model of the offline hub that anybody may tune. */
    private static final String TUNABLE = "huggingface-llm-offline-tiny";

    /** Without a bucket of its own the SageMaker SDK asks STS at Amazon's address for the account's; and it tells Amazon of each training. */
    private static final String SDK_SETTINGS_VARIABLE = "SAGEMAKER_USER_CONFIG_OVERRIDE";

    private static final String SDK_SETTINGS = """
            SchemaVersion: '1.0'
            SageMaker:
              PythonSDK:
                Modules:
                  TelemetryOptOut: true
                  Session:
                    DefaultS3Bucket: %s
            """.formatted(BUCKET);

    private final OfflineAws aws;
    private final String region;
    private final OfflineHub hub;
    private final Path sdkSettings;
    private final boolean hubHasFiles;

    private TrainingAws(OfflineAws aws, String region, OfflineHub hub, Path sdkSettings, boolean hubHasFiles) {
        this.aws = aws;
        this.region = region;
        this.hub = hub;
        this.sdkSettings = sdkSettings;
        this.hubHasFiles = hubHasFiles;
    }

    /**
     * Opens it on a free port of the loopback address, in {@link #REGION}. No job at JumpStart finds the files of its model.
     *
     * @param folder for buckets and machines
     * @throws IOException if no port can be had, or the folder cannot be written
     */
    public static TrainingAws start(Path folder) throws IOException {
        return start(folder, REGION, null, System.getenv());
    }

    /**
     * Opens it on a free port of the loopback address.
     *
     * @param folder for buckets and machines
     * @param region the account's; Bedrock is in us-east-1 and us-west-2 besides, where it tunes
     * @param model a folder in Hugging Face layout, whose files all models of JumpStart's hub have; null for none. What they are tuned by is
     *     finetune4j's worker, which must be on the class path
     * @param environment whose {@code PATH} the jobs have
     * @throws IOException if no port can be had, or the folder cannot be written
     */
    public static TrainingAws start(Path folder, String region, @Nullable Path model, Map<String, String> environment)
            throws IOException {
        Clock clock = Clock.systemUTC();
        Account account = new Account(ACCOUNT, region, Set.of(TRAINING_ROLE, TUNING_ROLE));
        OfflineS3 store = new OfflineS3(folder.resolve("s3"), ACCOUNT, region, clock)
                .createBucket(BUCKET)
                .createBucket(BEDROCK_BUCKET, BEDROCK_REGION, ACCOUNT);
        Path sdkSettings = Files.writeString(folder.resolve("sagemaker-sdk.yaml"), SDK_SETTINGS);
        OfflineHub hub = OfflineHub.shipped(region, clock);
        Path machines = folder.resolve("machines");
        Map<String, String> ofJobs = Map.of(
                "PATH",
                environment.getOrDefault("PATH", "/usr/bin:/bin"),
                SDK_SETTINGS_VARIABLE,
                sdkSettings.toString());
        Container containers = new ProcessContainer(machines, store, ofJobs, clock);
        if (model == null) {
            JumpStartBuckets.describe(store, region, hub);
        } else {
            JumpStartBuckets.fill(store, region, hub, model);
            containers = new JumpStartContainer(
                    containers,
                    hub,
                    machines,
                    store,
                    JumpStartContainer.Worker.onThisClassPath(WORKER, environment),
                    clock);
        }
        OfflineAws aws = OfflineAws.start(account, clock, Pace.SWIFT, containers, store, hub);
        TrainingAws started = new TrainingAws(aws, region, hub, sdkSettings, model != null);
        started.hasten();
        return started;
    }

    private void hasten() {
        aws.bedrock().pace(TuningPace.SWIFT);
        OfflineBedrock.tuningRegions(region).forEach(there -> aws.bedrock(there).pace(TuningPace.SWIFT));
    }

    /** Faults to order, calls that were made, and the rest. */
    public OfflineAws aws() {
        return aws;
    }

    /** Environment variables by which every client of Amazon's finds it, Java's, Python's and the SageMaker SDKs. */
    public Map<String, String> variables() {
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put("AWS_ENDPOINT_URL", aws.endpoint().toString());
        variables.put("AWS_ACCESS_KEY_ID", aws.accessKeyId());
        variables.put("AWS_SECRET_ACCESS_KEY", aws.secretAccessKey());
        variables.put("AWS_REGION", region);
        variables.put("AWS_DEFAULT_REGION", region); // Python knows this one only
        variables.put(SDK_SETTINGS_VARIABLE, sdkSettings.toString());
        variables.put("OFFLINE_CLOUD_CONTROL", aws.control().toString());
        return Collections.unmodifiableMap(variables);
    }

    /** What a job file says of each place where it can be tuned here: settings by name, by the name of the place. */
    public Map<String, Map<String, String>> places() {
        Map<String, Map<String, String>> places = new LinkedHashMap<>();
        places.put("sagemaker", place(TRAINING_ROLE, BUCKET, region));
        if (hubHasFiles) {
            Map<String, String> jumpStart = place(TRAINING_ROLE, BUCKET, region);
            jumpStart.put("model", TUNABLE);
            jumpStart.put("machine", usualMachine());
            places.put("jumpstart", jumpStart);
        }
        if (!OfflineBedrock.tuningRegions(region).isEmpty()) {
            Map<String, String> bedrock = place(TUNING_ROLE, BEDROCK_BUCKET, BEDROCK_REGION);
            bedrock.put("model", BEDROCK_MODEL);
            bedrock.put("learningRate", "1e-5");
            places.put("bedrock", bedrock);
        }
        return places;
    }

    private static Map<String, String> place(String role, String bucket, String where) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("role", role);
        settings.put("store", "s3://" + bucket + "/jobs");
        settings.put("region", where);
        return settings;
    }

    /** The one that the model's own document would take. */
    private String usualMachine() {
        return hub.newest(TUNABLE)
                .map(content ->
                        content.document().path("DefaultTrainingInstanceType").asText())
                .orElseThrow();
    }

    @Override
    public void close() {
        aws.close();
    }
}
