package dev.finetune4j.plan;

import dev.finetune4j.value.Checks;
import dev.finetune4j.value.Money;
import java.time.LocalDate;

/**
 * A price, with all that is needed to judge it. A price that is not known has no {@code PriceFact}; it is never an amount of zero.
 *
 * @param amount what one unit costs; zero only where the seller charges nothing
 * @param unit what is paid for
 * @param date when this was the price; the first day where only month or year are known
 * @param source where the price stands
 * @param trust how far it is to be believed
 * @param isEstimate whether it was derived from another price instead of read
 */
public record PriceFact(
        Money amount, PriceUnit unit, LocalDate date, String source, PriceTrust trust, boolean isEstimate) {
    /** Refuses a price without a source. */
    public PriceFact {
        Checks.notBlank("source", source);
    }

    /**
     * The price itself, of something that is never given away.
     *
     * @throws IllegalArgumentException if it is for another unit, or zero
     */
    PriceFact sold(String name, PriceUnit wanted) {
        if (unit != wanted) {
            throw new IllegalArgumentException(name + " must be for one " + wanted + ", was for one " + unit);
        }
        if (amount.amount().signum() == 0) {
            throw new IllegalArgumentException(name + " must not be zero; leave out what is not known");
        }
        return this;
    }
}
