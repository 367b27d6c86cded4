package dev.finetune4j.plan;

import dev.finetune4j.value.Checks;
import dev.finetune4j.value.Money;
import java.time.LocalDate;

/**
 * Where prices stand.
 *
 * @param text the place, for a person who wants to look
 * @param trust how far what stands there is to be believed
 */
public record PriceSource(String text, PriceTrust trust) {
    /** Refuses a source without a text. */
    public PriceSource {
        Checks.notBlank("text", text);
    }

    /** A price that was read here. */
    public PriceFact read(Money amount, PriceUnit unit, LocalDate date) {
        return new PriceFact(amount, unit, date, text, trust, false);
    }
}
