package dev.finetune4j.offlinecloud.player;

import dev.finetune4j.offlinecloud.TrainingAws;
import dev.finetune4j.spi.CloudPlayer.PlayedCloud;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Amazon's cloud: one account. */
final class PlayedAws implements PlayedCloud {
    private final TrainingAws cloud;
    private final boolean hasModel;

    /**
     * Opens it.
     *
     * @param folder for its files
     * @param environment whose {@code PATH} the jobs have
     * @param region the account's
     * @param model whose files all models of JumpStart's hub have, or null for none
     */
    PlayedAws(Path folder, Map<String, String> environment, String region, @Nullable Path model) throws IOException {
        cloud = TrainingAws.start(folder, region, model, environment);
        hasModel = model != null;
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
        return hasModel ? List.of() : List.of("a place for jumpstart takes --model FOLDER");
    }

    @Override
    public void close() {
        cloud.close();
    }
}
