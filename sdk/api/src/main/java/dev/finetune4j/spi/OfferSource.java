package dev.finetune4j.spi;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.plan.Offer;
import dev.finetune4j.value.ProviderId;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Knows what one vendor's places sell; found with ServiceLoader. Prices that were fetched are kept by whoever calls, not here. Safe for
 * use by several threads.
 */
public interface OfferSource {
    /** A short name for messages and files: lower-case letters and hyphens, different from every other source's. */
    String name();

    /** What {@link #refresh} needs, for people: a phrase that follows "needs", such as "no account". */
    String needs();

    /** The dated table inside the product. Asks nobody, and is quick. */
    List<Offer> offers();

    /** The places whose machines train models of the place's own and no others, so that a job must name one of them. */
    default Set<ProviderId> withOwnModels() {
        return Set.of();
    }

    /**
     * The models that stand in for those which its places do not tune by the token, smaller ones before larger ones of the same place. May be
     * empty. Asks nobody.
     */
    List<Equivalent> equivalents();

    /** How long machines of its places take to start, where that is another time than machines of other clouds take. Asks nobody. */
    default List<StartUp> startUps() {
        return List.of();
    }

    /**
     * In which country each region of its places is: ISO 3166-1 alpha-2, such as {@code IE}, by the places' name of the region. A region that is
     * left out is in no group of regions, such as {@code eu}. Asks nobody.
     */
    default Map<String, String> countries() {
        return Map.of();
    }

    /**
     * Asks the vendor for today's prices.
     *
     * @param known the offers as they are known so far; what cannot be had anew stays as it is there
     * @throws FineTuneException if nothing could be had, for want of credentials or a network
     */
    Refreshed refresh(ProviderContext context, List<Offer> known);

    /**
     * Offers with today's prices.
     *
     * @param offers all of them, also those whose price stayed
     * @param problems what could not be had, as warnings
     */
    record Refreshed(List<Offer> offers, List<Problem> problems) {
        /** Copies the lists. */
        public Refreshed {
            offers = List.copyOf(offers);
            problems = List.copyOf(problems);
        }
    }
}
