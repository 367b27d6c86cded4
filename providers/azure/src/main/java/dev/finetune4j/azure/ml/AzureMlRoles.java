package dev.finetune4j.azure.ml;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.spi.AccessPolicy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What must be allowed for a job, as role definitions of Azure's: for whoever launches it, and for the identity that it acts as. A definition can name
 * no resource as its scope, so that its description says at which ones it is to be assigned.
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
                new Role("launcher", launching, cleaning, group)
                        .policy(
                                AccessPolicy.Holder.CALLER,
                                "",
                                "at " + options.workspacePath() + (options.isStoreSigned() ? "" : ", at " + container)
                                        + (identity == null ? "" : " and at the identity " + identity)),
                new Role("quota reader", counting, Map.of(), subscription)
                        .policy(AccessPolicy.Holder.CALLER, "", "at " + subscription),
                new Role("job", Map.of(), files, group)
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
                new Role("registry user", writing, Map.of(), registry.group())
                        .policy(AccessPolicy.Holder.CALLER, "", "at " + registry.path()),
                new Role("registry reader", reading, Map.of(), registry.group())
                        .policy(AccessPolicy.Holder.JOB, identity, "at " + registry.path()));
    }

    /**
     * A role.
     *
     * @param actions what is done by the resource manager, with what for
     * @param dataActions what is done to files, with what for
     * @param scope below which it can be assigned
     */
    private record Role(String name, Map<String, String> actions, Map<String, String> dataActions, String scope) {
        AccessPolicy policy(AccessPolicy.Holder holder, String identity, String where) {
            ObjectNode role = Json.records().createObjectNode();
            role.put("Name", "finetune4j " + name)
                    .put("IsCustom", true)
                    .put("Description", "what finetune4j's jobs take, and no more; assign it " + where);
            actions.keySet().forEach(role.putArray("Actions")::add);
            dataActions.keySet().forEach(role.putArray("DataActions")::add);
            role.putArray("AssignableScopes").add(scope);
            Map<String, String> reasons = new LinkedHashMap<>(actions);
            reasons.putAll(dataActions);
            return new AccessPolicy(holder, identity, Json.pretty(role), reasons);
        }
    }
}
