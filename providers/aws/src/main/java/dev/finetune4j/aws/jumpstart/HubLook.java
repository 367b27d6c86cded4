package dev.finetune4j.aws.jumpstart;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.spi.ProviderContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What SageMaker's public hub has for a job, whatever its rows.
 *
 * @param model id of the model that the job would tune
 * @param version of its document; null where there is no such model, or the job's settings are wrong
 * @param problems what a launch would be refused for; empty if nothing
 */
public record HubLook(String model, @Nullable String version, List<Problem> problems) {
    /**
     * Asks the hub, once.
     *
     * @throws FineTuneException if it does not answer
     */
    public static HubLook at(FineTuneJob job, ProviderContext context) {
        try (JumpStartProvider provider = new JumpStartProvider(context, job.settingsOf(JumpStartProvider.ID))) {
            return provider.look(job);
        }
    }
}
