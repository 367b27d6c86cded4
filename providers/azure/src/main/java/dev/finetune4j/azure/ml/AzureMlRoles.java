package dev.finetune4j.azure.ml;

import dev.finetune4j.azure.internal.RoleDefinition;
import dev.finetune4j.spi.AccessPolicy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What must be allowed for a job, as role definitions of Azure's: for whoever launches it, and for the identity that it acts as.
 */
final class AzureMlRoles {
    private static final String LOCATIONS = "Microsoft.MachineLearningServices/locations/";
    private static final String WORKSPACE = "Microsoft.MachineLearningServices/workspaces/";
    private static final String REGISTRY = "Microsoft.MachineLearningServices/registries/";
    private static final String BLOBS = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/";

    private AzureMlRoles() {}

    static List<AccessPolicy> of(AzureMlOptions options) {
        Map<String, String> launching = new LinkedHashMap<>();
        launching.put(WORKSPACE + "read", "finds the workspace's region and run history");
        launching.put(WORKSPACE + "jobs/read", "finds the job before it is launched, and follows it");
        launching.put(WORKSPACE + "jobs/write", "launches the job");
        launching.put(WORKSPACE + "jobs/cancel/action", "stops it");
        launching.put(WORKSPACE + "jobs/delete", "removes its record");
        launching.put(WORKSPACE + "datastores/read", "looks whether the store is one of the workspace");
        launching.put(WORKSPACE + "environments/versions/read", "runs the job in an environment");
        launching.put(WORKSPACE + "experiments/runs/read", "reads its state, its log and why it failed");
        if (options.isStoreSigned()) {
            launching.put(
                    WORKSPACE + "datastores/listSecrets/action",
                    "asks for the store's key or signature, by which inputs, checkpoints and results are moved");
        }
        if (options.compute() != null) {
            launching.put(WORKSPACE + "computes/read", "runs the job on the cluster");
        }
        if (options.identity() != null) {
            launching.put(
                    "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action",
                    "lets the job act as its identity");
        }
        Map<String, String> files = new LinkedHashMap<>();
        files.put(BLOBS + "read", "reads inputs, checkpoints and results");
        files.put(BLOBS + "write", "writes inputs, checkpoints and results");
        files.put(BLOBS + "add/action", "writes files in parts");
        Map<String, String> cleaning = new LinkedHashMap<>();
        if (!options.isStoreSigned()) {
            cleaning.putAll(files);
            cleaning.put(BLOBS + "delete", "removes what the job wrote");
        }
        Map<String, String> counting = new LinkedHashMap<>();
        counting.put(LOCATIONS + "usages/read", "looks whether the quota leaves a machine");
        counting.put(LOCATIONS + "vmSizes/read", "knows of which quota a machine is");
        counting.put( // here, since a role at the workspace tells none of the group
                "Microsoft.Authorization/roleAssignments/read", "waits for a role that was assigned a moment ago");

        String subscription = "/subscriptions/" + options.subscription();
        String group = subscription + "/resourceGroups/" + options.resourceGroup();
        String container = "the container " + options.store().container() + " of "
                + options.store().account();
        String identity = options.identity();
        List<AccessPolicy> policies = new ArrayList<>(List.of(
                new RoleDefinition("launcher", launching, cleaning, group)
                        .policy(
                                AccessPolicy.Holder.CALLER,
                                "",
                                "at " + options.workspacePath() + (options.isStoreSigned() ? "" : ", at " + container)
                                        + (identity == null ? "" : " and at the identity " + identity)),
                new RoleDefinition("quota reader", counting, Map.of(), subscription)
                        .policy(AccessPolicy.Holder.CALLER, "", "at " + subscription),
                new RoleDefinition("job", Map.of(), files, group)
                        .policy(AccessPolicy.Holder.JOB, identity == null ? "" : identity, "at " + container)));
        if (options.dataRegistry() != null) {
            policies.addAll(ofRegistry(options.dataRegistry(), identity == null ? "" : identity));
        }
        return policies;
    }

    /** Of their own, since a registry may be in another group, and of few words, since Azure has none for data alone. */
    private static List<AccessPolicy> ofRegistry(RegistryAddress registry, String identity) {
        Map<String, String> reading = new LinkedHashMap<>();
        reading.put(REGISTRY + "read", "finds the registry");
        reading.put(REGISTRY + "assets/read", "reads the rows that lie there");
        Map<String, String> writing = new LinkedHashMap<>(reading);
        writing.put(REGISTRY + "assets/write", "puts the rows there that do not");
        return List.of(
                new RoleDefinition("registry user", writing, Map.of(), registry.group())
                        .policy(AccessPolicy.Holder.CALLER, "", "at " + registry.path()),
                new RoleDefinition("registry reader", reading, Map.of(), registry.group())
                        .policy(AccessPolicy.Holder.JOB, identity, "at " + registry.path()));
    }
}
