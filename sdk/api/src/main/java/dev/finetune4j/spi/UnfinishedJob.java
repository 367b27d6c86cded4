package dev.finetune4j.spi;

import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.plan.PurchaseTier;
import dev.finetune4j.value.ProviderId;
import dev.finetune4j.value.RunId;
import java.time.Instant;

/**
 * A job of finetune4j that has not ended at its place, whoever launched it and from whatever machine.
 *
 * @param run whose it is
 * @param reference the place's own name of the job; never a signed address
 * @param region the place's name of the region
 * @param machine the place's name of its machine
 * @param isSpot whether that may be taken back
 * @param since when it was launched
 */
public record UnfinishedJob(RunId run, String reference, String region, String machine, boolean isSpot, Instant since) {
    /** Whether an offer is of its machine, on its terms. */
    public boolean isOn(ProviderId place, MachineOffer offer) {
        return offer.target().equals(place)
                && offer.region().equals(region)
                && offer.instanceType().equals(machine)
                && (offer.tier() == PurchaseTier.ON_DEMAND) != isSpot;
    }
}
