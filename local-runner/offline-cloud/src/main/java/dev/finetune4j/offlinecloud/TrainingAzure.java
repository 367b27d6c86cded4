package dev.finetune4j.offlinecloud;

import dev.finetune4j.offlinecloud.azure.AzurePace;
import dev.finetune4j.offlinecloud.azure.OfflineAzure;
import dev.finetune4j.offlinecloud.azure.Workspace;
import dev.finetune4j.offlinecloud.azure.blob.Azurite;
import dev.finetune4j.offlinecloud.azure.ml.CommandContainer;
import dev.finetune4j.offlinecloud.azure.openai.OfflineOpenAi;
import dev.finetune4j.spi.CloudPlayer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An offline subscription with what jobs need: one workspace with a store beside it, whose command jobs really run, and one resource of Azure
 * OpenAI. Everything hurries. Whoever finds it can run any command as the user of this process; so it belongs on a machine of one person.
 *
 * <pre>{@code
 * try (TrainingAzure cloud = TrainingAzure.start(folder, Path.of("target/azurite"))) {
 *     Map<String, String> environment = cloud.variables(); // of any client
 * }
 * }</pre>
 */
public final class TrainingAzure implements AutoCloseable {
    /** Where the workspace is unless another region is named. */
    public static final String REGION = "westeurope";

    /** What the resource of Azure OpenAI is asked to tune. */
    private static final String OPEN_AI_MODEL = "gpt-4.1-nano";

    private final Workspace workspace;
    private final Azurite blobs;
    private final OfflineAzure azure;

    private TrainingAzure(Workspace workspace, Azurite blobs, OfflineAzure azure) {
        this.workspace = workspace;
        this.blobs = blobs;
        this.azure = azure;
    }

    /**
     * Opens it on a free port of the loopback address, in {@link #REGION}. Its command jobs have the {@code PATH} of this process.
     *
     * @param folder for machines
     * @param installation folder that Azurite, the store, is kept in: npm installs it there, in half a minute, unless it is there. Several
     *     processes may share it
     * @throws IOException if Node.js or npm is missing, or no port can be had
     */
    public static TrainingAzure start(Path folder, Path installation) throws IOException {
        String path = System.getenv().getOrDefault("PATH", "/usr/bin:/bin");
        return start(folder, Azurite.start(installation), REGION, Map.of("PATH", path));
    }

    /**
     * Opens it on a free port of the loopback address.
     *
     * @param folder for machines
     * @param blobs the store, for this cloud only, which is closed with it, and where it does not start
     * @param region the workspace's; Azure OpenAI is where its models are tuned
     * @param environment of each command job, besides what the service tells it: {@code python3} on its {@code PATH} stands for the image's
     * @throws IOException if no port can be had, or the store fails
     */
    public static TrainingAzure start(Path folder, Azurite blobs, String region, Map<String, String> environment)
            throws IOException {
        Workspace sample = Workspace.sample();
        Workspace workspace = new Workspace(sample.subscription(), sample.resourceGroup(), sample.name(), region);
        Clock clock = Clock.systemUTC();
        try {
            CommandContainer containers = new CommandContainer(folder.resolve("machines"), blobs, environment, clock);
            return new TrainingAzure(
                    workspace, blobs, OfflineAzure.start(workspace, clock, AzurePace.SWIFT, containers, blobs));
        } catch (IOException | RuntimeException e) {
            blobs.close();
            throw e;
        }
    }

    /** Faults to order, calls that were made, and the rest. */
    public OfflineAzure azure() {
        return azure;
    }

    /** Environment variables by which every client of Microsoft's finds it, Java's and Python's, trusts it, and signs in. They hold a secret. */
    public Map<String, String> variables() {
        Map<String, String> variables = new LinkedHashMap<>(azure.variables());
        variables.put(
                "AZURE_SUBSCRIPTION_ID", workspace.subscription()); // where finetune bootstrap makes what it makes
        variables.put(CloudPlayer.CONTROL_VARIABLE, azure.control().toString());
        return Collections.unmodifiableMap(variables);
    }

    /** What a job file says of each place where it can be tuned here: settings by name, by the name of the place. */
    public Map<String, Map<String, String>> places() {
        Map<String, Map<String, String>> places = new LinkedHashMap<>();
        Map<String, String> machineLearning = new LinkedHashMap<>();
        nameGroup(machineLearning);
        machineLearning.put("workspace", workspace.name());
        machineLearning.put("region", workspace.region());
        machineLearning.put("store", azure.store());
        places.put("azure-ml", machineLearning);
        Map<String, String> openAi = new LinkedHashMap<>();
        openAi.put("endpoint", azure.openAiEndpoint().toString());
        nameGroup(openAi);
        openAi.put("region", OfflineOpenAi.REGION);
        openAi.put("scope", "global");
        openAi.put("model", OPEN_AI_MODEL);
        places.put("azure-openai", openAi);
        return places;
    }

    private void nameGroup(Map<String, String> settings) {
        settings.put("subscription", workspace.subscription());
        settings.put("resource-group", workspace.resourceGroup());
    }

    @Override
    public void close() {
        azure.close();
        blobs.close();
    }
}
