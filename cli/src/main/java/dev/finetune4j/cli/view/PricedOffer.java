package dev.finetune4j.cli.view;

import dev.finetune4j.engine.price.PriceAge;
import dev.finetune4j.plan.Offer;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * An offer with the age of its price.
 *
 * @param id what tells it from every other
 * @param ageDays days since its price was that, or null where it has none
 * @param isOld whether that is more than a table should show without saying so
 * @param offer the offer
 */
public record PricedOffer(String id, @Nullable Long ageDays, boolean isOld, Offer offer) {
    /** An offer as it is to be shown on a day. */
    public static PricedOffer of(Offer offer, LocalDate today) {
        PriceAge age = offer.price().map(price -> PriceAge.of(price, today)).orElse(null);
        return new PricedOffer(offer.id(), age == null ? null : age.days(), age != null && age.isOld(), offer);
    }
}
