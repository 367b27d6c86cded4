package dev.finetune4j.aws.jumpstart;

import dev.finetune4j.offlinecloud.sagemaker.OfflineHub;
import dev.finetune4j.testkit.VirtualClock;

/** Documents of the hub that the offline cloud ships. */
final class HubDocuments {
    private HubDocuments() {}

    static HubDocument of(String id) {
        OfflineHub.Content content = OfflineHub.shipped("eu-central-1", new VirtualClock())
                .newest(id)
                .orElseThrow();
        return HubDocument.of(id, content.version(), content.document().toString());
    }

    static HubDocument tiny() {
        return of(OfflineHubPlace.TINY);
    }

    static HubDocument llama() {
        return of(OfflineHubPlace.LLAMA);
    }
}
