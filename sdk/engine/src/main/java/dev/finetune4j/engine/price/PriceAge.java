package dev.finetune4j.engine.price;

import dev.finetune4j.plan.PriceFact;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;

/**
 * How old a price is. Prices move a few times a year; what is older than {@value #OLD_AFTER_DAYS} days is flagged wherever it is shown.
 *
 * @param days from the price's date to today, never negative
 */
public record PriceAge(long days) {
    /** Days after which a price is old. */
    public static final int OLD_AFTER_DAYS = 90;

    /** The age of a price on a day. */
    public static PriceAge of(PriceFact price, LocalDate today) {
        return new PriceAge(Math.max(0, ChronoUnit.DAYS.between(price.date(), today)));
    }

    /** Whether it is to be flagged. */
    public boolean isOld() {
        return days > OLD_AFTER_DAYS;
    }
}
