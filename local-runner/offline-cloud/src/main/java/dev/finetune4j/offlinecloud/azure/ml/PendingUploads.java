package dev.finetune4j.offlinecloud.azure.ml;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.azure.Workspace;
import dev.finetune4j.offlinecloud.azure.blob.BlobStore;
import dev.finetune4j.offlinecloud.azure.rest.AzureCall;
import dev.finetune4j.offlinecloud.azure.rest.AzureErrors;
import dev.finetune4j.offlinecloud.azure.rest.AzureProtocol;
import dev.finetune4j.offlinecloud.wire.Answer;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * Where the content of an asset is uploaded before the asset is made: a container for each upload. An upload whose id the caller chooses is the same
 * one each time. Guarded by the service that owns it.
 */
final class PendingUploads {
    private static final int OK = 200;

    private final Workspace workspace;
    private final BlobStore store;

    /** What each container is for. */
    private final Map<String, String> containers = new HashMap<>();

    /**
     * Uploads.
     *
     * @param workspace whose group has the account
     * @param store the account
     */
    PendingUploads(Workspace workspace, BlobStore store) {
        this.workspace = workspace;
        this.store = store;
    }

    /**
     * Lets somebody upload.
     *
     * @param version what for
     */
    Answer start(AzureCall call, String version) throws ServiceError, IOException {
        ObjectNode body = call.json();
        String kind = body.path("pendingUploadType").asText();
        if (!kind.equals("TemporaryBlobReference")) {
            throw AzureErrors.user(
                    "/pendingUploadType",
                    "The pending upload type must be TemporaryBlobReference, was '" + kind + "'.");
        }
        String id = body.path("pendingUploadId").asText(UUID.randomUUID().toString());
        String container = container(version, id);
        store.createContainer(container);
        containers.put(container, version);
        URI blob = URI.create(store.account() + "/" + container);
        ObjectNode answer = Json.records().createObjectNode();
        ObjectNode place = answer.putObject("blobReferenceForConsumption")
                .put("blobUri", blob.toString())
                .put("storageAccountArmId", SystemData.storageAccount(workspace, store));
        place.putObject("credential")
                .put("credentialType", "SAS")
                .put("sasUri", blob + "?" + store.writable(container));
        answer.put("pendingUploadId", id).put("pendingUploadType", "TemporaryBlobReference");
        return AzureProtocol.json(OK, answer);
    }

    /** Whether something lies at an address that was uploaded for a version. */
    boolean has(String version, String address) throws IOException {
        String root = store.account() + "/";
        String[] place =
                address.startsWith(root) ? address.substring(root.length()).split("/", 2) : new String[0];
        return place.length == 2
                && version.equals(containers.get(place[0]))
                && store.list(place[0], place[1]).contains(place[1]);
    }

    private static String container(String version, String id) {
        return UUID.nameUUIDFromBytes((version + " " + id).getBytes(StandardCharsets.UTF_8))
                .toString();
    }
}
