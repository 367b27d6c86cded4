package dev.finetune4j.engine;

import dev.finetune4j.engine.price.Market;
import dev.finetune4j.engine.price.PlaceFacts;
import dev.finetune4j.error.Problem;
import dev.finetune4j.plan.Offer;
import dev.finetune4j.spi.ProviderContext;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The offers of the market, read when they are first asked for and then kept. Safe for use by several threads. */
final class OnceKnownOffers {
    private final ProviderContext context;
    private @Nullable Known known;

    OnceKnownOffers(ProviderContext context) {
        this.context = context;
    }

    /**
     * What is known.
     *
     * @param offers everything that is sold
     * @param places what is known of the places besides
     * @param warnings what could not be read
     */
    record Known(List<Offer> offers, PlaceFacts places, List<Problem> warnings) {}

    synchronized Known get() {
        if (known == null) {
            List<Problem> warnings = new ArrayList<>();
            Market market = Market.open(context);
            known = new Known(market.offers(warnings), market.facts(), warnings);
        }
        return known;
    }
}
