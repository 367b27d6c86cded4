package dev.finetune4j.engine;

import dev.finetune4j.engine.price.Market;
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
     * @param warnings what could not be read
     */
    record Known(List<Offer> offers, List<Problem> warnings) {}

    synchronized Known get() {
        if (known == null) {
            List<Problem> warnings = new ArrayList<>();
            known = new Known(Market.open(context).offers(warnings), warnings);
        }
        return known;
    }
}
