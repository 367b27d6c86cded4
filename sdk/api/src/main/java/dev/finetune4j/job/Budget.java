package dev.finetune4j.job;

import dev.finetune4j.value.Describe;
import dev.finetune4j.value.Money;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the job may cost.
 *
 * @param maxCost money that may be spent, or null for no limit of money
 * @param maxTime wall time from launch to end, or null for no limit of time
 */
@Describe("What the job may cost.")
public record Budget(
        @Describe("Money that may be spent, such as 12.50 USD.") @Nullable
        Money maxCost,

        @Describe("Wall time from launch to end, such as 45m or 2h30m.") @Nullable
        Duration maxTime) {
    /** Refuses a time that is not positive. */
    public Budget {
        if (maxTime != null && (maxTime.isNegative() || maxTime.isZero())) {
            throw new IllegalArgumentException("budget.max-time must be positive, was " + maxTime);
        }
    }

    /** No limit: right for the local machine, refused by providers that bill. */
    public static Budget unlimited() {
        return new Budget(null, null);
    }
}
