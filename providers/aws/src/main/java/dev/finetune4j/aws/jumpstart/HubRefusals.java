package dev.finetune4j.aws.jumpstart;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.spi.ProviderContext;
import java.util.List;

/** What the document of a hub's model has against a job, whatever its rows: what a launch would be refused for. */
public final class HubRefusals {
    private HubRefusals() {}

    /**
     * Asks the hub.
     *
     * @return empty if nothing
     * @throws FineTuneException if the hub does not answer
     */
    public static List<Problem> of(FineTuneJob job, ProviderContext context) {
        try (JumpStartProvider provider = new JumpStartProvider(context, job.settingsOf(JumpStartProvider.ID))) {
            return provider.refusals(job);
        }
    }
}
