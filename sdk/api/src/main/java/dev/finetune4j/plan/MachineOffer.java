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
        return target + "/" + region + "/" + instanceType + "/"
                + tier.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    @Override
    public Optional<PriceFact> price() {
        return Optional.ofNullable(perHour);
    }

    @Override
    public MachineOffer at(PriceFact price) {
        return new MachineOffer(target, instanceType, region, tier, gpus, vcpus, memoryGib, price, note);
    }
}
