package dev.finetune4j.engine.price;

import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.plan.Offer;
import dev.finetune4j.plan.PurchaseTier;
import dev.finetune4j.value.ProviderId;
import java.math.BigDecimal;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which offers are wanted. What is empty or null does not count.
 *
 * @param targets ids of places
 * @param regions beginnings of regions, such as {@code eu-} or {@code eastus2}, or names of groups, such as {@code eu}, as
 *     {@link RegionGroups} takes them
 * @param gpus what GPUs a machine may have; then only machines are wanted
 * @param spot whether machines are wanted that can be taken away
 * @param maxPrice most that an hour, or a million training tokens, may cost; then what has no price is not wanted
 */
public record OfferFilter(
        List<ProviderId> targets,
        List<String> regions,
        List<GpuSpec> gpus,
        Spot spot,
        @Nullable BigDecimal maxPrice) implements Predicate<Offer> {
    /** Whether machines are wanted that can be taken away. */
    public enum Spot {
        /** Only what is held. */
        NEVER,
        /** Both. */
        ALLOW,
        /** Only what can be taken away. */
        ONLY
    }

    /** Copies the lists. */
    public OfferFilter {
        targets = List.copyOf(targets);
        regions = List.copyOf(regions);
        gpus = List.copyOf(gpus);
    }

    /** The same where machines that can be taken away are wanted, too. */
    public OfferFilter orSpot() {
        return spot == Spot.NEVER ? new OfferFilter(targets, regions, gpus, Spot.ALLOW, maxPrice) : this;
    }

    /** The same in every region. */
    public OfferFilter everywhere() {
        return new OfferFilter(targets, List.of(), gpus, spot, maxPrice);
    }

    @Override
    public boolean test(Offer offer) {
        return (targets.isEmpty() || targets.contains(offer.target()))
                && isInRegion(offer)
                && (gpus.isEmpty() || hasGpu(offer))
                && isOnTerms(offer)
                && isCheapEnough(offer);
    }

    /** Whether an offer is in a region that is wanted, whatever else it is. */
    public boolean isInRegion(Offer offer) {
        return regions.isEmpty()
                || regions.stream().anyMatch(word -> RegionGroups.known().isIn(offer.region(), word));
    }

    private boolean hasGpu(Offer offer) {
        return offer instanceof MachineOffer machine
                && machine.accelerators()
                        .filter(own -> gpus.stream().anyMatch(gpu -> gpu.test(own)))
                        .isPresent();
    }

    private boolean isOnTerms(Offer offer) {
        boolean isHeld = !(offer instanceof MachineOffer machine) || machine.tier() == PurchaseTier.ON_DEMAND;
        return switch (spot) {
            case NEVER -> isHeld;
            case ALLOW -> true;
            case ONLY -> !isHeld;
        };
    }

    private boolean isCheapEnough(Offer offer) {
        return maxPrice == null
                || offer.price()
                        .filter(price -> price.amount().amount().compareTo(maxPrice) <= 0)
                        .isPresent();
    }
}
