package dev.finetune4j.plan;

import dev.finetune4j.value.Money;

/**
 * What something costs: one time in ten less than {@code low}, one time in ten more than {@code high}.
 *
 * @param low the tenth percentile, P10
 * @param likely the sum of the cost lines at their likely quantities
 * @param high the ninetieth percentile, P90
 */
public record MoneyRange(Money low, Money likely, Money high) {
    /** Refuses ends in the wrong order, and several currencies. */
    public MoneyRange {
        if (!low.currency().equals(likely.currency()) || !likely.currency().equals(high.currency())) {
            throw new IllegalArgumentException("a range has one currency, was " + low + ", " + likely + ", " + high);
        }
        if (low.amount().compareTo(likely.amount()) > 0 || likely.amount().compareTo(high.amount()) > 0) {
            throw new IllegalArgumentException("a range goes up, was " + low + ", " + likely + ", " + high);
        }
    }
}
