package dev.finetune4j.run;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The last steps of a stopped training, gone over again from its last checkpoint but one.
 *
 * @param fromStep steps done where it began
 * @param toStep steps done at the last checkpoint, where it ended
 * @param savedSha256 of weights and moments in the last checkpoint
 * @param replayedSha256 of those that the replay gave
 * @param firstDifference the first step whose loss or gradient norm is another one, of the 32 latest, which checkpoints hold; null if
 *     there is none
 */
public record Replay(
        int fromStep,
        int toStep,
        String savedSha256,
        String replayedSha256,
        @Nullable Integer firstDifference) {
    /** Refuses a replay of no step. */
    public Replay {
        if (toStep <= fromStep) {
            throw new IllegalArgumentException("toStep must be above fromStep " + fromStep + ", was " + toStep);
        }
    }

    /** Whether every bit came out the same. */
    public boolean isEqual() {
        return firstDifference == null && savedSha256.equals(replayedSha256);
    }

    /** The first step that went otherwise, if one is known. */
    public Optional<Integer> firstDifferenceIfKnown() {
        return Optional.ofNullable(firstDifference);
    }
}
