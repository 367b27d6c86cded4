package dev.finetune4j.engine.price;

import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.plan.Gpus;
import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.plan.Offer;
import dev.finetune4j.plan.PriceFact;
import dev.finetune4j.plan.PriceUnit;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Optional;

/** Tells prices that can be from slips of a unit and meters that are dead. */
final class BelievablePrices {
    private static final BigDecimal LEAST_GPU_HOUR = new BigDecimal("0.05");
    private static final BigDecimal MOST_GPU_HOUR = new BigDecimal("500");
    private static final BigDecimal LEAST_MILLION_TOKENS = new BigDecimal("0.01");
    private static final BigDecimal MOST_MILLION_TOKENS = new BigDecimal("1000");
    private static final int DIGITS = 6;

    private BelievablePrices() {}

    /** Why a fetched price of an offer is not believed; empty if it is. */
    static Optional<Problem> doubt(Offer offer, PriceFact price) {
        BigDecimal amount = price.amount().amount();
        if (offer instanceof MachineOffer machine) {
            // A machine without GPUs is held to the upper end only: small ones do cost less than any GPU.
            BigDecimal gpus =
                    BigDecimal.valueOf(machine.accelerators().map(Gpus::count).orElse(1));
            BigDecimal least = machine.accelerators().isPresent() ? LEAST_GPU_HOUR : BigDecimal.ZERO;
            return doubt(offer, amount.divide(gpus, DIGITS, RoundingMode.HALF_UP), least, MOST_GPU_HOUR, "a GPU hour");
        }
        return price.unit() == PriceUnit.HOUR
                ? doubt(offer, amount, LEAST_GPU_HOUR, MOST_GPU_HOUR, "an hour")
                : doubt(offer, amount, LEAST_MILLION_TOKENS, MOST_MILLION_TOKENS, "a million tokens");
    }

    private static Optional<Problem> doubt(
            Offer offer, BigDecimal amount, BigDecimal least, BigDecimal most, String unit) {
        if (amount.compareTo(least) >= 0 && amount.compareTo(most) <= 0) {
            return Optional.empty();
        }
        return Optional.of(PriceProblems.NOT_BELIEVED
                .warning("the fetched price of " + offer.name() + " is not believable")
                .at(Location.of(offer.id()))
                .because(amount.stripTrailingZeros().toPlainString() + " for " + unit + "; believed are " + least
                        + " to " + most)
                .build());
    }
}
