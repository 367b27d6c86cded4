package dev.finetune4j.value;

import java.math.BigDecimal;
import java.util.Currency;

/**
 * An amount of money, exact.
 *
 * @param amount the decimal amount, not negative
 * @param currency its currency
 */
public record Money(BigDecimal amount, Currency currency) {
    /** Refuses a negative amount. */
    public Money {
        if (amount.signum() < 0) {
            throw new IllegalArgumentException("amount must not be negative, was " + amount);
        }
    }

    /**
     * Reads {@code "12.50 USD"}.
     *
     * @throws IllegalArgumentException if the text is not a decimal number, a space and an ISO 4217 code
     */
    public static Money parse(String text) {
        String[] parts = text.trim().split("\\s+", -1);
        if (parts.length != 2) {
            throw new IllegalArgumentException("money must look like 12.50 USD, was " + text);
        }
        try {
            return new Money(new BigDecimal(parts[0]), Currency.getInstance(parts[1]));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("money must look like 12.50 USD, was " + text, e);
        }
    }

    @Override
    public String toString() {
        return amount.toPlainString() + " " + currency.getCurrencyCode();
    }
}
