package dev.finetune4j.cli;

import dev.finetune4j.engine.data.source.FileTree;
import dev.finetune4j.engine.report.Remedies;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
            "Plays a cloud on this machine, for trials without an account.",
            "  aws    SageMaker, JumpStart, Bedrock, S3, logs, IAM and STS at one address",
            "  azure  command jobs of Azure Machine Learning, run history and MLflow, and",
            "         Azure OpenAI's fine-tuning, over https, tokens of Entra ID, and Blob",
            "         storage by Azurite, which npm installs the first time",
            "Any client finds it by the variables that it prints. Jobs are processes of this",
            "machine; those of Bedrock and Azure OpenAI learn by counting, without weights.",
            "It goes on until Ctrl-C, which removes what it stored."
        },
        footer = {
            "",
            "A job at SageMaker or Azure trains by what python3 on the PATH brings: torch,",
            "transformers and PEFT. JumpStart's scripts are played by the worker that trains",
            "on this machine; the models of its hub are whatever --model says.",
            "",
            "Example:",
            "  finetune offline-cloud start aws > cloud.env &",
            "  until [ -s cloud.env ]; do sleep 1; done",
            "  . ./cloud.env; finetune launch job.yaml --target sagemaker",
            "",
            "What goes wrong is ordered by any program that can POST, one order at a time:",
            "  curl $OFFLINE_CLOUD_CONTROL -d '{\"do\": \"sell-out\", \"machine\": \"ml.g5.xlarge\"}'",
            "  machines  sell-out, restock {machine}, reclaim {job},",
            "            quota {machine or name, value}, at Azure {family, value}",
            "  jobs      fail-internally {job, status, seconds, times}, at SageMaker",
            "  calls     throttle, break-down, break-after, expire-token, deny-access,",
            "            lose-request, lose-answer {operation, times},",
            "            refuse {operation, code, message, status, times}",
            "  all       outage, at AWS skew-clock {seconds}",
            "  logs      delay-logs {seconds}",
            "  Bedrock   bedrock-quota {value}, withhold-model, grant-model {model}",
            "  lists     delay-lists {seconds}, at Azure",
            "  OpenAI    fail-tuning {job, code, message, param},",
            "            training-price {model, dollars}, at Azure",
            "  deployed  fail-deployment {deployment, reason}, at Azure",
            "At Azure curl takes --cacert $SSL_CERT_FILE besides.",
            "GET tells the calls that were made: operation, status, hadEffect."
        })
final class OfflineCloudCommand implements Callable<Integer> {
    private static final String AWS = "aws";
    private static final String AZURE = "azure";

    private final Surroundings surroundings;

    @Parameters(index = "0", paramLabel = "start", description = "What to do: start.")
    String action = "";

    @Parameters(index = "1", paramLabel = "VENDOR", description = "Whose cloud: aws or azure.")
    String vendor = "";

    @Option(
            names = "--region",
            paramLabel = "REGION",
            description = "The account's region (default: eu-central-1; Azure: westeurope). Bedrock is in us-east-1 and"
                    + " us-west-2 besides, where it tunes, Azure OpenAI in swedencentral.")
    @Nullable
    String region;

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
        if (!action.equals("start") || !List.of(AWS, AZURE).contains(vendor)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "there are \"start aws\" and \"start azure\" only, was " + action + " " + vendor);
        }
        if (model != null && vendor.equals(AZURE)) {
            throw new ParameterException(spec.commandLine(), "--model is for JumpStart's hub, which azure has not");
        }
        if (model != null && !Files.isRegularFile(model.resolve("config.json"))) {
            throw new ParameterException(spec.commandLine(), "--model is no folder with a config.json: " + model);
        }
        Path home = Files.createDirectories(surroundings.home().resolve("cache"));
        Path folder = Files.createTempDirectory(home, "offline-cloud-");
        PlayedCloud cloud;
        try {
            cloud = open(home, folder);
        } catch (FineTuneException e) {
            FileTree.remove(folder);
            throw e;
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(cloud, folder), "offline-cloud end"));
        tell(cloud, folder);
        new CountDownLatch(1).await(); // until the process is ended
        return ExitCode.OK.number();
    }

    private PlayedCloud open(Path home, Path folder) throws IOException {
        Map<String, String> environment = surroundings.environment();
        if (vendor.equals(AWS)) {
            return new PlayedAws(folder, environment, region == null ? "eu-central-1" : region, model);
        }
        Path store = home.resolve("azurite");
        if (!Files.exists(store)) {
            surroundings
                    .screen()
                    .say("npm installs Azurite, the store, into " + store + ", which takes a minute or two");
        }
        return new PlayedAzure(folder, store, environment, region == null ? "westeurope" : region);
    }

    private static void end(PlayedCloud cloud, Path folder) {
        cloud.close();
        try {
            FileTree.remove(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void tell(PlayedCloud cloud, Path folder) {
        if (output.isJson()) {
            surroundings.screen().line(Json.pretty(cloud.variables()));
        } else {
            // At once: whoever finds the file not empty reads all of it.
            surroundings
                    .screen()
                    .line(cloud.variables().entrySet().stream()
                            .map(variable -> "export " + variable.getKey() + "=" + Remedies.quoted(variable.getValue()))
                            .collect(Collectors.joining("\n")));
        }
        surroundings.screen().say("places of a job file that uses it, each for targets: [its name]:");
        surroundings.screen().say("places:");
        cloud.places().forEach(place -> surroundings.screen().say("  " + place));
        cloud.hints().forEach(surroundings.screen()::say);
        surroundings.screen().say("machines and files are in " + folder + "; Ctrl-C ends it");
    }
}
