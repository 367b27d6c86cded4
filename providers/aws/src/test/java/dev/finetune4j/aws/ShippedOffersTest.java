package dev.finetune4j.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.plan.Offer;
import dev.finetune4j.plan.PriceFact;
import dev.finetune4j.plan.PriceTrust;
import dev.finetune4j.plan.PurchaseTier;
import dev.finetune4j.plan.TokenOffer;
import dev.finetune4j.spi.OfferSource;
import dev.finetune4j.value.Money;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ShippedOffersTest {
    private static final List<Offer> OFFERS = new AwsOfferSource().offers();
    private static final Map<String, Offer> BY_ID =
            OFFERS.stream().collect(Collectors.toMap(Offer::id, Function.identity()));

    @Test
    void isFoundWithoutBeingNamed() {
        assertThat(ServiceLoader.load(OfferSource.class)).hasAtLeastOneElementOfType(AwsOfferSource.class);
    }

    @Test
    void everyRegionIsInACountry() {
        Map<String, String> countries = new AwsOfferSource().countries();

        assertThat(OFFERS).allSatisfy(offer -> assertThat(countries).containsKey(offer.region()));
        assertThat(countries.values()).allMatch(country -> country.matches("[A-Z]{2}"));
        assertThat(countries).containsEntry("eu-west-1", "IE").containsEntry("eu-west-2", "GB");
    }

    @Test
    void whatStandsInForAModelIsSold() {
        assertThat(new AwsOfferSource().equivalents())
                .isNotEmpty()
                .allSatisfy(one -> assertThat(OFFERS)
                        .anyMatch(offer -> offer instanceof TokenOffer sold
                                && sold.target().equals(one.target())
                                && sold.model().equals(one.model())));
    }

    @Test
    void everyTypeOfTheGuideIsThere() {
        assertThat(OFFERS)
                .filteredOn(MachineOffer.class::isInstance)
                .extracting(Offer::name)
                .contains("ml.g4dn.xlarge", "ml.g5.2xlarge", "ml.g6e.12xlarge", "ml.p4d.24xlarge", "ml.m5.xlarge");
        assertThat(OFFERS).extracting(offer -> offer.target().value()).contains("sagemaker", "jumpstart", "bedrock");
    }

    @Test
    void noRateOfBeforeThePriceCutOfJune2025IsThere() {
        assertThat(price("sagemaker/us-west-2/ml.p4d.24xlarge/on-demand").amount())
                .isEqualTo(Money.parse("25.251 USD"));
        assertThat(price("sagemaker/us-west-2/ml.p5.48xlarge/on-demand").amount())
                .isEqualTo(Money.parse("63.296 USD"));
        assertThat(machines("ml.p4d.24xlarge"))
                .isNotEmpty()
                .allSatisfy(amount -> assertThat(amount).isLessThan(new BigDecimal("35")));
        assertThat(machines("ml.p5.48xlarge"))
                .isNotEmpty()
                .allSatisfy(amount -> assertThat(amount).isLessThan(new BigDecimal("100")));
    }

    @Test
    void aPriceThatIsDerivedSaysSo() {
        PriceFact derived = price("sagemaker/eu-central-1/ml.g5.2xlarge/on-demand");
        PriceFact read = price("sagemaker/us-east-1/ml.g5.2xlarge/on-demand");

        assertThat(read.isEstimate()).isFalse();
        assertThat(read.amount()).isEqualTo(Money.parse("1.515 USD"));
        assertThat(derived.isEstimate()).isTrue();
        assertThat(derived.source()).startsWith("EC2 on-demand ").contains(" x 1.25 (");
        assertThat(derived.trust()).isEqualTo(PriceTrust.INDIRECT);
        assertThat(derived.amount().amount())
                .isEqualByComparingTo(
                        new BigDecimal(derived.source().split(" ", -1)[2]).multiply(new BigDecimal("1.25")));
    }

    @Test
    void whatNobodyKnowsHasNoPrice() {
        assertThat(offer("sagemaker/us-west-2/ml.p5en.48xlarge/on-demand").price())
                .isEmpty();
        assertThat(offer("bedrock/us-east-1/amazon.nova-pro-v1:0:300k/regional").price())
                .isEmpty();
        assertThat(offer("sagemaker/us-west-2/ml.p5.48xlarge/spot").price()).isEmpty();
    }

    @Test
    void everyPriceHasADateAndASource() {
        assertThat(OFFERS)
                .flatExtracting(offer -> offer.price().stream().toList())
                .allSatisfy(price -> {
                    assertThat(price.amount().amount()).isPositive();
                    assertThat(price.date()).isBetween(LocalDate.of(2021, 1, 1), LocalDate.of(2026, 11, 24));
                    assertThat(price.source()).isNotBlank();
                });
    }

    @Test
    void aModelThatIsAskedOnDemandCostsNothingWhileItWaits() {
        TokenOffer micro = (TokenOffer) offer("bedrock/us-east-1/amazon.nova-micro-v1:0:128k/regional");

        assertThat(micro.rates().hosting())
                .extracting(rate -> rate.amount().amount())
                .isEqualTo(BigDecimal.ZERO);
        assertThat(micro.rates().storage()).extracting(PriceFact::amount).isEqualTo(Money.parse("1.95 USD"));
        assertThat(micro.price().orElseThrow().amount()).isEqualTo(Money.parse("1 USD"));
        assertThat(((TokenOffer) offer("bedrock/us-west-2/anthropic.claude-3-haiku-20240307-v1:0:200k/regional"))
                        .rates()
                        .hosting())
                .isNull();
    }

    private static List<BigDecimal> machines(String type) {
        return OFFERS.stream()
                .filter(offer -> offer.name().equals(type))
                .filter(offer -> ((MachineOffer) offer).tier() == PurchaseTier.ON_DEMAND)
                .flatMap(offer -> offer.price().stream())
                .map(price -> price.amount().amount())
                .toList();
    }

    private static Offer offer(String id) {
        return Objects.requireNonNull(BY_ID.get(id), id);
    }

    private static PriceFact price(String id) {
        return offer(id).price().orElseThrow();
    }
}
