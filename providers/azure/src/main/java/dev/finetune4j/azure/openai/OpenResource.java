package dev.finetune4j.azure.openai;

/**
 * A resource with connections to it.
 *
 * @param options as the settings say
 * @param calls to its service
 * @param files that were sent to it
 * @param jobs that it runs
 * @param deployments of its models, by the resource manager
 */
record OpenResource(
        AzureOpenAiOptions options, OpenAiCalls calls, TuningFiles files, TuningJobs jobs, Deployments deployments) {}
