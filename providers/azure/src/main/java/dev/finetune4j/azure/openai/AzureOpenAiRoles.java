package dev.finetune4j.azure.openai;

import dev.finetune4j.azure.internal.RoleDefinition;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.spi.AccessPolicy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What must be allowed for a job, as a role definition of Azure's for the resource alone. Azure's own role to tune, Cognitive Services OpenAI
 * Contributor, also deploys models, which are paid by the hour, and changes what a resource refuses to answer. Jobs act as nobody.
 */
final class AzureOpenAiRoles {
    private static final String RESOURCE = "Microsoft.CognitiveServices/accounts";
    private static final String DATA = RESOURCE + "/OpenAI/";

    private AzureOpenAiRoles() {}

    /** @throws FineTuneException with FT0970 if the settings do not tell where the resource is in the resource manager */
    static List<AccessPolicy> of(AzureOpenAiOptions options) {
        refuseUnknown(options);
        Map<String, String> data = new LinkedHashMap<>();
        data.put(DATA + "files/read", "finds the job by the name of its files, and reads the figures that it left");
        data.put(DATA + "files/write", "sends the rows");
        data.put(DATA + "files/delete", "removes rows and figures");
        data.put(DATA + "uploads/*", "sends rows of more than 100 MB in parts; Azure names nothing finer");
        data.put(DATA + "fine-tunes/read", "finds the job before it is launched, and follows it");
        data.put(DATA + "fine-tunes/write", "launches the job, and stops it");
        data.put(DATA + "fine-tunes/delete", "removes its record");
        data.put(DATA + "deployments/chat/completions/action", "asks a model that somebody has hosted");
        Map<String, String> actions = new LinkedHashMap<>();
        actions.put("Microsoft.Authorization/roleAssignments/read", "waits for a role that was assigned a moment ago");
        return List.of(new RoleDefinition("tuner", actions, data, group(options))
                .policy(AccessPolicy.Holder.CALLER, "", "at " + options.accountPath()));
    }

    /**
     * What whoever hosts a tuned model takes beyond that.
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
        return List.of(new RoleDefinition("host", actions, Map.of(), group(options))
                .policy(AccessPolicy.Holder.HOST, "", "at " + options.accountPath()));
    }

    private static String group(AzureOpenAiOptions options) {
        return "/subscriptions/" + options.subscription() + "/resourceGroups/" + options.resourceGroup();
    }

    private static void refuseUnknown(AzureOpenAiOptions options) {
        List<Problem> missing = new ArrayList<>();
        if (options.subscription() == null) {
            missing.add(AzureOpenAiSettings.FORM.missing(
                    AzureOpenAiSettings.SUBSCRIPTION, "00000000-0000-0000-0000-000000000000"));
        }
        if (options.resourceGroup() == null) {
            missing.add(AzureOpenAiSettings.FORM.missing(AzureOpenAiSettings.RESOURCE_GROUP, "my-group"));
        }
        if (!missing.isEmpty()) {
            throw new FineTuneException(missing, null);
        }
    }
}
