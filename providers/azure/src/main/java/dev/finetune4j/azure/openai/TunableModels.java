package dev.finetune4j.azure.openai;

import dev.finetune4j.azure.tokens.TokenPrices;
import dev.finetune4j.plan.Offer;
import dev.finetune4j.plan.ServiceMethod;
import dev.finetune4j.plan.TokenOffer;
import dev.finetune4j.value.ProviderId;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The models that Azure OpenAI tunes on answers to questions, each in some regions and scopes. Prices know some by a short name, jobs all by one
 * with a date.
 */
final class TunableModels {
    /** What offers are of. */
    static final ProviderId AZURE_OPENAI = new ProviderId("azure-openai");

    /** By what jobs call them. The service has more, which take no conversations or learn from a grader. */
    private static final Map<String, String> NAMES = Map.of(
            "gpt-4.1", "gpt-4.1-2025-04-14",
            "gpt-4.1-mini", "gpt-4.1-mini-2025-04-14",
            "gpt-4.1-nano", "gpt-4.1-nano-2025-04-14",
            "gpt-4o-2024-08-06", "gpt-4o-2024-08-06",
            "gpt-4o-mini-2024-07-18", "gpt-4o-mini-2024-07-18",
            "gpt-35-turbo", "gpt-35-turbo-0125",
            "gpt-oss-20b", "gpt-oss-20b");

    /** What it is sold as. */
    private static final List<TokenOffer> OFFERS = TokenPrices.shipped().offers().stream()
            .filter(TokenOffer.class::isInstance)
            .map(TokenOffer.class::cast)
            .filter(offer -> offer.target().equals(AZURE_OPENAI))
            .filter(offer -> offer.methods().contains(ServiceMethod.SUPERVISED) && NAMES.containsKey(offer.model()))
            .toList();

    private TunableModels() {}

    /** What jobs call a model, which is named as in the price list; empty if it is none that is tuned. */
    static Optional<String> find(String model) {
        return Optional.ofNullable(NAMES.get(model));
    }

    /** What the price list calls a model that is named as in jobs; empty if it is none that is tuned. */
    static Optional<String> listed(String serviceModel) {
        return NAMES.entrySet().stream()
                .filter(name -> name.getValue().equals(serviceModel))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /** Names of all, as the price list has them. */
    static List<String> names() {
        return NAMES.keySet().stream().sorted().toList();
    }

    /** Where a model is tuned in a scope, sorted. */
    static List<String> regions(String model, String scope) {
        return of(model).stream()
                .filter(offer -> offer.scope().equals(scope))
                .map(TokenOffer::region)
                .distinct()
                .sorted()
                .toList();
    }

    /** In which scopes a model is tuned in a region, sorted. */
    static List<String> scopes(String model, String region) {
        return of(model).stream()
                .filter(offer -> offer.region().equals(region))
                .map(TokenOffer::scope)
                .distinct()
                .sorted()
                .toList();
    }

    /** What a model is sold at in a region and scope; empty where that is not known. */
    static Optional<TokenOffer> offer(String model, String region, String scope) {
        return of(model).stream()
                .filter(offer -> offer.region().equals(region) && offer.scope().equals(scope))
                .sorted(Offer.CHEAPEST_FIRST)
                .findFirst();
    }

    private static List<TokenOffer> of(String model) {
        return OFFERS.stream()
                .filter(offer -> offer.model().equals(model) || model.equals(NAMES.get(offer.model())))
                .toList();
    }
}
