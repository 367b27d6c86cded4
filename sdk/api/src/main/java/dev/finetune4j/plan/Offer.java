package dev.finetune4j.plan;

import dev.finetune4j.value.ProviderId;
import java.math.BigDecimal;
import java.util.Comparator;
import java.util.Optional;

/** Something that a place sells on which, or through which, a job could be run. */
public sealed interface Offer permits MachineOffer, TokenOffer {
    /** Cheapest first where prices are for the same unit, of equal ones what was read before what was derived; what has no price comes last. */
    Comparator<Offer> CHEAPEST_FIRST = Comparator.comparing(
                    (Offer offer) ->
                            offer.price().map(price -> price.amount().amount()).orElse(null),
                    Comparator.<BigDecimal>nullsLast(Comparator.naturalOrder()))
            .thenComparing(offer -> offer.price().filter(PriceFact::isEstimate).isPresent());

    /** The place, by the id that job files name. */
    ProviderId target();

    /** The place's own name of the region. */
    String region();

    /** What the place calls it: an instance type, or the id of a model. */
    String name();

    /** What tells it from every other offer, and a word to name it by: place, region, name and terms. */
    String id();

    /** The price of training; empty where it is not known. */
    Optional<PriceFact> price();

    /** The same offer at another price of training. */
    Offer at(PriceFact price);
}
