package dev.finetune4j.azure.ml;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.spi.AccessPolicy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What must be allowed for a job, as role definitions of Azure's: for whoever launches it, and for the identity that it acts as. */
final class AzureMlRoles {
    private static final String WORKSPACE = "Microsoft.MachineLearningServices/workspaces/";
    private static final String BLOBS = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/";

    private AzureMlRoles() {}

    static List<AccessPolicy> of(AzureMlOptions options) {
        Map<String, String> ofCaller = new LinkedHashMap<>();
        ofCaller.put("Microsoft.MachineLearningServices/workspaces/read", "finds the run history of the workspace");
        ofCaller.put(WORKSPACE + "jobs/read", "finds the job before it is launched, and follows it");
        ofCaller.put(WORKSPACE + "jobs/write", "launches the job");
        ofCaller.put(WORKSPACE + "jobs/cancel/action", "stops it");
        ofCaller.put(WORKSPACE + "jobs/delete", "removes its record");
        ofCaller.put(WORKSPACE + "datastores/read", "looks whether the store is one of the workspace");
        ofCaller.put(WORKSPACE + "environments/versions/read", "runs the job in an environment");
        ofCaller.put(WORKSPACE + "experiments/runs/read", "reads its state, its log and why it failed");
        if (options.compute() != null) {
            ofCaller.put(WORKSPACE + "computes/read", "runs the job on the cluster");
        }
        Map<String, String> files = new LinkedHashMap<>();
        files.put(BLOBS + "read", "reads inputs, checkpoints and results");
        files.put(BLOBS + "write", "writes inputs, checkpoints and results");
        files.put(BLOBS + "add/action", "writes files in parts");
        Map<String, String> cleaning = new LinkedHashMap<>(files);
        cleaning.put(BLOBS + "delete", "removes what the job wrote");
        return List.of(
                policy(AccessPolicy.Holder.CALLER, "", "finetune4j launcher", ofCaller, cleaning, options),
                policy(
                        AccessPolicy.Holder.JOB,
                        options.identity() == null ? "" : options.identity(),
                        "finetune4j job",
                        Map.of(),
                        files,
                        options));
    }

    private static AccessPolicy policy(
            AccessPolicy.Holder holder,
            String identity,
            String name,
            Map<String, String> actions,
            Map<String, String> dataActions,
            AzureMlOptions options) {
        ObjectNode role = Json.records().createObjectNode();
        role.put("Name", name).put("IsCustom", true).put("Description", "what finetune4j's jobs take, and no more");
        actions.keySet().forEach(role.putArray("Actions")::add);
        dataActions.keySet().forEach(role.putArray("DataActions")::add);
        role.putArray("AssignableScopes")
                .add("/subscriptions/" + options.subscription() + "/resourceGroups/" + options.resourceGroup());
        Map<String, String> reasons = new LinkedHashMap<>(actions);
        reasons.putAll(dataActions);
        return new AccessPolicy(holder, identity, Json.pretty(role), reasons);
    }
}
