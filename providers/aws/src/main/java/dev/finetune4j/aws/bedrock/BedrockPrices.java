package dev.finetune4j.aws.bedrock;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.finetune4j.aws.price.AwsPriceProblems;
import dev.finetune4j.aws.price.PriceList;
import dev.finetune4j.aws.price.PriceListProduct;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Retry;
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
import java.time.LocalDate;
import java.util.Currency;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What Bedrock asks for tuning.
 *
 * @param currency of every amount
 * @param sources where the amounts stand
 * @param imported what models cost that were trained elsewhere and brought in
 * @param models those that can be tuned
 */
public record BedrockPrices(
        Currency currency, Map<String, PriceSource> sources, Imported imported, List<Model> models) {
    static final ProviderId BEDROCK = new ProviderId("bedrock");

    private static final String SCOPE = "regional";

    /** What the units of the list are of a million tokens. */
    private static final Map<String, BigDecimal> UNITS_A_MILLION =
            Map.of("1K tokens", BigDecimal.valueOf(1000), "1M tokens", BigDecimal.ONE);

    /**
     * A model in the one region where it can be tuned.
     *
     * @param model id of the base model, with the suffix of its context
     * @param region the region
     * @param minimumRows fewest rows
     * @param training price of a million tokens, or null
     * @param hosting price of an hour, or null
     * @param provisioned price of a model unit for an hour where nothing is committed to, or null
     * @param provisionedMonth the same for whoever takes it for a month, or null
     * @param storage price of a month, or null
     * @param input price of a million tokens, or null
     * @param output price of a million tokens, or null
     * @param baseInput price of a million tokens that the base model reads, or null
     * @param baseOutput the same of those that it writes, or null
     * @param usageType the list's name of its training, or null where it has none; no rule leads from the model to it
     * @param note what a buyer should know
     */
    public record Model(
            String model,
            String region,
            int minimumRows,
            @Nullable Rate training,
            @Nullable Rate hosting,
            @Nullable Rate provisioned,
            @Nullable Rate provisionedMonth,
            @Nullable Rate storage,
            @Nullable Rate input,
            @Nullable Rate output,
            @Nullable Rate baseInput,
            @Nullable Rate baseOutput,
            @Nullable String usageType,
            String note) {}

    /**
     * Custom model units.
     *
     * @param unit price of one for an hour in which a copy of a model is active
     * @param storage price of one for a month, active or not
     * @param note what a buyer should know of these
     */
    public record Imported(Rate unit, Rate storage, String note) {}

    /**
     * One amount.
     *
     * @param amount the amount
     * @param date when
     * @param source a key of {@link #sources}
     */
    public record Rate(BigDecimal amount, LocalDate date, String source) {}

    /** The table inside the product. */
    public static BedrockPrices shipped() {
        return Json.resource(BedrockPrices.class, "prices.json", new TypeReference<>() {});
    }

    /** Every model that can be tuned. */
    public List<Offer> offers() {
        return models.stream().map(this::offer).toList();
    }

    private Offer offer(Model model) {
        TokenRates rates = new TokenRates(
                fact(model.training(), PriceUnit.MILLION_TOKENS),
                fact(model.hosting(), PriceUnit.HOUR),
                fact(model.storage(), PriceUnit.MODEL_MONTH),
                fact(model.input(), PriceUnit.MILLION_TOKENS),
                fact(model.output(), PriceUnit.MILLION_TOKENS));
        return new TokenOffer(
                BEDROCK,
                model.model(),
                model.region(),
                SCOPE,
                List.of(ServiceMethod.SUPERVISED),
                rates,
                limits(model),
                null,
                null,
                model.note());
    }

    private static ServiceLimits limits(Model sold) {
        return TunableModels.find(sold.model())
                .map(TunableModels.TunableModel::serviceLimits)
                .orElseGet(() -> ServiceLimits.from(sold.minimumRows()));
    }

    /** A rate as a price; null for null. */
    @Nullable
    PriceFact fact(@Nullable Rate rate, PriceUnit unit) {
        return rate == null
                ? null
                : Objects.requireNonNull(sources.get(rate.source()), rate.source())
                        .read(new Money(rate.amount(), currency), unit, rate.date());
    }

    /**
     * Asks for today's prices of training, model by model.
     *
     * @param today receives prices by the id of their offer
     * @param problems receives, as warnings, which could not be had
     * @throws FineTuneException with FT0811 if the credentials will not do
     */
    public void ask(PriceList list, Map<String, PriceFact> today, List<Problem> problems) {
        for (Model model : models) {
            String usageType = model.usageType();
            if (usageType == null) {
                continue;
            }
            try {
                ask(list, model, usageType, today, problems);
            } catch (FineTuneException e) {
                if (e.problems().get(0).retry().equals(Retry.NEVER)) {
                    throw e; // the next would be refused, too
                }
                e.problems().forEach(problem -> problems.add(problem.with(Severity.WARNING)));
            }
        }
    }

    private static void ask(
            PriceList list, Model model, String usageType, Map<String, PriceFact> today, List<Problem> problems) {
        List<PriceListProduct.Rate> rates = list.products("AmazonBedrock", Map.of("usagetype", usageType)).stream()
                .flatMap(product -> product.onDemand().stream())
                .distinct()
                .toList();
        BigDecimal unitsAMillion =
                rates.size() == 1 ? UNITS_A_MILLION.get(rates.get(0).unit()) : null;
        if (unitsAMillion == null || rates.get(0).amount().signum() == 0) {
            problems.add(AwsPriceProblems.NOT_LISTED
                    .warning("the price list has no one price of tuning " + model.model())
                    .because(usageType + ": " + (rates.isEmpty() ? "no product" : rates))
                    .build());
            return;
        }
        PriceSource source = new PriceSource("AWS Price List API, " + usageType, PriceTrust.PUBLISHED);
        BigDecimal amount = rates.get(0).amount().multiply(unitsAMillion).stripTrailingZeros();
        today.put(
                BEDROCK + "/" + model.region() + "/" + model.model() + "/" + SCOPE,
                source.read(new Money(amount, Currency.getInstance("USD")), PriceUnit.MILLION_TOKENS, list.today()));
    }
}
