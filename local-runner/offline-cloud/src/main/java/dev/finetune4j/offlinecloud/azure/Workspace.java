package dev.finetune4j.offlinecloud.azure;

/**
 * A workspace of Azure Machine Learning.
 *
 * @param subscription id of the subscription, a UUID
 * @param resourceGroup name of the group
 * @param name of the workspace
 * @param region as Azure writes it, such as {@code westeurope}
 */
public record Workspace(String subscription, String resourceGroup, String name, String region) {
    private static final String SUBSCRIPTIONS = "/subscriptions/{subscriptionId}";

    /** Whose resources workspaces are. */
    public static final String PROVIDER = "Microsoft.MachineLearningServices";

    private static final String OF_PROVIDER = "/providers/" + PROVIDER;

    /** Path of what a subscription has in a region. */
    public static final String LOCATION_PATH = SUBSCRIPTIONS + OF_PROVIDER + "/locations/{location}";

    /** Path of what a resource group has of Azure Machine Learning. */
    public static final String GROUP_PATH = SUBSCRIPTIONS + "/resourceGroups/{resourceGroupName}" + OF_PROVIDER;

    /** Path of a workspace. */
    public static final String PATH = GROUP_PATH + "/workspaces/{workspaceName}";

    /** One to try things with. */
    public static Workspace sample() {
        return new Workspace("00000000-0000-0000-0000-000000000001", "my-group", "my-workspace", "westeurope");
    }

    /** Its id in the resource manager, which is its path. */
    public String id() {
        return PATH.replace("{subscriptionId}", subscription)
                .replace("{resourceGroupName}", resourceGroup)
                .replace("{workspaceName}", name);
    }
}
