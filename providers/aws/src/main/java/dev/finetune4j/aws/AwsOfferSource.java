package dev.finetune4j.aws;

import static java.util.stream.Collectors.toUnmodifiableSet;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.finetune4j.aws.account.AwsPlace;
import dev.finetune4j.aws.bedrock.BedrockPrices;
import dev.finetune4j.aws.price.PriceList;
import dev.finetune4j.aws.sagemaker.SageMakerPrices;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.json.Json;
import dev.finetune4j.plan.Offer;
import dev.finetune4j.plan.PriceFact;
import dev.finetune4j.spi.Equivalent;
import dev.finetune4j.spi.OfferSource;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.spi.RegionTable;
import dev.finetune4j.spi.VendorPlace;
import dev.finetune4j.value.ProviderId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What Amazon's places sell. Today's prices come from the AWS Price List API, which asks for credentials. */
public final class AwsOfferSource implements OfferSource {
    @Override
    public String name() {
        return "aws";
    }

    @Override
    public String needs() {
        return "credentials that may call pricing:GetProducts";
    }

    @Override
    public List<Offer> offers() {
        List<Offer> offers = new ArrayList<>(SageMakerPrices.shipped().offers());
        offers.addAll(BedrockPrices.shipped().offers());
        return offers;
    }

    @Override
    public Set<ProviderId> withOwnModels() {
        return VendorPlace.all(AwsPlace.class).stream()
                .filter(AwsPlace::hasOwnModels)
                .map(AwsPlace::id)
                .collect(toUnmodifiableSet());
    }

    @Override
    public List<Equivalent> equivalents() {
        return Json.resource(AwsOfferSource.class, "equivalents.json", new TypeReference<>() {});
    }

    @Override
    public Map<String, String> countries() {
        return Json.resource(AwsOfferSource.class, "regions.json", new TypeReference<RegionTable>() {})
                .countries();
    }

    /**
     * {@inheritDoc}
     *
     * @throws FineTuneException with FT0811 if Amazon does not accept the credentials or finds none, FT0812 if it cannot be reached
     */
    @Override
    public Refreshed refresh(ProviderContext context, List<Offer> known) {
        Map<String, PriceFact> today = new HashMap<>();
        List<Problem> problems = new ArrayList<>();
        try (PriceList list = PriceList.open(context)) {
            SageMakerPrices.shipped().ask(list, today, problems);
            BedrockPrices.shipped().ask(list, today, problems);
        }
        return new Refreshed(
                known.stream()
                        .map(offer -> today.containsKey(offer.id()) ? offer.at(today.get(offer.id())) : offer)
                        .toList(),
                problems);
    }
}
