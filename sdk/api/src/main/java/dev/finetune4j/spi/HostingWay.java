package dev.finetune4j.spi;

import dev.finetune4j.plan.PriceFact;
import dev.finetune4j.plan.PriceUnit;
import dev.finetune4j.value.Checks;
import dev.finetune4j.value.Money;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A way to host a tuned model, with what it costs. A price that is not known is null, and never zero; an amount of zero is not charged.
 *
 * @param name by which it is asked for, such as {@code on-demand} or {@code provisioned}
 * @param perHour price of one unit for an hour, asked or not
 * @param input price of a million tokens that are read; null also where tokens are not charged
 * @param output the same of those that are written
 * @param billsTokens whether tokens are charged
 * @param mostUnits most units at once; null where the place names no number
 * @param committedMonths for so many months it is paid for and cannot be ended; 0 where it ends at any hour
 * @param idleLimit after so long without a question the place ends it by itself; null where it never does
 * @param notes what else a buyer should know, in sentences without a full stop
 */
public record HostingWay(
        String name,
        @Nullable PriceFact perHour,
        @Nullable PriceFact input,
        @Nullable PriceFact output,
        boolean billsTokens,
        @Nullable Integer mostUnits,
        int committedMonths,
        @Nullable Duration idleLimit,
        List<String> notes) {
    /** Hours of a month, as a price that is paid by the hour is told for one. */
    public static final int HOURS_A_MONTH = 730;

    /** Copies the notes; refuses a price that is for another unit than its name says. */
    public HostingWay {
        Checks.notBlank("name", name);
        refuseOther("perHour", perHour, PriceUnit.HOUR);
        refuseOther("input", input, PriceUnit.MILLION_TOKENS);
        refuseOther("output", output, PriceUnit.MILLION_TOKENS);
        notes = List.copyOf(notes);
    }

    private static void refuseOther(String name, @Nullable PriceFact price, PriceUnit unit) {
        if (price != null && price.unit() != unit) {
            throw new IllegalArgumentException(name + " must be for one " + unit + ", was for one " + price.unit());
        }
    }

    /** Price of an hour of so many units; empty where it is not known. */
    public Optional<Money> perHour(int units) {
        return Optional.ofNullable(perHour)
                .map(PriceFact::amount)
                .map(hour -> new Money(hour.amount().multiply(BigDecimal.valueOf(units)), hour.currency()));
    }

    /** Price of a month of {@value #HOURS_A_MONTH} hours of so many units, if it is left on; empty where it is not known. */
    public Optional<Money> perMonth(int units) {
        return perHour(units)
                .map(hour -> new Money(
                        hour.amount()
                                .multiply(BigDecimal.valueOf(HOURS_A_MONTH))
                                .stripTrailingZeros(),
                        hour.currency()));
    }
}
