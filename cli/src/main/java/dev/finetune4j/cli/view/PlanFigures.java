package dev.finetune4j.cli.view;

import dev.finetune4j.plan.ByteRange;
import dev.finetune4j.plan.DurationRange;
import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.plan.MoneyRange;
import dev.finetune4j.plan.PlanOption;
import dev.finetune4j.plan.PriceFact;
import dev.finetune4j.plan.PurchaseTier;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Figures of plans in as few characters as tell them. */
final class PlanFigures {
    private static final double GIB = 1L << 30;
    private static final BigDecimal LARGE = BigDecimal.valueOf(100);
    private static final long HOURS_FROM_MINUTES = 120;

    private PlanFigures() {}

    /** Minutes up to two hours, then hours, such as {@code 25 min} or {@code 3.4 h}. */
    static String time(Duration time) {
        double minutes = time.toSeconds() / 60.0;
        return minutes < HOURS_FROM_MINUTES ? whole(minutes) + " min" : hours(minutes) + " h";
    }

    /** Both ends in the unit of the larger, such as {@code 18-42 min}. */
    static String ends(DurationRange time) {
        double low = time.low().toSeconds() / 60.0;
        double high = time.high().toSeconds() / 60.0;
        return high < HOURS_FROM_MINUTES
                ? whole(low) + "-" + whole(high) + " min"
                : hours(low) + "-" + hours(high) + " h";
    }

    private static String whole(double minutes) {
        return String.format(Locale.ROOT, minutes < 10 ? "%.1f" : "%.0f", minutes);
    }

    private static String hours(double minutes) {
        double hours = minutes / 60;
        return String.format(Locale.ROOT, hours < 10 ? "%.1f" : "%.0f", hours);
    }

    /** An amount to the cent, or from 100 on to the whole. */
    static String money(BigDecimal amount) {
        return String.format(
                Locale.ROOT,
                "%,." + (amount.compareTo(LARGE) < 0 ? 2 : 0) + "f",
                amount.setScale(2, RoundingMode.HALF_UP));
    }

    static String likely(@Nullable MoneyRange cost) {
        return cost == null ? "?" : money(cost.likely().amount());
    }

    static String ends(@Nullable MoneyRange cost) {
        if (cost == null || cost.low().equals(cost.high())) {
            return "";
        }
        return money(cost.low().amount()) + "-" + money(cost.high().amount());
    }

    static String gib(long bytes) {
        double gib = bytes / GIB;
        return String.format(Locale.ROOT, gib < 10 ? "%.1f" : "%.0f", gib);
    }

    /** What is needed, nine times in ten, of what there is. */
    static String fit(PlanOption option) {
        ByteRange needed = option.neededMemory();
        return needed == null ? "-" : gib(needed.high()) + " of " + gib(option.usableMemory());
    }

    /** The name without what all names of a place begin with. */
    static String name(PlanOption option) {
        return option.name().startsWith("Standard_") ? option.name().substring("Standard_".length()) : option.name();
    }

    /** The price that its cost is told at: its own, or where that is not known what is billed at most; empty where there is no cost. */
    static Optional<PriceFact> price(PlanOption option) {
        return option.price()
                .or(() -> option.offer() instanceof MachineOffer machine && option.cost() != null
                        ? machine.billed()
                        : Optional.empty());
    }

    /** On which terms, where they are not the usual ones; empty else. */
    static String terms(PlanOption option) {
        return option.offer() instanceof MachineOffer machine && machine.tier() != PurchaseTier.ON_DEMAND
                ? machine.tier().name().toLowerCase(Locale.ROOT).replace('_', '-')
                : "";
    }
}
