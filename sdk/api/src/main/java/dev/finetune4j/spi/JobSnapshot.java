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
 * @param keptTime time that its machine is kept for other jobs after the end of this one, and billed besides; while that is not over, as
 *     long as it may be. Zero where no machine is kept
 * @param exitCode what its process failed with, or null where it did not, and where the place does not tell
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
        @Nullable Money spend,
        Duration keptTime,
        @Nullable Integer exitCode) {
    /** Journals of earlier versions tell of no machine that is kept. */
    public JobSnapshot {
        keptTime = keptTime == null ? Duration.ZERO : keptTime;
    }

    /** Why it failed, if it did. */
    public Optional<Problem> failure() {
        return Optional.ofNullable(problem);
    }
}
