package dev.finetune4j.engine.plan;

import dev.finetune4j.plan.CostLine;
import dev.finetune4j.plan.DurationRange;
import dev.finetune4j.plan.MoneyRange;
import dev.finetune4j.plan.PriceFact;
import dev.finetune4j.value.Money;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Currency;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a run costs, where one thing is paid for: so many hours, or so many tokens.
 *
 * @param line the item, at its likely quantity
 * @param range the cost, or null where the price is not known
 */
record Bill(CostLine line, @Nullable MoneyRange range) {
    /** Decimals of quantities and amounts: a hundredth of a cent. */
    private static final int DECIMALS = 4;

    /** What all prices are told in. */
    static final Currency CURRENCY = Currency.getInstance("USD");

    /**
     * A bill.
     *
     * @param what what is paid for
     * @param quantity how much of it
     * @param unit what it is counted in
     * @param price the price of one unit, or null where it is not known
     * @param moves what moves the price, in words, or null where nothing does
     * @param billedTime for how long money is asked where the price of an hour moves, or null where it does not
     */
    static Bill of(
            String what,
            Sample.Percentiles quantity,
            String unit,
            @Nullable PriceFact price,
            @Nullable String moves,
            @Nullable DurationRange billedTime) {
        BigDecimal likely = decimal(quantity.likely());
        if (price == null) {
            return new Bill(new CostLine(what, likely, unit, null, null, null, null), null);
        }
        Money amount = times(price, likely);
        return new Bill(
                new CostLine(what, likely, unit, price, amount, moves, billedTime),
                new MoneyRange(
                        times(price, decimal(quantity.low()).min(likely)),
                        amount,
                        times(price, decimal(quantity.high()).max(likely))));
    }

    private static Money times(PriceFact price, BigDecimal quantity) {
        BigDecimal amount = quantity.multiply(price.amount().amount()).setScale(DECIMALS, RoundingMode.HALF_UP);
        return new Money(amount, price.amount().currency());
    }

    List<CostLine> lines() {
        return List.of(line);
    }

    Optional<MoneyRange> cost() {
        return Optional.ofNullable(range);
    }

    /** Nothing is asked for. */
    static MoneyRange free() {
        Money zero = new Money(BigDecimal.ZERO, CURRENCY);
        return new MoneyRange(zero, zero, zero);
    }

    private static BigDecimal decimal(double value) {
        return BigDecimal.valueOf(value).setScale(DECIMALS, RoundingMode.HALF_UP);
    }
}
