package dev.finetune4j.engine.plan;

import dev.finetune4j.engine.estimate.GpuTable;
import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.plan.Gpus;
import dev.finetune4j.plan.HostingCost;
import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.plan.Offer;
import dev.finetune4j.plan.PriceFact;
import dev.finetune4j.plan.PurchaseTier;
import dev.finetune4j.plan.TokenOffer;
import dev.finetune4j.value.Money;
import dev.finetune4j.value.ProviderId;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What it costs to hold the tuned model ready all month: the cheapest machine of the place whose GPUs hold its weights in half precision
 * and a fifth more for what answers take, or what a service asks.
 */
final class Hosting {
    private static final BigDecimal HOURS = BigDecimal.valueOf(730);
    private static final double ROOM = 1.2;
    private static final double CONTEXT_GIB = 1;
    private static final double GIB = 1L << 30;
    private static final int CENTS = 2;

    private final Map<ProviderId, HostingCost> ofMachines = new HashMap<>();

    /**
     * What the places ask.
     *
     * @param offers what is sold where the model may be held
     */
    Hosting(PlannedJob job, List<Offer> offers) {
        double needed = job.architecture().parameters() * 2 * ROOM / GIB + CONTEXT_GIB;
        GpuTable gpus = GpuTable.shipped();
        offers.stream()
                .filter(MachineOffer.class::isInstance)
                .map(MachineOffer.class::cast)
                .filter(machine -> machine.tier() == PurchaseTier.ON_DEMAND && machine.perHour() != null)
                .filter(machine -> usableGib(machine, gpus) >= needed)
                .sorted(Offer.CHEAPEST_FIRST)
                .forEach(machine -> ofMachines.putIfAbsent(machine.target(), cost(machine)));
    }

    private static double usableGib(MachineOffer machine, GpuTable gpus) {
        Gpus own = machine.gpus();
        return own == null
                ? 0
                : gpus.find(own.name())
                        .map(gpu -> own.count() * gpu.usableMemoryGib())
                        .orElse(0.0);
    }

    private static HostingCost cost(MachineOffer machine) {
        Money hour = machine.price().orElseThrow().amount();
        return new HostingCost(
                machine.instanceType() + " that always runs",
                times(hour),
                HOURS + " h x " + hour + " in " + machine.region()
                        + ", at the rate of training; endpoints cost about the same",
                machine.region());
    }

    /** Of a result that was trained on machines of a place; empty where it sells none in these regions that holds it. */
    Optional<HostingCost> of(ProviderId target) {
        return Optional.ofNullable(ofMachines.get(target));
    }

    /** Of a result that a service keeps. */
    static HostingCost of(TokenOffer service) {
        PriceFact hour = service.rates().hosting();
        PriceFact month = service.rates().storage();
        if (hour == null) {
            return new HostingCost(
                    "held ready by the hour",
                    null,
                    "the rate is not known" + (month == null ? "" : "; " + kept(month)),
                    service.region());
        }
        Duration atMost = service.hostedAtMost();
        if (atMost != null) {
            String limit = Figures.duration(atMost);
            return new HostingCost(
                    "held ready for " + limit + " at most",
                    null,
                    hour.amount() + " an hour; its place ends what is deployed so after " + limit
                            + ", and the model stays"
                            + (month == null ? "" : "; " + kept(month)),
                    service.region());
        }
        Money held = times(hour.amount());
        BigDecimal all = held.amount()
                .add(month == null ? BigDecimal.ZERO : month.amount().amount());
        String hours =
                hour.amount().amount().signum() == 0 ? "nothing while nobody asks" : HOURS + " h x " + hour.amount();
        return new HostingCost(
                hour.amount().amount().signum() == 0 ? "kept, and paid when it is asked" : "held ready by the hour",
                new Money(all, held.currency()),
                hours + (month == null ? "" : "; " + kept(month)),
                service.region());
    }

    private static String kept(PriceFact month) {
        return month.amount() + " a month to keep the model";
    }

    private static Money times(Money hour) {
        return new Money(hour.amount().multiply(HOURS).setScale(CENTS, RoundingMode.HALF_UP), hour.currency());
    }
}
