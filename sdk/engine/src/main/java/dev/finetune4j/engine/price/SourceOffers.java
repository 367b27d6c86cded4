package dev.finetune4j.engine.price;

import dev.finetune4j.plan.Offer;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one source knows.
 *
 * @param source its name
 * @param fetchedAt when it was asked last, or null if never: then all prices are of the table inside finetune4j
 * @param offers what it knows, each at the newer price of table and fetched ones
 */
public record SourceOffers(String source, @Nullable Instant fetchedAt, List<Offer> offers) {
    /** Copies the offers. */
    public SourceOffers {
        offers = List.copyOf(offers);
    }
}
