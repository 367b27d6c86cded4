package dev.finetune4j.aws.jumpstart;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.sagemaker.OfflineHub;
import dev.finetune4j.testkit.VirtualClock;

/** Documents of the hub that the offline cloud ships. */
final class HubDocuments {
    private HubDocuments() {}

    static HubDocument of(String id) {
        OfflineHub.Content content = content(id);
        return HubDocument.of(id, content.version(), content.document().toString());
    }

    /** The tiny model's, where a hyperparameter is at most this. */
    static HubDocument tinyWith(String hyperparameter, int most) {
        OfflineHub.Content content = content(OfflineHubPlace.TINY);
        ObjectNode document = Json.read(content.document().toString(), ObjectNode.class);
        document.path("Hyperparameters").forEach(known -> {
            if (known.path("Name").asText().equals(hyperparameter)) {
                ((ObjectNode) known).put("Max", most);
            }
        });
        return HubDocument.of(OfflineHubPlace.TINY, content.version(), document.toString());
    }

    private static OfflineHub.Content content(String id) {
        return OfflineHub.shipped("eu-central-1", new VirtualClock()).newest(id).orElseThrow();
    }

    static HubDocument tiny() {
        return of(OfflineHubPlace.TINY);
    }

    static HubDocument llama() {
        return of(OfflineHubPlace.LLAMA);
    }
}
