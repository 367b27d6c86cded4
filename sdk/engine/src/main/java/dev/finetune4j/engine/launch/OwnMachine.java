package dev.finetune4j.engine.launch;

import dev.finetune4j.error.Problem;
import dev.finetune4j.spi.Footprint;
import dev.finetune4j.value.ProviderId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a place says of a job on a machine of its own, which is not bought for the job.
 *
 * @param target the place
 * @param footprint what the job would take of it, or null where it would be refused
 * @param refusals why it would be refused; empty where it would not
 */
public record OwnMachine(ProviderId target, @Nullable Footprint footprint, List<Problem> refusals) {
    /** Copies the list. */
    public OwnMachine {
        refusals = List.copyOf(refusals);
    }
}
