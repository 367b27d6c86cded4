package dev.finetune4j.azure.ml;

import dev.finetune4j.azure.blob.BlobAddress;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a job runs at Azure ML, as a person says it. {@link AzureMlRules} tells what of it the service would refuse.
 *
 * @param subscription GUID of the subscription
 * @param resourceGroup of the workspace
 * @param workspace that the job belongs to
 * @param region where the workspace is, and so its machines
 * @param store where inputs, checkpoints and results go
 * @param datastore the workspace's name of the store's container
 * @param machine size of the machine, such as {@code Standard_NC24ads_A100_v4}
 * @param isSpot whether the machine may be taken back, for a lower price; of a cluster, whether it is of low priority
 * @param compute a cluster of the workspace, or null for a machine that Azure brings for the job
 * @param environment in which the job runs: an ARM id, an asset of a registry, or {@code NAME:VERSION} of the workspace
 * @param identity client id of the managed identity that the job acts as, or null for the caller's
 * @param apiVersion date of the version of the API that jobs are launched and looked at by
 * @param tags tags of the job besides finetune4j's own, value by key
 * @param isStoreSigned whether files are moved by a shared access signature that the datastore gives, and not by the caller's tokens
 * @param tuning how a fine-tuning job of the service's own tunes, or null for a command job that runs the worker
 */
record AzureMlOptions(
        String subscription,
        String resourceGroup,
        String workspace,
        String region,
        BlobAddress store,
        String datastore,
        String machine,
        boolean isSpot,
        @Nullable String compute,
        String environment,
        @Nullable String identity,
        String apiVersion,
        Map<String, String> tags,
        boolean isStoreSigned,
        @Nullable TuningOptions tuning) {
    /** Azure's own environment of transformers and PEFT; versions disappear with time, so that a job file may name another. */
    static final String USUAL_ENVIRONMENT = "azureml://registries/azureml/environments/acft-hf-nlp-gpu/versions/122";

    /** What it says of command jobs is the same in all later ones. */
    static final String USUAL_API_VERSION = "2024-10-01";

    /** Fine-tuning jobs are in previews only; Microsoft's own client asks for them by this one. */
    static final String USUAL_PREVIEW = "2024-10-01-preview";

    /** What every workspace begins with. */
    static final String USUAL_DATASTORE = "workspaceblobstore";

    AzureMlOptions {
        tags = Collections.unmodifiableMap(new LinkedHashMap<>(tags));
    }

    /** The workspace's path in the resource manager. */
    String workspacePath() {
        return "/subscriptions/" + subscription + "/resourceGroups/" + resourceGroup
                + "/providers/Microsoft.MachineLearningServices/workspaces/" + workspace;
    }

    /** Where rows go as data of a registry; null where they go to the store. */
    @Nullable
    RegistryAddress dataRegistry() {
        return tuning == null ? null : tuning.dataRegistry();
    }

    /** What has a name below the store, as jobs of the workspace name it. */
    String uri(String name) {
        return "azureml://datastores/" + datastore + "/paths/" + store.key() + name;
    }
}
