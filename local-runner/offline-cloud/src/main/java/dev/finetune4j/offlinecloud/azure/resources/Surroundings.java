package dev.finetune4j.offlinecloud.azure.resources;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.azure.Workspace;
import java.time.Instant;

/**
 * Where a template is deployed.
 *
 * @param place whose subscription, group and region these are
 * @param tenant id of the subscription's tenant
 * @param storageSuffix what follows {@code ACCOUNT.blob.} in addresses of storage
 * @param now when
 */
record Surroundings(Workspace place, String tenant, String storageSuffix, Instant now) {
    /** Id of the subscription, which is its path. */
    String subscription() {
        return "/subscriptions/" + place.subscription();
    }

    /** Id of the group, which is its path. */
    String group() {
        return subscription() + "/resourceGroups/" + place.resourceGroup();
    }

    ObjectNode subscriptionTold() {
        return Json.records()
                .createObjectNode()
                .put("id", subscription())
                .put("subscriptionId", place.subscription())
                .put("tenantId", tenant)
                .put("displayName", "offline");
    }

    ObjectNode groupTold() {
        ObjectNode told = Json.records()
                .createObjectNode()
                .put("id", group())
                .put("name", place.resourceGroup())
                .put("type", "Microsoft.Resources/resourceGroups")
                .put("location", place.region());
        told.putObject("properties").put("provisioningState", "Succeeded");
        return told;
    }

    ObjectNode environmentTold() {
        ObjectNode told = Json.records().createObjectNode().put("name", "OfflineCloud");
        told.putObject("suffixes").put("storage", storageSuffix);
        return told;
    }
}
