package dev.finetune4j.plan;

import dev.finetune4j.value.Checks;
import dev.finetune4j.value.ProviderId;
import org.jspecify.annotations.Nullable;

/**
 * Why a place, or something that it sells, was left out.
 *
 * @param target the place
 * @param name the machine or the model, or null where the whole place is meant
 * @param reason why, with numbers
 * @param shortage by how much it misses, as a factor above 1, or null where that is no number
 */
public record Rejection(
        ProviderId target,
        @Nullable String name,
        String reason,
        @Nullable Double shortage) {
    /** Refuses a rejection without a reason. */
    public Rejection {
        Checks.notBlank("reason", reason);
    }
}
