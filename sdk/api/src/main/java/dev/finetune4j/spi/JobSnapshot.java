package dev.finetune4j.spi;

import dev.finetune4j.error.Problem;
import dev.finetune4j.run.RunState;
import dev.finetune4j.value.Money;
import dev.finetune4j.value.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a provider says of a job now.
 *
 * @param id the job's name
 * @param digest the digest it was submitted with
 * @param reference the place's own name of the job for people and support (an ARN, a path, a server-made id); never a signed
 *     address
 * @param state where it stands
 * @param submittedAt when the provider took it
 * @param endedAt when it ended, or null while it goes on
 * @param problem why it failed, or null
 * @param billedTime time that is billed so far, zero where time is not billed
 * @param spend money spent so far as far as the provider tells, or null where it does not
 */
public record JobSnapshot(
        RunId id,
        String digest,
        String reference,
        RunState state,
        Instant submittedAt,
        @Nullable Instant endedAt,
        @Nullable Problem problem,
        Duration billedTime,
        @Nullable Money spend) {
    /** Why it failed, if it did. */
    public Optional<Problem> failure() {
        return Optional.ofNullable(problem);
    }
}
