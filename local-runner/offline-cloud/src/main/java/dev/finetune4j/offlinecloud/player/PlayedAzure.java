package dev.finetune4j.offlinecloud.player;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.offlinecloud.TrainingAzure;
import dev.finetune4j.offlinecloud.azure.blob.Azurite;
import dev.finetune4j.spi.CloudPlayer.PlayedCloud;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Microsoft's cloud: one workspace, with a store beside it, and one resource of Azure OpenAI. */
final class PlayedAzure implements PlayedCloud {
    private final TrainingAzure cloud;

    /**
     * Opens it.
     *
     * @param installation folder that the store's program is installed into, unless it is there
     * @param folder for its files
     * @param environment whose {@code PATH} the jobs have
     * @param region the workspace's
     */
    PlayedAzure(Path installation, Path folder, Map<String, String> environment, String region) throws IOException {
        Map<String, String> ofJobs = Map.of("PATH", environment.getOrDefault("PATH", "/usr/bin:/bin"));
        cloud = TrainingAzure.start(folder, store(installation), region, ofJobs);
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
        return cloud.variables();
    }

    @Override
    public List<String> places() {
        return PlaceLines.of(cloud.places());
    }

    @Override
    public List<String> hints() {
        return List.of("programs that look the tenant up at Microsoft must be told not to, as azure-identity is by"
                + " disable_instance_discovery=True");
    }

    @Override
    public void close() {
        cloud.close();
    }
}
