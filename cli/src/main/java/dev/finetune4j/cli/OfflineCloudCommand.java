package dev.finetune4j.cli;

import dev.finetune4j.engine.data.source.FileTree;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.json.Json;
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
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Plays a cloud on this machine until it is told to end. */
@Command(
        name = "offline-cloud",
        mixinStandardHelpOptions = true,
        description = {
            "Plays a cloud on this machine, for trials without an account: SageMaker, JumpStart,",
            "Bedrock, S3, logs, IAM and STS at one address, for any client. Jobs are processes of",
            "this machine.",
            "Prints the variables by which clients find it, and goes on until Ctrl-C, which",
            "removes what it stored."
        },
        footer = {
            "",
            "A job at SageMaker trains by what python3 on the PATH brings: torch, transformers and",
            "PEFT. JumpStart's scripts are played by the worker that trains on this machine; the",
            "models of its hub are whatever --model says.",
            "",
            "Example:",
            "  finetune offline-cloud start aws > cloud.env &",
            "  until [ -s cloud.env ]; do sleep 1; done",
            "  . ./cloud.env; finetune launch job.yaml --target sagemaker",
            "",
            "What goes wrong is ordered by any program that can POST, one order at a time:",
            "  curl $OFFLINE_CLOUD_CONTROL -d '{\"do\": \"sell-out\", \"machine\": \"ml.g5.xlarge\"}'",
            "  machines  sell-out, restock {machine}, reclaim {job}, quota {machine or name, value}",
            "  calls     throttle, break-down, expire-token, deny-access, lose-request, lose-answer",
            "            {operation, times}, refuse {operation, code, message, status, times}",
            "  logs      delay-logs {seconds}",
            "  Bedrock   bedrock-quota {value}, withhold-model, grant-model {model}",
            "GET tells the calls that were made: operation, status, hadEffect."
        })
final class OfflineCloudCommand implements Callable<Integer> {
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

    private final Surroundings surroundings;

    @Parameters(index = "0", paramLabel = "start", description = "What to do: start.")
    String action = "";

    @Parameters(index = "1", paramLabel = "VENDOR", description = "Whose cloud: aws.")
    String vendor = "";

    @Option(
            names = "--region",
            paramLabel = "REGION",
            defaultValue = "eu-central-1",
            description = "The account's region (default: eu-central-1). Bedrock is in us-east-1 and us-west-2 besides,"
                    + " where it tunes.")
    String region = "eu-central-1";

    @Option(
            names = "--model",
            paramLabel = "FOLDER",
            description = "A model in Hugging Face layout, whose files all models of JumpStart's hub have. Without it"
                    + " the hub can be asked, but no job at JumpStart finds its files.")
    @Nullable
    Path model;

    @Mixin
    OutputOptions output = new OutputOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    CommandSpec spec;

    OfflineCloudCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (!action.equals("start") || !vendor.equals("aws")) {
            throw new ParameterException(
                    spec.commandLine(), "there is \"start aws\" only, was " + action + " " + vendor);
        }
        if (model != null && !Files.isRegularFile(model.resolve("config.json"))) {
            throw new ParameterException(spec.commandLine(), "--model is no folder with a config.json: " + model);
        }
        Account account = new Account(ACCOUNT, region, Set.of(TRAINING_ROLE, TUNING_ROLE));
        Path home = Files.createDirectories(surroundings.home().resolve("cache"));
        Path folder = Files.createTempDirectory(home, "offline-cloud-");
        OfflineS3 store = new OfflineS3(folder.resolve("s3"), ACCOUNT, region, Clock.systemUTC())
                .createBucket(BUCKET)
                .createBucket(BEDROCK_BUCKET, BEDROCK_REGION, ACCOUNT);
        Path sdkSettings = Files.writeString(folder.resolve("sagemaker-sdk.yaml"), SDK_SETTINGS);
        OfflineHub hub = OfflineHub.shipped(region, Clock.systemUTC());
        Container containers = containers(folder.resolve("machines"), store, hub, sdkSettings);
        OfflineAws cloud = OfflineAws.start(account, Clock.systemUTC(), Pace.SWIFT, containers, store, hub);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(cloud, folder), "offline-cloud end"));
        cloud.bedrock().pace(TuningPace.SWIFT);
        if (hasBedrock()) {
            OfflineBedrock.TUNING_REGIONS.forEach(there -> cloud.bedrock(there).pace(TuningPace.SWIFT));
        }
        tell(variables(cloud, sdkSettings), hub, folder);
        new CountDownLatch(1).await(); // until the process is ended
        return ExitCode.OK.number();
    }

    private Container containers(Path machines, OfflineS3 store, OfflineHub hub, Path sdkSettings) throws IOException {
        ProcessContainer processes = new ProcessContainer(
                machines,
                store,
                Map.of(
                        "PATH",
                        surroundings.environment().getOrDefault("PATH", "/usr/bin:/bin"),
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
                JumpStartContainer.Worker.onThisClassPath(WORKER, surroundings.environment()),
                Clock.systemUTC());
    }

    private static void end(OfflineAws cloud, Path folder) {
        cloud.close();
        try {
            FileTree.remove(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Map<String, String> variables(OfflineAws cloud, Path sdkSettings) {
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

    private static String forShell(String value) {
        return value.matches("[\\w./:-]+") ? value : "'" + value.replace("'", "'\\''") + "'";
    }

    private void tell(Map<String, String> variables, OfflineHub hub, Path folder) {
        if (output.isJson()) {
            surroundings.screen().line(Json.pretty(variables));
        } else {
            // At once: whoever finds the file not empty reads all of it.
            surroundings
                    .screen()
                    .line(variables.entrySet().stream()
                            .map(variable -> "export " + variable.getKey() + "=" + forShell(variable.getValue()))
                            .collect(Collectors.joining("\n")));
        }
        surroundings.screen().say("places of a job file that uses it, each for targets: [its name]:");
        surroundings.screen().say("places:");
        surroundings.screen().say("  sagemaker: {" + place(TRAINING_ROLE, BUCKET, region) + "}");
        if (model != null) {
            surroundings
                    .screen()
                    .say("  jumpstart: {" + place(TRAINING_ROLE, BUCKET, region) + ", model: " + TUNABLE + ", machine: "
                            + machine(hub) + "}");
        }
        if (hasBedrock()) {
            surroundings
                    .screen()
                    .say("  bedrock: {" + place(TUNING_ROLE, BEDROCK_BUCKET, BEDROCK_REGION) + ", model: \""
                            + BEDROCK_MODEL + "\", learningRate: 1e-5}");
        }
        if (model == null) {
            surroundings.screen().say("a place for jumpstart takes --model FOLDER");
        }
        surroundings.screen().say("machines and files are in " + folder + "; Ctrl-C ends it");
    }

    /** Other partitions have no region where it tunes. */
    private boolean hasBedrock() {
        return !region.matches("(cn|us-gov)-.*");
    }

    private static String place(String role, String bucket, String where) {
        return "role: \"" + role + "\", store: \"s3://" + bucket + "/jobs\", region: " + where;
    }

    /** The one that the model's own document would take. */
    private static String machine(OfflineHub hub) {
        return hub.newest(TUNABLE)
                .map(content ->
                        content.document().path("DefaultTrainingInstanceType").asText())
                .orElseThrow();
    }
}
