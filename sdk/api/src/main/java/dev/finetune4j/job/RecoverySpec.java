package dev.finetune4j.job;

import dev.finetune4j.value.Describe;
import dev.finetune4j.value.Range;
import java.util.List;

/**
 * When a job whose process failed is begun anew on its machine, within the same budget.
 *
 * @param exitCodes exit codes after which it is, 1 to 255; none, the default, for never
 * @param maxRestarts how often at most, 1 to 10; 1 by default
 */
@Describe("When a job whose process failed is begun anew on its machine, within the same budget.")
public record RecoverySpec(
        @Describe(
                value =
                        "Exit codes after which it is begun anew, such as 137 where memory runs out now and then; none for never.",
                example = "[137]")
        @Range(min = RecoverySpec.LEAST_EXIT_CODE, max = RecoverySpec.GREATEST_EXIT_CODE)
        List<Integer> exitCodes,

        @Describe("How often at most.") @Range(min = 1, max = RecoverySpec.MOST_RESTARTS)
        int maxRestarts) {
    /** The first that tells of a failure. */
    static final int LEAST_EXIT_CODE = 1;

    /** The greatest that a process can end with. */
    static final int GREATEST_EXIT_CODE = 255;

    /** More tell of a fault that does not pass. */
    static final int MOST_RESTARTS = 10;

    /** Copies the codes; refuses what no process ends with, and a number of restarts out of range. */
    public RecoverySpec {
        exitCodes = List.copyOf(exitCodes);
        for (int code : exitCodes) {
            if (code < LEAST_EXIT_CODE || code > GREATEST_EXIT_CODE) {
                throw new IllegalArgumentException("an exit code must be 1 to 255, was " + code);
            }
        }
        if (maxRestarts < 1 || maxRestarts > MOST_RESTARTS) {
            throw new IllegalArgumentException("max-restarts must be 1 to 10, was " + maxRestarts);
        }
    }

    /** Begins nothing anew. */
    public static RecoverySpec never() {
        return new RecoverySpec(List.of(), 1);
    }
}
