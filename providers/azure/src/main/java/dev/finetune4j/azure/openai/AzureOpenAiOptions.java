package dev.finetune4j.azure.openai;

import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How a model is tuned at Azure OpenAI, as a person says it. {@link AzureOpenAiRules} tells what of it the service would refuse.
 *
 * @param endpoint address of the resource, without a slash at the end
 * @param apiVersion {@value #V1} for the path without dated versions, or the date of a version of the path before it
 * @param account the resource's name in the resource manager
 * @param subscription GUID of the subscription, or null where nothing of the resource manager is needed
 * @param resourceGroup of the resource, or null as the subscription
 * @param region where the resource is; each model is tuned in some regions only
 * @param model the base model, as the price list calls it
 * @param scope where and on which terms it is tuned, as offers call it
 * @param trainingType the service's word for the scope
 * @param settling so long the service's list of jobs may be behind what it made
 * @param hostingScope in which scope its tuned model is deployed where nobody says so
 * @param capacity thousands of tokens a minute that a deployment takes
 * @param hyperParameters the service's own hyperparameters by {@link TuningParameters#NAMES}, instead of what the job says
 */
record AzureOpenAiOptions(
        String endpoint,
        String apiVersion,
        String account,
        @Nullable String subscription,
        @Nullable String resourceGroup,
        String region,
        String model,
        String scope,
        String trainingType,
        Duration settling,
        String hostingScope,
        int capacity,
        Map<String, String> hyperParameters) {
    /** The path without dated versions. */
    static final String V1 = "v1";

    /** The version of the older path that Microsoft calls generally available. */
    static final String DATED = "2024-10-21";

    /** The services' words for scopes, by what offers call them; for {@code datazone} none is published. */
    static final Map<String, String> TRAINING_TYPES =
            Map.of("regional", "Standard", "global", "GlobalStandard", "developer", "DeveloperTier");

    /** The scope that is meant where nobody says so. */
    static final String USUAL_SCOPE = "regional";

    AzureOpenAiOptions {
        hyperParameters = Collections.unmodifiableMap(new TreeMap<>(hyperParameters));
    }

    /** Whether the API is the one without dated versions. */
    boolean isV1() {
        return apiVersion.equals(V1);
    }

    /** What jobs call the model; the model itself where it is none that is known. */
    String serviceModel() {
        return TunableModels.find(model).orElse(model);
    }

    /** The resource's path in the resource manager; empty where the settings do not tell. */
    String accountPath() {
        return subscription == null || resourceGroup == null
                ? ""
                : "/subscriptions/" + subscription + "/resourceGroups/" + resourceGroup
                        + "/providers/Microsoft.CognitiveServices/accounts/" + account;
    }
}
