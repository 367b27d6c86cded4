package dev.finetune4j.cli;

import dev.finetune4j.azure.openai.AzureOpenAiProviderFactory;
import dev.finetune4j.offlinecloud.azure.AzurePace;
import dev.finetune4j.offlinecloud.azure.OfflineAzure;
import dev.finetune4j.offlinecloud.azure.Workspace;
import dev.finetune4j.offlinecloud.azure.blob.Azurite;
import dev.finetune4j.offlinecloud.azure.ml.CommandContainer;
import dev.finetune4j.offlinecloud.azure.ml.Datastores;
import dev.finetune4j.offlinecloud.azure.openai.OfflineOpenAi;
import dev.finetune4j.offlinecloud.container.Container;
import dev.finetune4j.spi.ProviderFactory;
import dev.finetune4j.testkit.VirtualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.function.Function;

/** An offline Azure with a workspace and a resource of Azure OpenAI, and commands that find it by their environment. */
final class CommandAzure extends CommandHome {
    private static final Workspace WORKSPACE = Workspace.sample();

    private final Azurite blobs;
    private final OfflineAzure azure;

    /**
     * Starts one that lives by a clock, which may be virtual.
     *
     * @param folder for the home of the commands
     * @param container what command jobs run, by the store
     */
    CommandAzure(Path folder, Clock clock, AzurePace pace, Function<Azurite, Container> container) throws IOException {
        this(folder, clock, pace, container, blobs());
    }

    /**
     * The same with a store of the caller's, which holds nothing of an earlier cloud any more.
     *
     * @param blobs closed by {@link #close}, and not by {@link #closeCloud}
     */
    CommandAzure(Path folder, Clock clock, AzurePace pace, Function<Azurite, Container> container, Azurite blobs)
            throws IOException {
        super(folder.resolve("home"), clock);
        this.blobs = blobs;
        azure = OfflineAzure.start(WORKSPACE, clock, pace, container.apply(blobs), blobs);
    }

    /** A store, installed once for all modules. */
    static Azurite blobs() throws IOException {
        return Azurite.start(Path.of("../target/azurite"));
    }

    /** One that hurries by the real clock. */
    static CommandAzure swift(Path folder, Function<Azurite, Container> container) throws IOException {
        return new CommandAzure(folder, Clock.systemUTC(), AzurePace.SWIFT, container);
    }

    /** One that hurries, whose command jobs are processes of this machine that find {@code python3} on a path. */
    static CommandAzure training(Path folder, String path) throws IOException {
        return swift(
                folder,
                store -> new CommandContainer(
                        folder.resolve("azure-machines"), store, Map.of("PATH", path), Clock.systemUTC()));
    }

    /** The places that there are, of which Azure OpenAI's client waits by a virtual clock for what the service takes a while to do. */
    static List<ProviderFactory> waitingBy(VirtualClock clock) {
        return ServiceLoader.load(ProviderFactory.class).stream()
                .map(ServiceLoader.Provider::get)
                .map(place -> place instanceof AzureOpenAiProviderFactory
                        ? new AzureOpenAiProviderFactory(clock::advance)
                        : place)
                .toList();
    }

    OfflineAzure azure() {
        return azure;
    }

    /** Settings of Azure Machine Learning, as lines below {@code places}. */
    String machineLearning() {
        return machineLearning(azure.store() + "/finetune");
    }

    /** The same with files elsewhere. */
    String machineLearning(String store) {
        return """
                  azure-ml:
                    subscription: %s
                    resource-group: %s
                    workspace: %s
                    region: %s
                    store: "%s"
                """.formatted(
                WORKSPACE.subscription(), WORKSPACE.resourceGroup(), WORKSPACE.name(), WORKSPACE.region(), store);
    }

    /** Settings of Azure OpenAI, as lines below {@code places}. */
    String openAi() {
        return openAi(azure.openAiEndpoint().toString());
    }

    /** The same at another address. */
    String openAi(String endpoint) {
        return """
                  azure-openai:
                    endpoint: "%s"
                    subscription: %s
                    resource-group: %s
                    region: %s
                    scope: global
                    model: gpt-4.1-nano
                    learning-rate-multiplier: 1
                """.formatted(endpoint, WORKSPACE.subscription(), WORKSPACE.resourceGroup(), OfflineOpenAi.REGION);
    }

    /** A job that both places may run; another seed makes it a job that no earlier execution has run. */
    Path job(Path folder, long seed, String target) throws IOException {
        return Files.writeString(
                TicketsJob.write(Files.createTempDirectory(folder, "job"), seed),
                "budget: {max-cost: 5 USD}\ntargets: [" + target + "]\nplaces:\n" + machineLearning() + openAi(),
                StandardOpenOption.APPEND);
    }

    /** A job that asks Azure Machine Learning's own fine-tuning jobs to tune a model of a registry. */
    Path tuningJob(Path folder, long seed, String... settings) throws IOException {
        StringBuilder more = new StringBuilder();
        for (String setting : settings) {
            more.append("    ").append(setting).append('\n');
        }
        return Files.writeString(
                TicketsJob.write(Files.createTempDirectory(folder, "job"), seed),
                "budget: {max-cost: 5 USD}\ntargets: [azure-ml]\nplaces:\n" + machineLearning()
                        + "    fine-tuning: preview\n"
                        + "    model: azureml://registries/azureml-meta/models/Phi-3-mini-4k-instruct/versions/13\n"
                        + more,
                StandardOpenOption.APPEND);
    }

    /** How many files its jobs have in the store. */
    long files() throws IOException {
        return blobs.store().list(Datastores.JOBS, "").size();
    }

    /** Brings those files to a folder; the folder. */
    Path download(Path to) throws IOException {
        for (String file : blobs.store().list(Datastores.JOBS, "")) {
            Path here = to.resolve(file);
            Files.createDirectories(here.getParent());
            blobs.store().download(Datastores.JOBS, file, here);
        }
        return to;
    }

    @Override
    Map<String, String> environment() {
        Map<String, String> environment = new HashMap<>(azure.variables());
        environment.put("PATH", System.getenv("PATH"));
        return environment;
    }

    @Override
    Map<String, String> ofAStranger() {
        return Map.of("AZURE_CLIENT_SECRET", "another-secret");
    }

    /** Leaves the store for another cloud. */
    void closeCloud() {
        azure.close();
    }

    @Override
    public void close() {
        closeCloud();
        blobs.close();
    }
}
