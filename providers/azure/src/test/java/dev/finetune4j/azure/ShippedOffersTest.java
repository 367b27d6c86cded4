package dev.finetune4j.azure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.plan.Offer;
import dev.finetune4j.plan.PriceFact;
import dev.finetune4j.plan.PriceUnit;
import dev.finetune4j.plan.ServiceMethod;
import dev.finetune4j.plan.TokenOffer;
import dev.finetune4j.spi.OfferSource;
import dev.finetune4j.value.Money;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ShippedOffersTest {
    private static final List<Offer> OFFERS = new AzureOfferSource().offers();
    private static final Map<String, Offer> BY_ID =
            OFFERS.stream().collect(Collectors.toMap(Offer::id, Function.identity()));

    @Test
    void isFoundWithoutBeingNamed() {
        assertThat(ServiceLoader.load(OfferSource.class)).hasAtLeastOneElementOfType(AzureOfferSource.class);
    }

    @Test
    void everyRegionIsInACountry() {
        Map<String, String> countries = new AzureOfferSource().countries();

        assertThat(OFFERS).allSatisfy(offer -> assertThat(countries).containsKey(offer.region()));
        assertThat(countries.values()).allMatch(country -> country.matches("[A-Z]{2}"));
        assertThat(countries).containsEntry("westeurope", "NL").containsEntry("switzerlandnorth", "CH");
    }

    @Test
    void whatStandsInForAModelIsSold() {
        assertThat(new AzureOfferSource().equivalents())
                .isNotEmpty()
                .allSatisfy(one -> assertThat(OFFERS)
                        .anyMatch(offer -> offer instanceof TokenOffer sold
                                && sold.target().equals(one.target())
                                && sold.model().equals(one.model())));
    }

    @Test
    void tellsHowLongItsMachinesTakeToStart() {
        assertThat(new AzureOfferSource().startUps()).singleElement().satisfies(startUp -> {
            assertThat(OFFERS).extracting(Offer::target).contains(startUp.target());
            assertThat(startUp.time().likely()).isEqualTo(Duration.ofMinutes(7));
        });
    }

    @Test
    void aMachineIsHeldOrOfLowPriorityAndTheLatterIsAnEstimate() {
        MachineOffer held = (MachineOffer) offer("azure-ml/eastus/Standard_NC24ads_A100_v4/on-demand");
        PriceFact low = price("azure-ml/eastus/Standard_NC24ads_A100_v4/low-priority");

        assertThat(held.price().orElseThrow().amount()).isEqualTo(Money.parse("3.673 USD"));
        assertThat(held.accelerators()).hasValueSatisfying(gpus -> {
            assertThat(gpus.name()).isEqualTo("A100-80-PCIe");
            assertThat(gpus.count()).isEqualTo(1);
        });
        assertThat(low.isEstimate()).isTrue();
        assertThat(low.source()).contains("Spot meter");
    }

    /** What a job of low priority may cost goes by this: what is known of its own price is another meter's. */
    @Test
    void lowPriorityIsBilledAtMostAtThePriceOnDemand() {
        assertThat(OFFERS)
                .filteredOn(offer -> offer.id().endsWith("/low-priority"))
                .hasSizeGreaterThan(400)
                .allSatisfy(low -> assertThat(((MachineOffer) low).billed())
                        .isEqualTo(offer(low.id().replace("/low-priority", "/on-demand"))
                                .price()));
    }

    @Test
    void noSizeHoldsAPartOfAGpu() {
        assertThat(OFFERS)
                .filteredOn(MachineOffer.class::isInstance)
                .hasSizeGreaterThan(800)
                .allSatisfy(offer ->
                        assertThat(((MachineOffer) offer).accelerators()).isPresent())
                .extracting(Offer::name)
                .doesNotContain("Standard_NV6ads_A10_v5");
    }

    @Test
    void tokensCostWhatTheMetersSay() {
        TokenOffer global = (TokenOffer) offer("azure-openai/eastus2/gpt-4.1/global");
        TokenOffer developer = (TokenOffer) offer("azure-openai/eastus2/gpt-4.1/developer");
        TokenOffer reasoning = (TokenOffer) offer("azure-openai/eastus2/o4-mini/global");

        assertThat(price(global.id()).amount()).isEqualTo(Money.parse("25 USD"));
        assertThat(global.methods()).containsExactly(ServiceMethod.SUPERVISED, ServiceMethod.PREFERENCE);
        assertThat(global.rates().hosting()).extracting(PriceFact::amount).isEqualTo(Money.parse("1.7 USD"));
        assertThat(price(developer.id()).amount()).isEqualTo(Money.parse("12.5 USD"));
        assertThat(developer.rates().hosting()).extracting(PriceFact::amount).isEqualTo(Money.parse("0 USD"));
        assertThat(developer.isPreemptible()).isTrue();
        assertThat(developer.hostedAtMost()).isEqualTo(Duration.ofHours(24));
        assertThat(global.isPreemptible()).isNull();
        assertThat(global.hostedAtMost()).isNull();
        assertThat(price(reasoning.id()).unit()).isEqualTo(PriceUnit.HOUR);
        assertThat(offer("azure-ml/eastus2/Ministral-3B/global").price()).isPresent();
    }

    /** By Microsoft's table of the models that can be tuned, of 2026-03-05: DPO is not among the methods of any other. */
    @Test
    void preferencesAreLearnedByTheModelsThatMicrosoftNames() {
        assertThat(OFFERS)
                .filteredOn(offer ->
                        offer instanceof TokenOffer service && service.methods().contains(ServiceMethod.PREFERENCE))
                .extracting(offer -> ((TokenOffer) offer).model())
                .containsOnly("gpt-4.1", "gpt-4.1-mini", "gpt-4.1-nano", "gpt-4o-2024-08-06");
    }

    @Test
    void everyPriceHasADateAndASourceAndReadingCostsNoMoreThanWriting() {
        assertThat(OFFERS)
                .flatExtracting(offer -> offer.price().stream().toList())
                .allSatisfy(price -> {
                    assertThat(price.amount().amount()).isPositive();
                    assertThat(price.date()).isBetween(LocalDate.of(2026, 5, 1), LocalDate.of(2026, 11, 24));
                });
        assertThat(OFFERS).filteredOn(TokenOffer.class::isInstance).allSatisfy(offer -> {
            PriceFact input = ((TokenOffer) offer).rates().input();
            PriceFact output = ((TokenOffer) offer).rates().output();
            if (input != null && output != null) {
                assertThat(input.amount().amount())
                        .isLessThanOrEqualTo(output.amount().amount());
            }
        });
    }

    private static Offer offer(String id) {
        return Objects.requireNonNull(BY_ID.get(id), id);
    }

    private static PriceFact price(String id) {
        return offer(id).price().orElseThrow();
    }
}
