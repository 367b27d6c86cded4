package dev.finetune4j.azure.tokens;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.finetune4j.azure.price.AzurePriceProblems;
import dev.finetune4j.azure.price.RetailPrice;
import dev.finetune4j.azure.price.RetailPrices;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Severity;
import dev.finetune4j.json.Json;
import dev.finetune4j.plan.Offer;
import dev.finetune4j.plan.PriceFact;
import dev.finetune4j.plan.PriceSource;
import dev.finetune4j.plan.PriceTrust;
import dev.finetune4j.plan.PriceUnit;
import dev.finetune4j.plan.ServiceLimits;
import dev.finetune4j.plan.ServiceMethod;
import dev.finetune4j.plan.TokenOffer;
import dev.finetune4j.plan.TokenRates;
import dev.finetune4j.value.Money;
import dev.finetune4j.value.ProviderId;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Currency;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What Azure asks for tuning by the token.
 *
 * @param currency of every amount
 * @param sources where the amounts stand
 * @param models those that can be tuned, by scope and price
 */
public record TokenPrices(Currency currency, Map<String, PriceSource> sources, List<Model> models) {
    /** Azure OpenAI takes no fewer; the serverless models are held to the same. */
    private static final int MINIMUM_ROWS = 10;

    /** Of all epochs together, where a service says how many. */
    private static final Map<ProviderId, Long> MOST_TOKENS = Map.of(new ProviderId("azure-openai"), 2_000_000_000L);

    /** What the units of the list are of a million tokens. */
    private static final Map<String, BigDecimal> UNITS_A_MILLION =
            Map.of("1K", BigDecimal.valueOf(1000), "1M", BigDecimal.ONE);

    private static final Set<String> HOURS = Set.of("1 Hour", "1/Hour");

    /**
     * A model at one price.
     *
     * @param target the place
     * @param model the place's name of it
     * @param scope where the data may be worked on
     * @param methods how it can train
     * @param regions where it has this price
     * @param training price of a million tokens, or of an hour where it learns from a grader
     * @param hosting price of an hour, or null
     * @param input price of a million tokens, or null
     * @param output price of a million tokens, or null
     * @param product the list's name of what it belongs to
     * @param meter the list's name of its training; these names have no grammar
     * @param isPreemptible whether its training may be interrupted
     * @param hostedAtMost after so long what is deployed in this scope is ended, or null
     * @param note what a buyer should know, or null
     */
    public record Model(
            ProviderId target,
            String model,
            String scope,
            List<ServiceMethod> methods,
            List<String> regions,
            Rate training,
            @Nullable Rate hosting,
            @Nullable Rate input,
            @Nullable Rate output,
            String product,
            String meter,
            @Nullable Boolean isPreemptible,
            @Nullable Duration hostedAtMost,
            @Nullable String note) {
        private PriceUnit unit() {
            return methods.contains(ServiceMethod.REINFORCEMENT) ? PriceUnit.HOUR : PriceUnit.MILLION_TOKENS;
        }

        private String idIn(String region) {
            return target + "/" + region + "/" + model + "/" + scope;
        }
    }

    /**
     * One amount.
     *
     * @param amount the amount
     * @param date when
     * @param source a key of {@link #sources}
     */
    public record Rate(BigDecimal amount, LocalDate date, String source) {}

    /** The table inside the product. */
    public static TokenPrices shipped() {
        return Json.resource(TokenPrices.class, "prices.json", new TypeReference<>() {});
    }

    /** Every model in every region. */
    public List<Offer> offers() {
        List<Offer> offers = new ArrayList<>();
        for (Model model : models) {
            TokenRates rates = new TokenRates(
                    fact(model.training(), model.unit()),
                    fact(model.hosting(), PriceUnit.HOUR),
                    null,
                    fact(model.input(), PriceUnit.MILLION_TOKENS),
                    fact(model.output(), PriceUnit.MILLION_TOKENS));
            for (String region : model.regions()) {
                offers.add(new TokenOffer(
                        model.target(),
                        model.model(),
                        region,
                        model.scope(),
                        model.methods(),
                        rates,
                        new ServiceLimits(MINIMUM_ROWS, null, null, null, MOST_TOKENS.get(model.target())),
                        Boolean.TRUE.equals(model.isPreemptible()) ? Boolean.TRUE : null,
                        model.hostedAtMost(),
                        model.note()));
            }
        }
        return offers;
    }

    private @Nullable PriceFact fact(@Nullable Rate rate, PriceUnit unit) {
        return rate == null
                ? null
                : Objects.requireNonNull(sources.get(rate.source()), rate.source())
                        .read(new Money(rate.amount(), currency), unit, rate.date());
    }

    /**
     * Asks for today's prices of training, product by product.
     *
     * @param today receives prices by the id of their offer
     * @param problems receives, as warnings, which could not be had
     */
    public void ask(RetailPrices list, Map<String, PriceFact> today, List<Problem> problems) {
        Set<String> products = new TreeSet<>();
        models.forEach(model -> products.add(model.product()));
        for (String product : products) {
            try {
                ask(list, product, today, problems);
            } catch (FineTuneException e) {
                e.problems().forEach(problem -> problems.add(problem.with(Severity.WARNING)));
            }
        }
    }

    private void ask(RetailPrices list, String product, Map<String, PriceFact> today, List<Problem> problems) {
        Map<String, List<RetailPrice>> byMeter = new HashMap<>();
        for (RetailPrice item : list.items(Map.of("productName", product))) {
            byMeter.computeIfAbsent(item.meterName() + "@" + item.armRegionName(), key -> new ArrayList<>())
                    .add(item);
        }
        PriceSource source = new PriceSource("Azure Retail Prices API, " + product, PriceTrust.PUBLISHED);
        for (Model model : models) {
            if (!model.product().equals(product)) {
                continue;
            }
            List<String> missing = new ArrayList<>();
            for (String region : model.regions()) {
                BigDecimal amount = amount(byMeter.getOrDefault(model.meter() + "@" + region, List.of()), model.unit());
                if (amount == null) {
                    missing.add(region);
                } else {
                    Money money = new Money(amount, Currency.getInstance("USD"));
                    today.put(model.idIn(region), source.read(money, model.unit(), list.today()));
                }
            }
            if (!missing.isEmpty()) {
                problems.add(AzurePriceProblems.NOT_LISTED
                        .warning("the retail prices have no one price of tuning " + model.model() + " (" + model.scope()
                                + ")")
                        .because("meter \"" + model.meter() + "\" in " + String.join(", ", missing))
                        .build());
            }
        }
    }

    private static @Nullable BigDecimal amount(List<RetailPrice> items, PriceUnit unit) {
        Set<BigDecimal> amounts = new TreeSet<>();
        for (RetailPrice item : items) {
            BigDecimal units = unit == PriceUnit.HOUR && HOURS.contains(item.unitOfMeasure())
                    ? BigDecimal.ONE
                    : unit == PriceUnit.MILLION_TOKENS ? UNITS_A_MILLION.get(item.unitOfMeasure()) : null;
            if (units == null || item.retailPrice().signum() == 0) {
                return null;
            }
            amounts.add(item.retailPrice().multiply(units).stripTrailingZeros());
        }
        return amounts.size() == 1 ? amounts.iterator().next() : null;
    }
}
