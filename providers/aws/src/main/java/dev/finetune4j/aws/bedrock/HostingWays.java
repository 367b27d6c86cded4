package dev.finetune4j.aws.bedrock;

import dev.finetune4j.aws.bedrock.BedrockPrices.Model;
import dev.finetune4j.plan.PriceFact;
import dev.finetune4j.plan.PriceUnit;
import dev.finetune4j.plan.TokenRates;
import dev.finetune4j.spi.HostingWay;
import dev.finetune4j.value.Money;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.bedrock.model.CommitmentDuration;

/** How Bedrock hosts models that it tuned, with what that costs as far as the shipped table knows. Asks nobody. */
final class HostingWays {
    static final String ON_DEMAND = "on-demand";
    static final String PROVISIONED = "provisioned";
    static final String IMPORT = "import";
    private static final String ONE_MONTH = "provisioned-1-month";
    private static final String SIX_MONTHS = "provisioned-6-months";
    private static final int HALF_A_YEAR = 6;
    private static final Map<String, CommitmentDuration> COMMITMENTS =
            Map.of(ONE_MONTH, CommitmentDuration.ONE_MONTH, SIX_MONTHS, CommitmentDuration.SIX_MONTHS);

    private static final String QUOTA =
            "model units for custom models are a quota of the account, which is 0 until somebody asks for more";

    private HostingWays() {}

    /** The ways of a base model, first what costs nothing while nobody asks; also of one that the table does not know. */
    static List<HostingWay> of(String base) {
        BedrockPrices prices = BedrockPrices.shipped();
        Model sold = prices.models().stream()
                .filter(model -> model.model().equals(base))
                .findFirst()
                .orElse(null);
        List<HostingWay> ways = new ArrayList<>();
        if (sold != null && isAskedOnDemand(sold)) {
            ways.add(onDemand(
                    prices.fact(sold.hosting(), PriceUnit.HOUR),
                    prices.fact(sold.input(), PriceUnit.MILLION_TOKENS),
                    prices.fact(sold.output(), PriceUnit.MILLION_TOKENS),
                    "nothing is charged while nobody asks; tokens are, also of those who find it"));
        }
        ways.add(provisioned(PROVISIONED, prices, sold == null ? null : sold.provisioned(), 1, 0));
        ways.add(provisioned(ONE_MONTH, prices, sold == null ? null : sold.provisionedMonth(), null, 1));
        ways.add(provisioned(SIX_MONTHS, prices, null, null, HALF_A_YEAR));
        return List.copyOf(ways);
    }

    /** How a model that was trained elsewhere is hosted. Its price is that of the two known which has a day, and the higher one. */
    static HostingWay imported() {
        BedrockPrices prices = BedrockPrices.shipped();
        BedrockPrices.Imported sold = prices.imported();
        return new HostingWay(
                IMPORT,
                prices.fact(sold.unit(), PriceUnit.HOUR),
                null,
                null,
                false,
                1,
                0,
                null,
                List.of(
                        "this is one custom model unit while a copy of the model is active, counted in windows of five minutes; "
                                + sold.note(),
                        "a copy takes as many units as Bedrock finds, which it tells once the model is there (Llama 3.1 8B: 2, 70B: 8); each costs "
                                + new Money(sold.storage().amount(), prices.currency())
                                + " a month for being kept",
                        "ask it by its ARN: aws bedrock-runtime converse --model-id ARN --messages"
                                + " '[{\"role\": \"user\", \"content\": [{\"text\": \"...\"}]}]' (GPT-OSS: invoke-model)"));
    }

    /** The way of a name for a base model. */
    static Optional<HostingWay> find(String base, String name) {
        if (name.equals(IMPORT)) {
            return Optional.of(imported());
        }
        return of(base).stream().filter(way -> way.name().equals(name)).findFirst();
    }

    /** The way in which a model is hosted already. It can be told and ended although the table knows nothing of its family any more. */
    static HostingWay met(String base, String name) {
        return find(base, name)
                .orElseGet(() -> onDemand(
                        null, null, null, "the shipped table knows no price of this family: look it up at Amazon"));
    }

    private static HostingWay onDemand(
            @Nullable PriceFact hour, @Nullable PriceFact input, @Nullable PriceFact output, String note) {
        return new HostingWay(ON_DEMAND, hour, input, output, true, 1, 0, null, List.of(note));
    }

    /** What a base model asks for tokens, as far as the table knows. */
    static TokenRates base(String base) {
        BedrockPrices prices = BedrockPrices.shipped();
        return prices.models().stream()
                .filter(model -> model.model().equals(base))
                .findFirst()
                .map(sold -> new TokenRates(
                        null,
                        null,
                        null,
                        prices.fact(sold.baseInput(), PriceUnit.MILLION_TOKENS),
                        prices.fact(sold.baseOutput(), PriceUnit.MILLION_TOKENS)))
                .orElseGet(() -> new TokenRates(null, null, null, null, null));
    }

    /** How long a way binds its buyer, in the service's words; null where it does not. */
    static @Nullable CommitmentDuration commitment(String way) {
        return COMMITMENTS.get(way);
    }

    /** The way of throughput that was bought for so long. */
    static String provisioned(@Nullable CommitmentDuration commitment) {
        return COMMITMENTS.entrySet().stream()
                .filter(known -> known.getValue() == commitment)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(PROVISIONED);
    }

    private static HostingWay provisioned(
            String name,
            BedrockPrices prices,
            BedrockPrices.@Nullable Rate rate,
            @Nullable Integer mostUnits,
            int months) {
        return new HostingWay(
                name,
                prices.fact(rate, PriceUnit.HOUR),
                null,
                null,
                false,
                mostUnits,
                months,
                null,
                List.of("paid by the hour, asked or not, until it is ended", QUOTA));
    }

    private static boolean isAskedOnDemand(Model sold) {
        return sold.hosting() != null && sold.hosting().amount().signum() == 0;
    }
}
