package dev.finetune4j.azure.openai;

import dev.finetune4j.plan.PriceFact;
import dev.finetune4j.plan.PriceTrust;
import dev.finetune4j.plan.PriceUnit;
import dev.finetune4j.plan.TokenOffer;
import dev.finetune4j.plan.TokenRates;
import dev.finetune4j.spi.HostingWay;
import dev.finetune4j.value.Money;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How Azure OpenAI hosts a model that it tuned: in the scopes in which it tunes, whichever the model was tuned in, with what that costs as far as the
 * shipped table knows. Asks nobody.
 */
final class DeploymentWays {
    static final String REGIONAL = "regional";
    static final String GLOBAL = "global";
    static final String DEVELOPER = "developer";

    /** What is left of a hosting whose tuned model the service ended: the base model, to which it was compared. */
    static final String BASE = "base";

    /** What can be chosen. */
    static final List<String> NAMES = List.of(DEVELOPER, GLOBAL, REGIONAL);

    private static final Duration IDLE = Duration.ofDays(15);
    private static final String HOURLY = "paid by the hour, asked or not, until it is ended";
    private static final String ANYWHERE = "what it is asked may be worked on in any region";
    private static final PriceFact NOT_CHARGED = new PriceFact(
            Money.parse("0 USD"),
            PriceUnit.HOUR,
            LocalDate.of(2026, 8, 11),
            "Azure OpenAI bills base models by the token alone",
            PriceTrust.PUBLISHED,
            false);

    private DeploymentWays() {}

    /**
     * The ways of a base model, first the one that is meant where nobody names one: what costs nothing while nobody asks, unless the job's data
     * were to stay in a region or a zone.
     */
    static List<HostingWay> of(String base, AzureOpenAiOptions options) {
        List<String> names = new ArrayList<>(NAMES);
        String first = options.hostingScope();
        names.remove(first);
        names.add(0, first);
        return names.stream().map(name -> way(name, base, options)).toList();
    }

    /** The way that is meant where no setting names one, by the scope of training. */
    static String usual(String scope) {
        return scope.equals(GLOBAL) || scope.equals(DEVELOPER) ? DEVELOPER : REGIONAL;
    }

    /** What a way costs while nobody asks, as the end of a sentence about it. */
    static String cost(String way) {
        return way.equals(DEVELOPER)
                ? "costs nothing by the hour and ends after 24 h"
                : "is paid by the hour until it is ended";
    }

    /** The way in which a model is deployed already, be it one that is not offered from here. */
    static HostingWay met(Deployed found, String base, AzureOpenAiOptions options) {
        return AzureOpenAiOptions.TRAINING_TYPES.entrySet().stream()
                .filter(type -> type.getValue().equals(found.sku()))
                .map(Map.Entry::getKey)
                .findFirst()
                .map(scope -> way(scope, base, options))
                .orElseGet(() -> new HostingWay(found.sku(), null, null, null, true, 1, 0, IDLE, List.of()));
    }

    /** The way of a base model that was deployed to be compared with. */
    static HostingWay base() {
        return new HostingWay(BASE, NOT_CHARGED, null, null, true, 1, 0, null, List.of());
    }

    private static HostingWay way(String name, String base, AzureOpenAiOptions options) {
        Optional<TokenRates> rates =
                TunableModels.offer(base, options.region(), name).map(TokenOffer::rates);
        List<String> notes = new ArrayList<>();
        notes.add(
                switch (name) {
                    case DEVELOPER ->
                        "the place ends it 24 h after it was made, asked or not; the model stays, and can be hosted again";
                    default -> HOURLY + "; the model stays where the place ends it";
                });
        notes.add(name.equals(REGIONAL) ? "what it is asked stays in " + options.region() : ANYWHERE);
        if (rates.isEmpty()) {
            notes.add("the shipped table has no price of it in " + options.region() + ": look it up at Microsoft");
        }
        notes.add(
                "the base model is deployed beside it where no deployment of it is there, to be compared with; it is paid by the token alone");
        notes.add(options.capacity() + ",000 tokens a minute, the base model as many");
        return new HostingWay(
                name,
                rates.map(TokenRates::hosting).orElse(null),
                rates.map(TokenRates::input).orElse(null),
                rates.map(TokenRates::output).orElse(null),
                true,
                1,
                0,
                idleLimit(name),
                notes);
    }

    /** One for developers is ended by its age. */
    private static @Nullable Duration idleLimit(String name) {
        return name.equals(DEVELOPER) ? null : IDLE;
    }

    /** The service's word for a way. */
    static String sku(String way) {
        return AzureOpenAiOptions.TRAINING_TYPES.getOrDefault(way, way);
    }

    /** The same for a base model, of which there is none for developers. */
    static String baseSku(String way) {
        return sku(way.equals(REGIONAL) ? REGIONAL : GLOBAL);
    }
}
