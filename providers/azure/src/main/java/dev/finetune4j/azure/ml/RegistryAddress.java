package dev.finetune4j.azure.ml;

/**
 * A registry of Azure ML, which workspaces of several regions share.
 *
 * @param subscription GUID of the subscription
 * @param resourceGroup of the registry
 * @param name by which jobs call it
 */
record RegistryAddress(String subscription, String resourceGroup, String name) {
    /** Path of the resource group in the resource manager. */
    String group() {
        return "/subscriptions/" + subscription + "/resourceGroups/" + resourceGroup;
    }

    /** The registry's path in the resource manager. */
    String path() {
        return group() + "/providers/Microsoft.MachineLearningServices/registries/" + name;
    }

    /** Path of a version of data in the resource manager. */
    String dataPath(String asset, String version) {
        return path() + data(asset, version);
    }

    /** A version of data, as jobs name it. */
    String dataUri(String asset, String version) {
        return "azureml://registries/" + name + data(asset, version);
    }

    private static String data(String asset, String version) {
        return "/data/" + asset + "/versions/" + version;
    }
}
