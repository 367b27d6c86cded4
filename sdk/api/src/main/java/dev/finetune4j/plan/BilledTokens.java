package dev.finetune4j.plan;

import dev.finetune4j.value.Checks;
import dev.finetune4j.value.Money;
import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * Tokens that a service may bill for a training, at most.
 *
 * @param most no count of the same rows can give more, each epoch counted
 * @param basis why it cannot
 * @param price of a million tokens
 */
public record BilledTokens(long most, String basis, PriceFact price) {
    private static final int A_MILLION_DIGITS = 6;
    private static final int DECIMALS = 4;

    /** Refuses a bound without a reason, and a price of something else. */
    public BilledTokens {
        Checks.notBlank("basis", basis);
        price.sold("price", PriceUnit.MILLION_TOKENS);
    }

    /** What they cost, to the hundredth of a cent, rounded up. */
    public Money cost() {
        BigDecimal amount = price.amount()
                .amount()
                .multiply(BigDecimal.valueOf(most))
                .movePointLeft(A_MILLION_DIGITS)
                .setScale(DECIMALS, RoundingMode.UP);
        return new Money(amount, price.amount().currency());
    }
}
