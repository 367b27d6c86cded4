package dev.finetune4j.value;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Currency;

/**
 * An amount of money, exact.
 *
 * @param amount the decimal amount, not negative, of at most 18 digits before the point
 * @param currency its currency
 */
public record Money(BigDecimal amount, Currency currency) {
    private static final Duration LONGEST = Duration.ofDays(365_000);
    private static final BigDecimal SECONDS_PER_HOUR = BigDecimal.valueOf(3600);
    private static final int MOST_DIGITS = 18;

    /** A short text may ask for a billion of them. */
    private static final int MOST_DECIMALS = 100;

    /** Refuses an amount that is negative or too large. */
    public Money {
        if (amount.signum() < 0) {
            throw new IllegalArgumentException("amount must not be negative, was " + amount);
        }
        if ((long) amount.precision() - amount.scale() > MOST_DIGITS) {
            throw new IllegalArgumentException(
                    "amount must have at most " + MOST_DIGITS + " digits before the point, was " + amount);
        }
    }

    /**
     * Reads {@code "12.50 USD"}.
     *
     * @throws IllegalArgumentException if the text is not a decimal number, a space and an ISO 4217 code, or the number has more than 18
     *     digits before the point or 100 after it
     */
    public static Money parse(String text) {
        String[] parts = text.trim().split("\\s+", -1);
        if (parts.length != 2) {
            throw new IllegalArgumentException("money must look like 12.50 USD, was " + text);
        }
        BigDecimal amount;
        Currency currency;
        try {
            amount = new BigDecimal(parts[0]);
            currency = Currency.getInstance(parts[1]);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("money must look like 12.50 USD, was " + text, e);
        }
        if (amount.scale() > MOST_DECIMALS) {
            throw new IllegalArgumentException(
                    "amount must have at most " + MOST_DECIMALS + " digits after the point, was " + text);
        }
        return new Money(amount, currency);
    }

    /** What so much time costs at this price for an hour, to the hundredth of a cent, rounded up. */
    public Money forHours(Duration time) {
        BigDecimal seconds = BigDecimal.valueOf(time.toSeconds()).add(BigDecimal.valueOf(time.toMillisPart(), 3));
        return new Money(amount.multiply(seconds).divide(SECONDS_PER_HOUR, 4, RoundingMode.UP), currency);
    }

    /**
     * How long this money lasts at a price for an hour, in whole seconds; 365,000 days at most, and where an hour costs nothing.
     *
     * @throws IllegalArgumentException if the price is in another currency
     */
    public Duration lasts(Money perHour) {
        requireSame(perHour);
        if (perHour.amount.signum() == 0) {
            return LONGEST;
        }
        BigDecimal seconds = amount.multiply(SECONDS_PER_HOUR).divide(perHour.amount, 0, RoundingMode.DOWN);
        return Duration.ofSeconds(
                seconds.min(BigDecimal.valueOf(LONGEST.toSeconds())).longValue());
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
