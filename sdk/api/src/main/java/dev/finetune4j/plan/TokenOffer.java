package dev.finetune4j.plan;

import dev.finetune4j.value.Checks;
import dev.finetune4j.value.Kind;
import dev.finetune4j.value.ProviderId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A service that trains a model and is paid by what it trains on.
 *
 * @param target the place
 * @param model the place's id of the base model
 * @param region the place's name of the region
 * @param scope where the data may be worked on and on which terms, in the place's words, such as {@code datazone} or {@code global}
 * @param methods how it can train, at the same price
 * @param rates what it asks
 * @param limits what it takes of a job
 * @param isPreemptible whether its training may be interrupted for that of others, at a lower price; null for false, as in older plans,
 *     which keep their digest
 * @param hostedAtMost after so long the place ends what is deployed on these terms, asked or not, and the model stays; null where it does not
 * @param note what a buyer should know besides, or null
 */
@Kind("tokens")
public record TokenOffer(
        ProviderId target,
        String model,
        String region,
        String scope,
        List<ServiceMethod> methods,
        TokenRates rates,
        ServiceLimits limits,
        @Nullable Boolean isPreemptible,
        @Nullable Duration hostedAtMost,
        @Nullable String note)
        implements Offer {
    /** Copies the methods; refuses a price of training that is zero or for the wrong unit. */
    public TokenOffer {
        methods = List.copyOf(methods);
        if (methods.isEmpty()) {
            throw new IllegalArgumentException("methods must not be empty");
        }
        Checks.notBlank("model", model);
        Checks.notBlank("region", region);
        Checks.notBlank("scope", scope);
        PriceFact training = rates.training();
        if (training != null) {
            training.sold(
                    "rates.training",
                    methods.contains(ServiceMethod.REINFORCEMENT) ? PriceUnit.HOUR : PriceUnit.MILLION_TOKENS);
        }
    }

    @Override
    public String name() {
        return model;
    }

    @Override
    public String id() {
        return target + "/" + region + "/" + model + "/" + scope;
    }

    @Override
    public Optional<PriceFact> price() {
        return Optional.ofNullable(rates.training());
    }

    @Override
    public TokenOffer at(PriceFact price) {
        return new TokenOffer(
                target,
                model,
                region,
                scope,
                methods,
                rates.withTraining(price),
                limits,
                isPreemptible,
                hostedAtMost,
                note);
    }
}
