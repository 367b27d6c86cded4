package dev.finetune4j.cli;

import dev.finetune4j.engine.data.source.FileTree;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.OfflineAws;
import dev.finetune4j.offlinecloud.s3.OfflineS3;
import dev.finetune4j.offlinecloud.sagemaker.Container;
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
            "  . ./cloud.env; finetune launch job.yaml --target sagemaker"
        })
final class OfflineCloudCommand implements Callable<Integer> {
    private static final String ACCOUNT = "123456789012";
    private static final String BUCKET = "my-bucket";

    /** The local runner's, as SageMaker's container starts it. */
    private static final String WORKER = "dev.finetune4j.worker.SageMakerMain";

    /** The model of the offline hub that anybody may tune. */
    private static final String TUNABLE = "huggingface-llm-offline-tiny";

    /** Without a bucket of its own the SDK asks STS at Amazon's address for the account's; and it tells Amazon of each training. */
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
            description = "The region that there is (default: eu-central-1).")
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
        String role = "arn:aws:iam::" + ACCOUNT + ":role/finetune4j-training";
        Account account = new Account(ACCOUNT, region, Set.of(role));
        Path home = Files.createDirectories(surroundings.home().resolve("cache"));
        Path folder = Files.createTempDirectory(home, "offline-cloud-");
        OfflineS3 store = new OfflineS3(folder.resolve("s3"), ACCOUNT, region, Clock.systemUTC()).createBucket(BUCKET);
        OfflineHub hub = OfflineHub.shipped(region, Clock.systemUTC());
        Container containers = containers(folder.resolve("machines"), store, hub);
        OfflineAws cloud = OfflineAws.start(account, Clock.systemUTC(), Pace.SWIFT, containers, store, hub);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(cloud, folder), "offline-cloud end"));
        tell(variables(cloud, Files.writeString(folder.resolve("sagemaker-sdk.yaml"), SDK_SETTINGS)), role, folder);
        new CountDownLatch(1).await(); // until the process is ended
        return ExitCode.OK.number();
    }

    private Container containers(Path machines, OfflineS3 store, OfflineHub hub) throws IOException {
        ProcessContainer processes = new ProcessContainer(
                machines,
                store,
                Map.of("PATH", surroundings.environment().getOrDefault("PATH", "/usr/bin:/bin")),
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
        variables.put("SAGEMAKER_USER_CONFIG_OVERRIDE", sdkSettings.toString());
        return variables;
    }

    private static String forShell(String value) {
        return value.matches("[\\w./:-]+") ? value : "'" + value.replace("'", "'\\''") + "'";
    }

    private void tell(Map<String, String> variables, String role, Path folder) {
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
        surroundings.screen().say("a job file that uses it:");
        surroundings.screen().say("places:");
        String place = "{role: \"" + role + "\", store: \"s3://" + BUCKET + "/jobs\", region: " + region;
        surroundings.screen().say("  sagemaker: " + place + "}");
        if (model != null) {
            surroundings.screen().say("  jumpstart: " + place + ", model: " + TUNABLE + "}");
        }
        surroundings.screen().say("machines and files are in " + folder + "; Ctrl-C ends it");
    }
}
