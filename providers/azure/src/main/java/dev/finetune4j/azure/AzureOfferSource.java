package dev.finetune4j.azure;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.finetune4j.azure.ml.MachinePrices;
import dev.finetune4j.azure.price.RetailPrices;
import dev.finetune4j.azure.tokens.TokenPrices;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.json.Json;
import dev.finetune4j.plan.Offer;
import dev.finetune4j.plan.PriceFact;
import dev.finetune4j.spi.Equivalent;
import dev.finetune4j.spi.OfferSource;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.spi.RegionTable;
import dev.finetune4j.spi.StartUp;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What Microsoft's places sell. Today's prices come from the Azure Retail Prices API, which asks for no account. */
public final class AzureOfferSource implements OfferSource {
    private final URI address;
    private final Duration pause;

    /** Asks Microsoft. */
    public AzureOfferSource() {
        this(RetailPrices.ADDRESS, Duration.ofSeconds(1));
    }

    AzureOfferSource(URI address, Duration pause) {
        this.address = address;
        this.pause = pause;
    }

    @Override
    public String name() {
        return "azure";
    }

    @Override
    public String needs() {
        return "no account";
    }

    @Override
    public List<Offer> offers() {
        List<Offer> offers = new ArrayList<>(MachinePrices.shipped().offers());
        offers.addAll(TokenPrices.shipped().offers());
        return offers;
    }

    @Override
    public List<Equivalent> equivalents() {
        return Json.resource(AzureOfferSource.class, "equivalents.json", new TypeReference<>() {});
    }

    @Override
    public List<StartUp> startUps() {
        return Json.resource(AzureOfferSource.class, "start-ups.json", new TypeReference<>() {});
    }

    @Override
    public Map<String, String> countries() {
        return Json.resource(AzureOfferSource.class, "regions.json", new TypeReference<RegionTable>() {})
                .countries();
    }

    /**
     * {@inheritDoc}
     *
     * @throws FineTuneException with FT0821 if not one price could be had
     */
    @Override
    public Refreshed refresh(ProviderContext context, List<Offer> known) {
        RetailPrices list = new RetailPrices(address, pause, context.clock());
        Map<String, PriceFact> today = new HashMap<>();
        List<Problem> problems = new ArrayList<>();
        MachinePrices.shipped().ask(list, today, problems);
        TokenPrices.shipped().ask(list, today, problems);
        return new Refreshed(
                known.stream()
                        .map(offer -> today.containsKey(offer.id()) ? offer.at(today.get(offer.id())) : offer)
                        .toList(),
                problems);
    }
}
