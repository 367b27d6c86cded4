package dev.finetune4j.engine.plan;

import static dev.finetune4j.engine.plan.SampleOptions.PLACE;

import dev.finetune4j.engine.launch.EngineRefusals;
import dev.finetune4j.engine.price.OfferFilter;
import dev.finetune4j.engine.price.PlaceFacts;
import dev.finetune4j.plan.Gpus;
import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.plan.Objective;
import dev.finetune4j.plan.Offer;
import dev.finetune4j.plan.PriceFact;
import dev.finetune4j.plan.PriceTrust;
import dev.finetune4j.plan.PriceUnit;
import dev.finetune4j.plan.PurchaseTier;
import dev.finetune4j.plan.ServiceLimits;
import dev.finetune4j.plan.ServiceMethod;
import dev.finetune4j.plan.TokenOffer;
import dev.finetune4j.plan.TokenRates;
import dev.finetune4j.spi.Equivalent;
import dev.finetune4j.value.Money;
import dev.finetune4j.value.ProviderId;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Machines with one GPU at one place and a service at another, which are planned for a {@link SampleJob}. */
final class SampleMarket {
    static final ProviderId SERVICE = new ProviderId("service");

    private static final LocalDate TODAY = LocalDate.of(2026, 11, 24);
    private static final int MEMORY_GB = 24;

    private SampleMarket() {}

    /** A machine at a price of an hour, or none that is known. */
    static MachineOffer machine(String gpu, String region, PurchaseTier tier, @Nullable String perHour) {
        return new MachineOffer(
                PLACE,
                "one-" + gpu,
                region,
                tier,
                new Gpus(gpu, 1, MEMORY_GB),
                8,
                32,
                perHour == null ? null : fact(perHour, PriceUnit.HOUR),
                null);
    }

    /** A service that tunes a model of its own instead of any, at a price of a million tokens. */
    static TokenOffer service(String region, String perMillion, ServiceLimits limits) {
        return new TokenOffer(
                SERVICE,
                "its-own",
                region,
                "global",
                List.of(ServiceMethod.SUPERVISED),
                new TokenRates(fact(perMillion, PriceUnit.MILLION_TOKENS), null, null, null, null),
                limits,
                null,
                null,
                null);
    }

    static PriceFact fact(String amount, PriceUnit unit) {
        return new PriceFact(Money.parse(amount), unit, TODAY, "a list", PriceTrust.PUBLISHED, false);
    }

    static Planner planner(List<? extends Offer> offers) {
        PlaceFacts places =
                new PlaceFacts(Set.of(), List.of(new Equivalent(SERVICE, "its-own", 1000, "a test")), List.of());
        return new Planner(new PlanContext(
                List.copyOf(offers),
                places,
                List.of(),
                1L << 30,
                List.of(),
                List.of(),
                Map.of(),
                machines -> Map.of(),
                machines -> Map.of(),
                Map.of(),
                EngineRefusals.NONE,
                null,
                TODAY,
                "test",
                List.of()));
    }

    /** Every region that begins as one of these, or all. */
    static PlanRequest request(OfferFilter.Spot spot, String... regions) {
        OfferFilter filter = new OfferFilter(List.of(), List.of(regions), List.of(), spot, null);
        return new PlanRequest(filter, Objective.COST, null, null, true, null);
    }
}
