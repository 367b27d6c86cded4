package dev.finetune4j.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.value.Money;
import dev.finetune4j.value.ProviderId;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OfferTest {
    @Test
    void aPriceOfZeroIsNoPrice() {
        PriceFact free = fact("0.00", PriceUnit.HOUR);

        assertThatThrownBy(() -> machine("m", free)).hasMessageContaining("perHour must not be zero");
        assertThatThrownBy(() -> tokens(ServiceMethod.SUPERVISED, fact("0", PriceUnit.MILLION_TOKENS)))
                .hasMessageContaining("rates.training must not be zero");
        assertThat(new TokenRates(null, free, null, null, null).hosting()).isEqualTo(free);
    }

    @Test
    void anUnknownPriceIsEmptyAndSortsLast() {
        MachineOffer unknown = machine("unknown", null);
        MachineOffer cheap = machine("cheap", fact("9.5", PriceUnit.HOUR));
        MachineOffer dear = machine("dear", fact("10", PriceUnit.HOUR));

        assertThat(unknown.price()).isEmpty();
        assertThat(Stream.of(unknown, dear, cheap).sorted(Offer.CHEAPEST_FIRST)).containsExactly(cheap, dear, unknown);
    }

    @Test
    void aPriceIsForTheUnitOfItsPlace() {
        assertThatThrownBy(() -> machine("m", fact("1", PriceUnit.MILLION_TOKENS)))
                .hasMessageContaining("perHour must be for one HOUR");
        assertThatThrownBy(() -> tokens(ServiceMethod.SUPERVISED, fact("1", PriceUnit.HOUR)))
                .hasMessageContaining("MILLION_TOKENS");
        assertThatThrownBy(() -> new TokenRates(null, fact("1", PriceUnit.MODEL_MONTH), null, null, null))
                .hasMessageContaining("hosting must be for one HOUR");
        assertThat(tokens(ServiceMethod.REINFORCEMENT, fact("100", PriceUnit.HOUR))
                        .price())
                .isPresent();
    }

    @Test
    void takesAnotherPriceAndKeepsTheRest() {
        PriceFact before = fact("1", PriceUnit.HOUR);
        PriceFact after = fact("2", PriceUnit.HOUR);

        assertThat(machine("m", before).at(after)).isEqualTo(machine("m", after));
        assertThat(machine("m", null).accelerators()).isEmpty();
    }

    @Test
    void isNamedByPlaceRegionNameAndTerms() {
        assertThat(machine("m", null).id()).isEqualTo("somewhere/north/m/on-demand");
        assertThat(tokens(ServiceMethod.SUPERVISED, fact("1", PriceUnit.MILLION_TOKENS))
                        .id())
                .isEqualTo("service/north/small/regional");
    }

    private static MachineOffer machine(String type, @Nullable PriceFact perHour) {
        return new MachineOffer(
                new ProviderId("somewhere"), type, "north", PurchaseTier.ON_DEMAND, null, 4, 16, perHour, null);
    }

    private static TokenOffer tokens(ServiceMethod method, PriceFact training) {
        TokenRates rates = new TokenRates(training, null, null, null, null);
        return new TokenOffer(
                new ProviderId("service"),
                "small",
                "north",
                "regional",
                List.of(method),
                rates,
                ServiceLimits.from(10),
                false,
                null,
                null);
    }

    private static PriceFact fact(String amount, PriceUnit unit) {
        return new PriceFact(
                Money.parse(amount + " USD"), unit, LocalDate.of(2026, 8, 11), "a list", PriceTrust.PUBLISHED, false);
    }
}
