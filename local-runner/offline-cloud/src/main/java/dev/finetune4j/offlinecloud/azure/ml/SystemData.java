package dev.finetune4j.offlinecloud.azure.ml;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.azure.Workspace;
import dev.finetune4j.offlinecloud.azure.blob.BlobStore;
import java.time.Instant;

/** What the resource manager says of every resource. */
final class SystemData {
    private SystemData() {}

    /** Who made a resource, and when. */
    static ObjectNode of(Instant createdAt) {
        return Json.records()
                .createObjectNode()
                .put("createdAt", createdAt.toString())
                .put("createdBy", "offline")
                .put("createdByType", "Application")
                .put("lastModifiedAt", createdAt.toString());
    }

    /** The id of the account that a workspace stores in, which is in its group. */
    static String storageAccount(Workspace workspace, BlobStore store) {
        return "/subscriptions/" + workspace.subscription() + "/resourceGroups/" + workspace.resourceGroup()
                + "/providers/Microsoft.Storage/storageAccounts/" + store.name();
    }
}
