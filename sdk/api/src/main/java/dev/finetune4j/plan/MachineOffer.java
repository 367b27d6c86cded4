package dev.finetune4j.plan;

import dev.finetune4j.value.Checks;
import dev.finetune4j.value.Kind;
import dev.finetune4j.value.ProviderId;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A machine that is let by the hour.
 *
 * @param target the place
 * @param instanceType the place's name of the machine
 * @param region the place's name of the region
 * @param tier on which terms
 * @param gpus its accelerators, or null where it has none
 * @param vcpus virtual processors
 * @param memoryGib main memory
 * @param perHour the price of one machine for one hour, or null where it is not known
 * @param atMost what an hour is billed at most where {@code perHour} is a guess, as of a place whose discount is known on the bill only; null
 *     where {@code perHour} is billed
 * @param note what a buyer should know besides, or null
 */
@Kind("machine")
public record MachineOffer(
        ProviderId target,
        String instanceType,
        String region,
        PurchaseTier tier,
        @Nullable Gpus gpus,
        int vcpus,
        double memoryGib,
        @Nullable PriceFact perHour,
        @Nullable PriceFact atMost,
        @Nullable String note)
        implements Offer {
    /** Refuses sizes that no machine has, and a price that is zero or not for an hour. */
    public MachineOffer {
        Checks.notBlank("instanceType", instanceType);
        Checks.notBlank("region", region);
        Checks.inRange("vcpus", vcpus, 1, 10_000);
        Checks.inRange("memoryGib", memoryGib, 0.5, 100_000);
        if (perHour != null) {
            perHour.sold("perHour", PriceUnit.HOUR);
        }
        if (atMost != null) {
            atMost.sold("atMost", PriceUnit.HOUR);
        }
    }

    /** A machine of a place that bills by its price. */
    public MachineOffer(
            ProviderId target,
            String instanceType,
            String region,
            PurchaseTier tier,
            @Nullable Gpus gpus,
            int vcpus,
            double memoryGib,
            @Nullable PriceFact perHour,
            @Nullable String note) {
        this(target, instanceType, region, tier, gpus, vcpus, memoryGib, perHour, null, note);
    }

    /** Its accelerators, if it has any. */
    public Optional<Gpus> accelerators() {
        return Optional.ofNullable(gpus);
    }

    @Override
    public String name() {
        return instanceType;
    }

    @Override
    public String id() {
        return id(tier);
    }

    /** Id of the same machine on other terms. */
    public String id(PurchaseTier other) {
        return target + "/" + region + "/" + instanceType + "/"
                + other.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    @Override
    public Optional<PriceFact> price() {
        return Optional.ofNullable(perHour);
    }

    @Override
    public MachineOffer at(PriceFact price) {
        return new MachineOffer(target, instanceType, region, tier, gpus, vcpus, memoryGib, price, atMost, note);
    }

    /** The same where an hour is billed this at most. */
    public MachineOffer atMost(PriceFact price) {
        return new MachineOffer(target, instanceType, region, tier, gpus, vcpus, memoryGib, perHour, price, note);
    }

    /** Price of an hour that a bill cannot exceed, if it is known. */
    public Optional<PriceFact> billed() {
        return Optional.ofNullable(atMost == null ? perHour : atMost);
    }
}
