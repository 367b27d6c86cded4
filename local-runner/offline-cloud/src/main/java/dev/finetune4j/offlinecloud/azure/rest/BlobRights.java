package dev.finetune4j.offlinecloud.azure.rest;

import dev.finetune4j.offlinecloud.azure.Workspace;
import dev.finetune4j.offlinecloud.wire.Access;
import java.util.regex.Pattern;

/** What a caller must be allowed for what he does with blobs, as roles name it. */
public final class BlobRights {
    private static final String CONTAINERS = "Microsoft.Storage/storageAccounts/blobServices/containers";
    private static final Pattern REMOVES = Pattern.compile(".*_Delete");
    private static final Pattern READS = Pattern.compile(".*_(Get|List|Download|Query).*");

    private BlobRights() {}

    /**
     * The one right, of a container or of its blobs.
     *
     * @param place whose group has the account
     * @param operation such as {@code Blob_Download} or {@code Container_Create}
     * @param container {@code -} where it is about none
     */
    public static Access of(Workspace place, String operation, String account, String container) {
        String verb = REMOVES.matcher(operation).matches()
                ? "delete"
                : READS.matcher(operation).matches() ? "read" : "write";
        boolean isOfContainer = operation.startsWith("Container_") && !operation.startsWith("Container_List");
        String resource = "/subscriptions/" + place.subscription() + "/resourceGroups/" + place.resourceGroup()
                + "/providers/Microsoft.Storage/storageAccounts/" + account
                + (container.equals("-") ? "" : "/blobServices/default/containers/" + container);
        return isOfContainer
                ? Access.to(CONTAINERS + "/" + verb, resource)
                : AzureGate.toData(CONTAINERS + "/blobs/" + verb, resource);
    }
}
