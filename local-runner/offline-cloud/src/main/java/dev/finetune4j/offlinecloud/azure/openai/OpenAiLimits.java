package dev.finetune4j.offlinecloud.azure.openai;

/**
 * What one resource may have. One job of a resource runs at once.
 *
 * @param fileBytes of one file
 * @param onceBytes of one file that is not sent in parts
 * @param allBytes of all files
 * @param files files that were sent; those of results do not count
 * @param partBytes of one part of a file that is sent in parts
 * @param jobs jobs that are not deleted, whatever became of them
 * @param queuedJobs jobs that wait or are validated
 * @param trainedTokens tokens of the training file times epochs
 * @param tunedDeployments deployments of tuned models
 * @param deployments all deployments
 */
public record OpenAiLimits(
        long fileBytes,
        long onceBytes,
        long allBytes,
        int files,
        long partBytes,
        int jobs,
        int queuedJobs,
        long trainedTokens,
        int tunedDeployments,
        int deployments) {
    private static final long MEBIBYTE = 1 << 20;

    /** As the service documents them; that larger files fail where they are sent at once was reported. */
    public static final OpenAiLimits DOCUMENTED = new OpenAiLimits(
            512 * MEBIBYTE, 150 * MEBIBYTE, 1024 * MEBIBYTE, 50, 64 * MEBIBYTE, 100, 20, 2_000_000_000L, 5, 32);

    /** The same with so many jobs. */
    public OpenAiLimits jobs(int most) {
        return new OpenAiLimits(
                fileBytes,
                onceBytes,
                allBytes,
                files,
                partBytes,
                most,
                queuedJobs,
                trainedTokens,
                tunedDeployments,
                deployments);
    }
}
