package dev.finetune4j.cli;

import dev.finetune4j.offlinecloud.OfflineAws;
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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Amazon's cloud, played for trials: one account with a role and a bucket for each service. */
final class PlayedAws implements PlayedCloud {
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

    /** Without a bucket of its own the SDK asks STS at Amazon's address for the account's; and it tells Amazon of each training. */
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

    private final Map<String, String> environment;
    private final String region;
    private final @Nullable Path model;
    private final OfflineHub hub;
    private final Path sdkSettings;
    private final OfflineAws cloud;

    /**
     * Opens it.
     *
     * @param folder for its files
     * @param environment of this process
     * @param model whose files all models of JumpStart's hub have, or null for none
     */
    PlayedAws(Path folder, Map<String, String> environment, String region, @Nullable Path model) throws IOException {
        this.environment = environment;
        this.region = region;
        this.model = model;
        Account account = new Account(ACCOUNT, region, Set.of(TRAINING_ROLE, TUNING_ROLE));
        OfflineS3 store = new OfflineS3(folder.resolve("s3"), ACCOUNT, region, Clock.systemUTC())
                .createBucket(BUCKET)
                .createBucket(BEDROCK_BUCKET, BEDROCK_REGION, ACCOUNT);
        sdkSettings = Files.writeString(folder.resolve("sagemaker-sdk.yaml"), SDK_SETTINGS);
        hub = OfflineHub.shipped(region, Clock.systemUTC());
        Container containers = containers(folder.resolve("machines"), store);
        cloud = OfflineAws.start(account, Clock.systemUTC(), Pace.SWIFT, containers, store, hub);
        cloud.bedrock().pace(TuningPace.SWIFT);
        if (hasBedrock()) {
            OfflineBedrock.TUNING_REGIONS.forEach(there -> cloud.bedrock(there).pace(TuningPace.SWIFT));
        }
    }

    private Container containers(Path machines, OfflineS3 store) throws IOException {
        ProcessContainer processes = new ProcessContainer(
                machines,
                store,
                Map.of(
                        "PATH",
                        environment.getOrDefault("PATH", "/usr/bin:/bin"),
                        SDK_SETTINGS_VARIABLE,
                        sdkSettings.toString()),
                Clock.systemUTC());
        if (model == null) {
            return processes;
        }
        JumpStartBuckets.fill(store, region, hub, model);
        return new JumpStartContainer(
                processes,
                hub,
                machines,
                store,
                JumpStartContainer.Worker.onThisClassPath(WORKER, environment),
                Clock.systemUTC());
    }

    @Override
    public Map<String, String> variables() {
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put("AWS_ENDPOINT_URL", cloud.endpoint().toString());
        variables.put("AWS_ACCESS_KEY_ID", cloud.accessKeyId());
        variables.put("AWS_SECRET_ACCESS_KEY", "offline");
        variables.put("AWS_REGION", region);
        variables.put("AWS_DEFAULT_REGION", region); // Python knows this one only
        variables.put(SDK_SETTINGS_VARIABLE, sdkSettings.toString());
        variables.put("OFFLINE_CLOUD_CONTROL", cloud.control().toString());
        return variables;
    }

    @Override
    public List<String> places() {
        List<String> places = new ArrayList<>();
        places.add("sagemaker: {" + place(TRAINING_ROLE, BUCKET, region) + "}");
        if (model != null) {
            places.add("jumpstart: {" + place(TRAINING_ROLE, BUCKET, region) + ", model: " + TUNABLE + ", machine: "
                    + machine() + "}");
        }
        if (hasBedrock()) {
            places.add("bedrock: {" + place(TUNING_ROLE, BEDROCK_BUCKET, BEDROCK_REGION) + ", model: \"" + BEDROCK_MODEL
                    + "\", learningRate: 1e-5}");
        }
        return places;
    }

    @Override
    public List<String> hints() {
        return model == null ? List.of("a place for jumpstart takes --model FOLDER") : List.of();
    }

    /** Other partitions have no region where it tunes. */
    private boolean hasBedrock() {
        return !region.matches("(cn|us-gov)-.*");
    }

    private static String place(String role, String bucket, String where) {
        return "role: \"" + role + "\", store: \"s3://" + bucket + "/jobs\", region: " + where;
    }

    /** The one that the model's own document would take. */
    private String machine() {
        return hub.newest(TUNABLE)
                .map(content ->
                        content.document().path("DefaultTrainingInstanceType").asText())
                .orElseThrow();
    }

    @Override
    public void close() {
        cloud.close();
    }
}
