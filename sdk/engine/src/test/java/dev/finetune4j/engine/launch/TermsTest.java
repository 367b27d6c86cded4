package dev.finetune4j.engine.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.job.Budget;
import dev.finetune4j.plan.DurationRange;
import dev.finetune4j.plan.Fit;
import dev.finetune4j.plan.LaunchTerms;
import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.plan.MoneyRange;
import dev.finetune4j.plan.PlanOption;
import dev.finetune4j.plan.PriceFact;
import dev.finetune4j.plan.PriceTrust;
import dev.finetune4j.plan.PriceUnit;
import dev.finetune4j.plan.PurchaseTier;
import dev.finetune4j.testkit.fake.FakeProvider;
import dev.finetune4j.value.Money;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Currency;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a launch may take at most follows from budget and price, and is never more than the budget. */
class TermsTest {
    static final Duration WIND_DOWN = Duration.ofMinutes(15);

    @Test
    void endsTheJobWhereTheMoneyWouldEnd() {
        LaunchTerms terms = Terms.of(option("1.20", 10), cost("1.00 USD"), true, WIND_DOWN);

        assertThat(terms.timeLimit()).isEqualTo(Duration.ofMinutes(35));
        assertThat(terms.worstCost()).isEqualTo(Money.parse("1.0000 USD"));
    }

    @Test
    void takesTheShorterOfBothLimits() {
        Budget both = new Budget(Money.parse("100 USD"), Duration.ofMinutes(20));

        LaunchTerms terms = Terms.of(option("1.20", 10), both, true, WIND_DOWN);

        assertThat(terms.timeLimit()).isEqualTo(Duration.ofMinutes(20));
        assertThat(terms.worstCost()).isEqualTo(Money.parse("0.7000 USD"));
    }

    @Test
    void asksForABudgetThatLasts() {
        assertThatThrownBy(() -> Terms.of(option("1.20", 10), Budget.unlimited(), true, WIND_DOWN))
                .isInstanceOfSatisfying(FineTuneException.class, refusal -> {
                    assertThat(refusal.problems().get(0).code()).isEqualTo("FT0520");
                    assertThat(refusal.problems().get(0).remedies()).contains("budget.max-cost: 1 USD");
                });
        assertThat(Terms.of(option("1.20", 10), cost("1 USD"), true, WIND_DOWN).timeLimit())
                .isGreaterThan(Duration.ofMinutes(20));
    }

    @Test
    void refusesABudgetThatEndsBeforeTheJob() {
        assertThatThrownBy(() -> Terms.of(option("1.20", 10), cost("0.40 USD"), true, WIND_DOWN))
                .hasMessageContaining(
                        "FT0521: the budget lets ml.g5.xlarge run for 5 min, the job is likely to take 10 min");
    }

    @Test
    void keepsNoBudgetByAPriceThatIsNotKnown() {
        assertThatThrownBy(() -> Terms.of(option(null, 10), cost("5 USD"), true, WIND_DOWN))
                .hasMessageContaining("FT0520");
        LaunchTerms byTime = Terms.of(option(null, 10), new Budget(null, Duration.ofHours(1)), true, WIND_DOWN);
        assertThat(byTime.timeLimit()).isEqualTo(Duration.ofHours(1));
        assertThat(byTime.worstCost()).isNull();
    }

    @Test
    void limitsNothingThatIsFree() {
        LaunchTerms terms = Terms.of(option("1.20", 10), Budget.unlimited(), false, Duration.ZERO);

        assertThat(terms.timeLimit()).isNull();
        assertThat(terms.worstCost()).isNull();
    }

    /** Whatever price and budget: a job that runs to its limit and takes longest to wind down stays within the budget. */
    @Test
    void neverLetsAJobCostMoreThanTheBudget() {
        Random random = new Random(1);
        for (int i = 0; i < 10_000; i++) {
            BigDecimal price = BigDecimal.valueOf(random.nextInt(5, 1_000_000), 4);
            BigDecimal budget = BigDecimal.valueOf(random.nextInt(1, 100_000), 2);
            try {
                LaunchTerms terms = Terms.of(
                        option(price.toPlainString(), random.nextInt(1, 300)),
                        cost(budget + " USD"),
                        true,
                        Duration.ofSeconds(random.nextInt(0, 3600)));
                assertThat(Objects.requireNonNull(terms.worstCost()).amount()).isLessThanOrEqualTo(budget);
                assertThat(terms.timeLimit())
                        .isGreaterThanOrEqualTo(terms.time().likely());
            } catch (FineTuneException tooSmall) {
                assertThat(tooSmall.problems().get(0).code()).isEqualTo("FT0521");
            }
        }
    }

    static PlanOption option(@Nullable String perHour, int likelyMinutes) {
        Currency dollars = Currency.getInstance("USD");
        PriceFact price = perHour == null
                ? null
                : new PriceFact(
                        new Money(new BigDecimal(perHour), dollars),
                        PriceUnit.HOUR,
                        LocalDate.of(2026, 9, 1),
                        "a test",
                        PriceTrust.PUBLISHED,
                        false);
        MachineOffer offer = new MachineOffer(
                FakeProvider.ID, "ml.g5.xlarge", "eu-central-1", PurchaseTier.ON_DEMAND, null, 4, 16, price, null);
        Duration likely = Duration.ofMinutes(likelyMinutes);
        MoneyRange cost = price == null
                ? null
                : new MoneyRange(
                        price.amount().forHours(likely.dividedBy(2)),
                        price.amount().forHours(likely),
                        price.amount().forHours(likely.multipliedBy(2)));
        return new PlanOption(
                offer.id(),
                FakeProvider.ID,
                offer.name(),
                offer.region(),
                offer,
                null,
                null,
                Fit.FITS,
                null,
                0,
                List.of(),
                List.of(),
                new DurationRange(likely.dividedBy(2), likely, likely.multipliedBy(2)),
                List.of(),
                cost,
                null,
                PlanOption.Standing.WITHIN,
                List.of());
    }

    private static Budget cost(String most) {
        return new Budget(Money.parse(most), null);
    }
}
