package dev.finetune4j.offlinecloud.player;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.offlinecloud.azure.AzurePace;
import dev.finetune4j.offlinecloud.azure.OfflineAzure;
import dev.finetune4j.offlinecloud.azure.Workspace;
import dev.finetune4j.offlinecloud.azure.blob.Azurite;
import dev.finetune4j.offlinecloud.azure.ml.CommandContainer;
import dev.finetune4j.offlinecloud.azure.openai.OfflineOpenAi;
import dev.finetune4j.spi.CloudPlayer;
import dev.finetune4j.spi.CloudPlayer.PlayedCloud;
import dev.finetune4j.spi.ProviderContext;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Microsoft's cloud: one workspace, with a store beside it, and one resource of Azure OpenAI. */
final class PlayedAzure implements PlayedCloud {
    private final Workspace workspace;
    private final Azurite blobs;
    private final OfflineAzure cloud;

    private PlayedAzure(Workspace workspace, Azurite blobs, OfflineAzure cloud) {
        this.workspace = workspace;
        this.blobs = blobs;
        this.cloud = cloud;
    }

    /**
     * Opens it.
     *
     * @param installation folder that the store's program is installed into, unless it is there
     * @param folder for its files
     */
    static PlayedAzure start(ProviderContext context, Path installation, Path folder, String region)
            throws IOException {
        Workspace sample = Workspace.sample();
        Workspace workspace = new Workspace(sample.subscription(), sample.resourceGroup(), sample.name(), region);
        Azurite blobs = store(installation);
        try {
            CommandContainer containers = new CommandContainer(
                    folder.resolve("machines"),
                    blobs,
                    Map.of("PATH", context.environment().getOrDefault("PATH", "/usr/bin:/bin")),
                    context.clock());
            return new PlayedAzure(
                    workspace,
                    blobs,
                    OfflineAzure.start(workspace, context.clock(), AzurePace.SWIFT, containers, blobs));
        } catch (IOException | RuntimeException e) {
            blobs.close();
            throw e;
        }
    }

    private static Azurite store(Path installation) {
        try {
            return Azurite.start(installation);
        } catch (IOException e) {
            throw new FineTuneException(
                    List.of(PlayerProblems.NO_AZURITE
                            .error("Azurite, the store of the offline Azure, does not start from " + installation)
                            .because(String.valueOf(e.getMessage()))
                            .build()),
                    e);
        }
    }

    @Override
    public Map<String, String> variables() {
        Map<String, String> variables = new LinkedHashMap<>(cloud.variables());
        variables.put(
                "AZURE_SUBSCRIPTION_ID", workspace.subscription()); // where finetune bootstrap makes what it makes
        variables.put(CloudPlayer.CONTROL_VARIABLE, cloud.control().toString());
        return variables;
    }

    @Override
    public List<String> places() {
        return List.of(
                "azure-ml: {subscription: " + workspace.subscription() + ", resource-group: "
                        + workspace.resourceGroup() + ", workspace: " + workspace.name() + ", region: "
                        + workspace.region() + ", store: \"" + cloud.store() + "\"}",
                "azure-openai: {endpoint: \"" + cloud.openAiEndpoint() + "\", subscription: " + workspace.subscription()
                        + ", resource-group: " + workspace.resourceGroup() + ", region: " + OfflineOpenAi.REGION
                        + ", scope: global, model: gpt-4.1-nano}");
    }

    @Override
    public List<String> hints() {
        return List.of("programs that look the tenant up at Microsoft must be told not to, as azure-identity is by"
                + " disable_instance_discovery=True");
    }

    @Override
    public void close() {
        cloud.close();
        blobs.close();
    }
}
