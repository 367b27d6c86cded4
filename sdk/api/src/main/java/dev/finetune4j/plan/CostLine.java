package dev.finetune4j.plan;

import dev.finetune4j.value.Checks;
import dev.finetune4j.value.Money;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * An item of a bill as it is likely: {@code quantity x price = amount}, to the last digit that is shown.
 *
 * @param what what is paid for
 * @param quantity how much of it, at most four decimals
 * @param unit what it is counted in, such as {@code h}
 * @param price the price of one unit, or null where it is not known
 * @param amount the product at four decimals, or null where the price is not known
 * @param moves what moves the price until it is paid, in words, which the ends of the range tell and the amount does not; null where
 *     nothing does, as in older plans, which keep their digest
 * @param billedTime for how long money is asked, whatever the price does, where it moves and is asked by the hour; else null
 */
public record CostLine(
        String what,
        BigDecimal quantity,
        String unit,
        @Nullable PriceFact price,
        @Nullable Money amount,
        @Nullable String moves,
        @Nullable DurationRange billedTime) {
    /** Refuses a line that says nothing. */
    public CostLine {
        Checks.notBlank("what", what);
        Checks.notBlank("unit", unit);
    }
}
