package dev.finetune4j.offlinecloud.azure;

import dev.finetune4j.offlinecloud.azure.blob.Azurite;
import dev.finetune4j.offlinecloud.azure.openai.OpenAiPace;
import dev.finetune4j.offlinecloud.container.PlannedContainer;
import dev.finetune4j.testkit.VirtualClock;
import java.time.Duration;

/** A resource of Azure OpenAI on a clock on which hours take no time, and clients of it and of the resource manager. */
final class OfflineResource implements AutoCloseable {
    static final OpenAiPace PACE = OpenAiPace.LIFELIKE;

    final VirtualClock clock = new VirtualClock();
    final OfflineAzure azure;
    final AzureClient manager;
    final OpenAiClient client;

    OfflineResource(Azurite blobs) throws Exception {
        azure = OfflineAzure.start(
                Workspace.sample(),
                clock,
                AzurePace.LIFELIKE,
                PlannedContainer.succeedingAfter(Duration.ofHours(1)),
                blobs);
        manager = new AzureClient(azure.variables(), Workspace.sample());
        client = new OpenAiClient(manager, azure.openAiEndpoint().toString());
    }

    /** Id of a file of so many rows that can be trained on. */
    String processed(int rows) throws Exception {
        String file = client.file(rows);
        clock.advance(PACE.importing());
        return file;
    }

    @Override
    public void close() {
        azure.close();
    }
}
