package dev.finetune4j.value;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Currency;

/**
 * An amount of money, exact.
 *
 * @param amount the decimal amount, not negative
 * @param currency its currency
 */
public record Money(BigDecimal amount, Currency currency) {
    private static final BigDecimal SECONDS_PER_HOUR = BigDecimal.valueOf(3600);

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

    /** What so much time costs at this price for an hour, to the hundredth of a cent, rounded up. */
    public Money forHours(Duration time) {
        BigDecimal seconds = BigDecimal.valueOf(time.toMillis()).movePointLeft(3);
        return new Money(amount.multiply(seconds).divide(SECONDS_PER_HOUR, 4, RoundingMode.UP), currency);
    }

    /** How long this money lasts at a price for an hour, in whole seconds. */
    public Duration lasts(Money perHour) {
        return Duration.ofSeconds(amount.multiply(SECONDS_PER_HOUR)
                .divide(perHour.amount, 0, RoundingMode.DOWN)
                .longValue());
    }

    /** The sum of two amounts of one currency. */
    public Money plus(Money other) {
        requireSame(other);
        return new Money(amount.add(other.amount), currency);
    }

    /** What is left after another amount of the same currency; zero where that is more. */
    public Money less(Money other) {
        requireSame(other);
        return new Money(amount.subtract(other.amount).max(BigDecimal.ZERO), currency);
    }

    private void requireSame(Money other) {
        if (!currency.equals(other.currency)) {
            throw new IllegalArgumentException("amounts must be of one currency, were " + this + " and " + other);
        }
    }

    @Override
    public String toString() {
        return amount.toPlainString() + " " + currency.getCurrencyCode();
    }
}
