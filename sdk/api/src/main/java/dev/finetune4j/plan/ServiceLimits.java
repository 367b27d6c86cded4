package dev.finetune4j.plan;

import dev.finetune4j.value.Checks;
import org.jspecify.annotations.Nullable;

/**
 * What a service takes of a job. Null: not known, or without a limit.
 *
 * @param leastRows fewest training rows, 1 where it names no number
 * @param mostRows most training rows
 * @param mostEpochs most epochs
 * @param rowTokens most tokens of a row, by the vocabulary of the service's model
 * @param mostTokens most tokens that a job trains on in all epochs together, by the same vocabulary
 */
public record ServiceLimits(
        int leastRows,
        @Nullable Integer mostRows,
        @Nullable Integer mostEpochs,
        @Nullable Integer rowTokens,
        @Nullable Long mostTokens) {
    /** Refuses numbers that cannot be. */
    public ServiceLimits {
        Checks.inRange("leastRows", leastRows, 1, 1_000_000);
        if (mostRows != null) {
            Checks.inRange("mostRows", mostRows, leastRows, Integer.MAX_VALUE);
        }
        if (mostEpochs != null) {
            Checks.inRange("mostEpochs", mostEpochs, 1, 1_000_000);
        }
        if (rowTokens != null) {
            Checks.inRange("rowTokens", rowTokens, 1, Integer.MAX_VALUE);
        }
        if (mostTokens != null && mostTokens < 1) {
            throw new IllegalArgumentException("mostTokens must be at least 1, was " + mostTokens);
        }
    }

    /** Where fewest rows are all that is known. */
    public static ServiceLimits from(int leastRows) {
        return new ServiceLimits(leastRows, null, null, null, null);
    }
}
