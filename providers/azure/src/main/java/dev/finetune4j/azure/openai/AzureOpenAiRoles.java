package dev.finetune4j.azure.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.json.Json;
import dev.finetune4j.spi.AccessPolicy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What must be allowed for a job, as an assignment of a role of Azure's at the resource alone: whoever sends files, launches jobs and follows them
 * needs no right of the resource manager. Jobs act as nobody.
 */
final class AzureOpenAiRoles {
    /** Azure's own; no smaller one lets somebody tune. */
    static final String CONTRIBUTOR = "Cognitive Services OpenAI Contributor";

    private static final String RESOURCE = "Microsoft.CognitiveServices/accounts";

    private AzureOpenAiRoles() {}

    /** @throws FineTuneException with FT0970 if the settings do not tell where the resource is in the resource manager */
    static List<AccessPolicy> of(AzureOpenAiOptions options) {
        refuseUnknown(options);
        ObjectNode assignment = Json.records().createObjectNode();
        assignment.put("RoleDefinitionName", CONTRIBUTOR).put("Scope", options.accountPath());
        Map<String, String> reasons = new LinkedHashMap<>();
        reasons.put(
                CONTRIBUTOR,
                "sends files, launches jobs, follows, stops and removes them, and asks what is deployed; it may not deploy what came of them");
        return List.of(new AccessPolicy(AccessPolicy.Holder.CALLER, "", Json.pretty(assignment), reasons));
    }

    /**
     * What whoever hosts a tuned model takes beyond that: a definition of a role, to be assigned at the resource.
     *
     * @throws FineTuneException as {@link #of}
     */
    static List<AccessPolicy> ofHosting(AzureOpenAiOptions options) {
        refuseUnknown(options);
        Map<String, String> actions = new LinkedHashMap<>();
        actions.put(RESOURCE + "/read", "finds the resource in its subscription, and its region");
        actions.put(RESOURCE + "/deployments/read", "finds what is deployed before anything is, and follows it");
        actions.put(
                RESOURCE + "/deployments/write",
                "deploys a tuned model, which is paid by the hour, and its base model; Azure has no finer words for one model or scope");
        actions.put(RESOURCE + "/deployments/delete", "ends that");
        actions.put("Microsoft.Authorization/roleAssignments/read", "waits for a role that was assigned a moment ago");
        ObjectNode role = Json.records().createObjectNode();
        role.put("Name", "finetune4j host")
                .put("IsCustom", true)
                .put("Description", "what finetune4j's hosting takes, and no more");
        actions.keySet().forEach(role.putArray("Actions")::add);
        role.putArray("AssignableScopes")
                .add("/subscriptions/" + options.subscription() + "/resourceGroups/" + options.resourceGroup());
        return List.of(new AccessPolicy(AccessPolicy.Holder.HOST, "", Json.pretty(role), actions));
    }

    private static void refuseUnknown(AzureOpenAiOptions options) {
        List<Problem> missing = new ArrayList<>();
        if (options.subscription() == null) {
            missing.add(AzureOpenAiSettings.missing(
                    AzureOpenAiSettings.SUBSCRIPTION, "00000000-0000-0000-0000-000000000000"));
        }
        if (options.resourceGroup() == null) {
            missing.add(AzureOpenAiSettings.missing(AzureOpenAiSettings.RESOURCE_GROUP, "my-group"));
        }
        if (!missing.isEmpty()) {
            throw new FineTuneException(missing, null);
        }
    }
}
