package dev.finetune4j.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.engine.price.OfferFilter;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.plan.MoneyRange;
import dev.finetune4j.plan.Plan;
import dev.finetune4j.plan.PlanOption;
import dev.finetune4j.plan.PlanOption.Standing;
import dev.finetune4j.plan.PriceUnit;
import dev.finetune4j.plan.PurchaseTier;
import dev.finetune4j.value.Money;
import java.math.BigDecimal;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is auctioned is never told to cost more than on demand, which is the most that is billed. */
class SpotCostTest {
    private static final Plan PLAN = plan(null);

    private final PlanOption unknown = option("unknown");
    private final PlanOption cheap = option("cheap");
    private final PlanOption dear = option("dear");

    @Test
    void thePriceOnDemandThatStandsInForAnUnknownOneDoesNotMove() {
        assertThat(spread(unknown)).isLessThan(spread(cheap));
        assertThat(unknown.costs()).singleElement().satisfies(line -> {
            assertThat(line.price()).isEqualTo(SampleMarket.fact("1 USD", PriceUnit.HOUR));
            assertThat(line.moves()).isNull();
        });
    }

    @Test
    void aPriceRisesToThatOnDemandAtMost() {
        assertThat(high(dear)).as("but for rounding").isLessThanOrEqualTo(high(unknown) + 0.0003);
        assertThat(spread(dear)).isLessThan(spread(cheap));
        assertThat(low(dear)).as("it may fall").isLessThan(0.95 * low(unknown));
    }

    @Test
    void isHeldAgainstALimitByItsHoursAtThePriceOnDemand() {
        MoneyRange atMost = Ranking.billedAtMost(cheap);

        assertThat(List.of(atMost.low(), atMost.likely(), atMost.high()))
                .as("as many hours as of the one that is told at that price, which is two and a half times its own")
                .usingElementComparator(SpotCostTest::compareButForRounding)
                .containsExactly(
                        cost(unknown).low(),
                        cost(unknown).likely(),
                        cost(unknown).high());
        assertThat(amount(atMost.high()))
                .as("the end of its own cost tells already how far the price may rise")
                .isLessThan(2.5 * high(cheap));
        assertThat(Ranking.billedAtMost(unknown)).isEqualTo(unknown.cost());
    }

    @Test
    void keepsALimitThatPaysForItsHoursAtThePriceOnDemand() {
        Money limit = new Money(cost(unknown).high().amount().add(new BigDecimal("0.001")), Bill.CURRENCY);

        assertThat(plan(limit).options())
                .filteredOn(option -> !option.region().equals("dear"))
                .hasSize(2)
                .allSatisfy(option ->
                        assertThat(option.standing()).as(option.region()).isEqualTo(Standing.WITHIN));
    }

    @Test
    void saysWhatMovesThePrice() {
        for (PlanOption option : List.of(cheap, dear)) {
            assertThat(option.costs())
                    .singleElement()
                    .satisfies(line -> assertThat(line.moves())
                            .contains("how spot prices move until the launch", "(P10 0.85, P50 1, P90 1.4)")
                            .endsWith(", but never above the price on demand, 1 USD"));
        }
    }

    /** On spot alone, where so much may be paid at most. */
    private static Plan plan(@Nullable Money limit) {
        PlanRequest onSpot = SampleMarket.request(OfferFilter.Spot.ONLY);
        return SampleMarket.planner(List.of(spot("unknown", null), spot("cheap", "0.40 USD"), spot("dear", "0.95 USD")))
                .plan(
                        SampleJob.figures(LoraTuning.defaults()),
                        new PlanRequest(onSpot.filter(), onSpot.objective(), limit, null, true, null));
    }

    private static MachineOffer spot(String region, @Nullable String perHour) {
        return SampleMarket.machine("A10G", region, PurchaseTier.SPOT, perHour)
                .atMost(SampleMarket.fact("1 USD", PriceUnit.HOUR));
    }

    private static PlanOption option(String region) {
        return PLAN.options().stream()
                .filter(option -> option.region().equals(region))
                .findFirst()
                .orElseThrow();
    }

    private static MoneyRange cost(PlanOption option) {
        return Objects.requireNonNull(option.cost());
    }

    private static double low(PlanOption option) {
        return amount(cost(option).low());
    }

    private static double high(PlanOption option) {
        return amount(cost(option).high());
    }

    private static double spread(PlanOption option) {
        return high(option) / amount(cost(option).likely());
    }

    private static double amount(Money money) {
        return money.amount().doubleValue();
    }

    /** Hours are told to the second here, and to four decimals there. */
    private static int compareButForRounding(Money one, Money other) {
        return Math.abs(amount(one) - amount(other)) < 0.001 ? 0 : one.amount().compareTo(other.amount());
    }
}
