package dev.finetune4j.offlinecloud.azure;

import dev.finetune4j.offlinecloud.azure.openai.OpenAiPace;
import java.time.Duration;

/**
 * How long the service takes for what is not training.
 *
 * @param start until it looks at a new job, and until it has found it a machine where one is free
 * @param preparation until the job's environment is ready
 * @param provisioning until a machine that is free has what the job needs
 * @param upload until a job that ran is at its end
 * @param release until the machines of a job that has ended are given back, for which they are billed
 * @param capacityWait how long a serverless job waits for a machine where none is free
 * @param deployment until each step of a deployment is done, and until is worked out what it would change
 * @param openAi how long Azure OpenAI takes
 */
public record AzurePace(
        Duration start,
        Duration preparation,
        Duration provisioning,
        Duration upload,
        Duration release,
        Duration capacityWait,
        Duration deployment,
        OpenAiPace openAi) {
    /** About as the service itself; for a clock that is virtual. */
    public static final AzurePace LIFELIKE = new AzurePace(
            Duration.ofSeconds(10),
            Duration.ofMinutes(1),
            Duration.ofMinutes(4),
            Duration.ofSeconds(40),
            Duration.ofMinutes(3),
            Duration.ofHours(1),
            Duration.ofSeconds(20),
            OpenAiPace.LIFELIKE);

    /** Fast enough for tests on a real clock. */
    public static final AzurePace SWIFT = new AzurePace(
            Duration.ofMillis(50),
            Duration.ofMillis(50),
            Duration.ofMillis(50),
            Duration.ofMillis(50),
            Duration.ofMillis(50),
            Duration.ofSeconds(1),
            Duration.ofMillis(20),
            OpenAiPace.SWIFT);
}
