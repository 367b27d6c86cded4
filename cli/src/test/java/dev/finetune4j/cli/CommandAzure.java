package dev.finetune4j.cli;

import dev.finetune4j.offlinecloud.azure.AzurePace;
import dev.finetune4j.offlinecloud.azure.OfflineAzure;
import dev.finetune4j.offlinecloud.azure.Workspace;
import dev.finetune4j.offlinecloud.azure.blob.Azurite;
import dev.finetune4j.offlinecloud.azure.blob.BlobStore;
import dev.finetune4j.offlinecloud.azure.openai.OfflineOpenAi;
import dev.finetune4j.offlinecloud.container.Container;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/** An offline Azure with a workspace and a resource of Azure OpenAI, and commands that find it by their environment. */
final class CommandAzure implements AutoCloseable {
    private static final Workspace WORKSPACE = Workspace.sample();

    private final Path home;
    private final Clock clock;
    private final Azurite blobs;
    private final OfflineAzure azure;

    /**
     * Starts one that lives by a clock, which may be virtual.
     *
     * @param folder for the home of the commands
     * @param container what command jobs run, given the store
     */
    CommandAzure(Path folder, Clock clock, AzurePace pace, Function<BlobStore, Container> container)
            throws IOException {
        home = folder.resolve("home");
        this.clock = clock;
        blobs = Azurite.start(Path.of("../target/azurite")); // installed once for all modules
        azure = OfflineAzure.start(WORKSPACE, clock, pace, container.apply(blobs.store()), blobs);
    }

    /** One that hurries by the real clock. */
    static CommandAzure swift(Path folder, Function<BlobStore, Container> container) throws IOException {
        return new CommandAzure(folder, Clock.systemUTC(), AzurePace.SWIFT, container);
    }

    OfflineAzure azure() {
        return azure;
    }

    /** Where finetune keeps its own files. */
    Path home() {
        return home;
    }

    /** Settings of Azure Machine Learning, as lines below {@code places}. */
    String machineLearning() {
        return """
                  azure-ml:
                    subscription: %s
                    resource-group: %s
                    workspace: %s
                    region: %s
                    store: "%s"
                """.formatted(
                        WORKSPACE.subscription(),
                        WORKSPACE.resourceGroup(),
                        WORKSPACE.name(),
                        WORKSPACE.region(),
                        azure.store() + "/finetune");
    }

    /** Settings of Azure OpenAI, as lines below {@code places}. */
    String openAi() {
        return """
                  azure-openai:
                    endpoint: "%s"
                    region: %s
                    scope: global
                    model: gpt-4.1-nano
                """.formatted(azure.openAiEndpoint(), OfflineOpenAi.REGION);
    }

    /** A job that both places may run; another seed makes it a job that no earlier execution has run. */
    Path job(Path folder, long seed, String target) throws IOException {
        return Files.writeString(
                TicketsJob.write(Files.createTempDirectory(folder, "job"), seed),
                "budget: {max-cost: 5 USD}\ntargets: [" + target + "]\nplaces:\n" + machineLearning() + openAi(),
                StandardOpenOption.APPEND);
    }

    /** What finds this cloud. It holds a secret. */
    Map<String, String> environment() {
        Map<String, String> environment = new HashMap<>(azure.variables());
        environment.put("PATH", System.getenv("PATH"));
        return environment;
    }

    CommandRun command(String... arguments) {
        return CommandRun.at(clock, home, environment(), arguments);
    }

    /** The newest run. */
    String run() {
        return command("ps").out().lines().skip(1).findFirst().orElseThrow().split(" ", 2)[0];
    }

    @Override
    public void close() {
        azure.close();
        blobs.close();
    }
}
