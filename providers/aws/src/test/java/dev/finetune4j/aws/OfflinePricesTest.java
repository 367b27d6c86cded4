package dev.finetune4j.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.aws.bedrock.BedrockPrices;
import dev.finetune4j.aws.sagemaker.SageMakerPrices;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.OfflineAws;
import dev.finetune4j.offlinecloud.container.PlannedContainer;
import dev.finetune4j.offlinecloud.prices.Product;
import dev.finetune4j.offlinecloud.sagemaker.OfflineSageMaker.Account;
import dev.finetune4j.offlinecloud.sagemaker.Pace;
import dev.finetune4j.plan.Offer;
import dev.finetune4j.plan.PriceFact;
import dev.finetune4j.plan.PriceSource;
import dev.finetune4j.plan.PriceTrust;
import dev.finetune4j.spi.OfferSource.Refreshed;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.testkit.GoldenFiles;
import dev.finetune4j.value.Money;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The offline AWS has the prices of the product's own table, as far as those were read at Amazon, and they can be asked for there. Of
 * the region where it starts nothing was read there: it has what the product estimates for it, so that who looks around finds prices.
 */
class OfflinePricesTest {
    private static final Map<String, String> PREFIXES = Map.of(
            "ap-northeast-1",
            "APN1",
            "ap-south-1",
            "APS3",
            "eu-west-1",
            "EUW1",
            "us-east-1",
            "USE1",
            "us-west-2",
            "USW2");
    private static final Pattern HOME = Pattern.compile("sagemaker/eu-central-1/(ml\\.[^/]+)/on-demand");
    private static final String G5 = "sagemaker/us-east-1/ml.g5.2xlarge/on-demand";

    private final AwsOfferSource source = new AwsOfferSource();
    private OfflineAws aws;

    @BeforeEach
    void open() throws IOException {
        aws = OfflineAws.start(
                Account.sample(), Clock.systemUTC(), Pace.SWIFT, PlannedContainer.succeedingAfter(Duration.ofHours(1)));
    }

    @AfterEach
    void close() {
        aws.close();
    }

    @Test
    void listsWhatTheTableHasFromAmazonItself() {
        GoldenFiles.in(
                        "../../../../../local-runner/offline-cloud/src/main/resources/dev/finetune4j/offlinecloud/prices")
                .assertMatches(
                        "products.json",
                        products().stream().map(Json::line).collect(Collectors.joining(",\n  ", "[\n  ", "\n]\n")));
    }

    @Test
    void refreshesFromIt() {
        Refreshed refreshed = source.refresh(context(), source.offers());

        for (SageMakerPrices.Rate rate : SageMakerPrices.shipped().training()) {
            if (isPublished(SageMakerPrices.shipped().sources().get(rate.source()))) {
                String offer = "sagemaker/" + rate.region() + "/ml." + rate.type() + "/on-demand";
                assertThat(price(refreshed, offer)).as(offer).hasValueSatisfying(price -> {
                    assertThat(price.amount().amount()).isEqualByComparingTo(rate.perHour());
                    assertThat(price.source()).contains("Price List API");
                });
            }
        }
        assertThat(price(refreshed, "bedrock/us-east-1/amazon.nova-2-lite-v1:0:256k/regional"))
                .hasValueSatisfying(price -> assertThat(price.amount()).isEqualTo(Money.parse("3.78 USD")));
        assertThat(refreshed.problems())
                .as("what was never read at Amazon is not listed here")
                .isNotEmpty()
                .allSatisfy(problem -> assertThat(problem.code()).isEqualTo("FT0813"));
        assertThat(aws.calls("GetProducts")).isNotEmpty();
    }

    @Test
    void tellsAnotherPriceOnceItIsAnother() {
        aws.prices()
                .put(new Product(
                        "AmazonSageMaker",
                        "us-east-1",
                        "USE1-Train:ml.g5.2xlarge",
                        "Hrs",
                        "9.5000000000",
                        LocalDate.parse("2026-11-01")));

        assertThat(price(source.refresh(context(), source.offers()), G5))
                .hasValueSatisfying(price -> assertThat(price.amount()).isEqualTo(Money.parse("9.5 USD")));
    }

    private static List<Product> products() {
        List<Product> products = new ArrayList<>();
        SageMakerPrices machines = SageMakerPrices.shipped();
        machines.training().stream()
                .filter(rate -> isPublished(machines.sources().get(rate.source())))
                .map(rate -> new Product(
                        "AmazonSageMaker",
                        rate.region(),
                        PREFIXES.get(rate.region()) + "-Train:ml." + rate.type(),
                        "Hrs",
                        decimals(rate.perHour()),
                        rate.date()))
                .forEach(products::add);
        new AwsOfferSource().offers().forEach(offer -> estimated(offer).ifPresent(products::add));
        BedrockPrices models = BedrockPrices.shipped();
        for (BedrockPrices.Model model : models.models()) {
            BedrockPrices.Rate rate = model.training();
            String usageType = model.usageType();
            if (rate != null
                    && usageType != null
                    && isPublished(models.sources().get(rate.source()))) {
                products.add(new Product(
                        "AmazonBedrock",
                        model.region(),
                        usageType,
                        "1K tokens",
                        decimals(rate.amount().movePointLeft(3)),
                        rate.date()));
            }
        }
        return products;
    }

    /** A machine's price on demand in eu-central-1, which was derived from another one. */
    private static Optional<Product> estimated(Offer offer) {
        Matcher machine = HOME.matcher(offer.id());
        return offer.price()
                .filter(price -> machine.matches() && price.isEstimate())
                .map(price -> new Product(
                        "AmazonSageMaker",
                        "eu-central-1",
                        "EUC1-Train:" + machine.group(1),
                        "Hrs",
                        price.amount()
                                .amount()
                                .setScale(10, RoundingMode.HALF_UP)
                                .toPlainString(),
                        price.date()));
    }

    private static String decimals(BigDecimal amount) {
        return amount.setScale(10, RoundingMode.UNNECESSARY).toPlainString();
    }

    private static boolean isPublished(@Nullable PriceSource source) {
        return source != null && source.trust() == PriceTrust.PUBLISHED;
    }

    private ProviderContext context() {
        return new ProviderContext(
                Path.of("unused"),
                Map.of(
                        "AWS_ENDPOINT_URL", aws.endpoint().toString(),
                        "AWS_ACCESS_KEY_ID", aws.accessKeyId(),
                        "AWS_SECRET_ACCESS_KEY", aws.secretAccessKey()),
                Clock.systemUTC());
    }

    private static Optional<PriceFact> price(Refreshed refreshed, String offer) {
        return refreshed.offers().stream()
                .filter(candidate -> candidate.id().equals(offer))
                .findFirst()
                .flatMap(Offer::price);
    }
}
