package dev.finetune4j.engine.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.job.Budget;
import dev.finetune4j.plan.BilledTokens;
import dev.finetune4j.plan.DurationRange;
import dev.finetune4j.plan.Fit;
import dev.finetune4j.plan.LaunchTerms;
import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.plan.MoneyRange;
import dev.finetune4j.plan.Offer;
import dev.finetune4j.plan.PlanOption;
import dev.finetune4j.plan.PriceFact;
import dev.finetune4j.plan.PriceTrust;
import dev.finetune4j.plan.PriceUnit;
import dev.finetune4j.plan.PurchaseTier;
import dev.finetune4j.plan.ServiceLimits;
import dev.finetune4j.plan.ServiceMethod;
import dev.finetune4j.plan.TokenOffer;
import dev.finetune4j.plan.TokenRates;
import dev.finetune4j.spi.Billing;
import dev.finetune4j.spi.Capabilities;
import dev.finetune4j.testkit.fake.FakeProvider;
import dev.finetune4j.value.Money;
import dev.finetune4j.value.ProviderId;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a launch may take at most follows from budget and price, and is never more than the budget. */
class TermsTest {
    static final Duration WIND_DOWN = Duration.ofMinutes(15);
    static final Capabilities TIME = new Capabilities(true, true, true, true, true, Billing.TIME);
    static final Capabilities TOKENS = new Capabilities(false, false, true, false, false, Billing.TOKENS);
    static final Capabilities NOTHING = new Capabilities(true, true, true, true, true, Billing.NOTHING);

    @Test
    void holdsTheBudgetAgainstWhatSpotIsBilledAtMost() {
        PlanOption guessed = option("0.40", 10);
        MachineOffer spot =
                ((MachineOffer) Objects.requireNonNull(guessed.offer())).atMost(fact("1.20", PriceUnit.HOUR));

        LaunchTerms terms =
                Terms.of(option(spot, Duration.ofMinutes(10), guessed.cost(), null), cost("1.00 USD"), TIME, WIND_DOWN);

        assertThat(terms.perHour()).isEqualTo(Money.parse("1.20 USD"));
        assertThat(terms.timeLimit()).isEqualTo(Duration.ofMinutes(35));
        assertThat(terms.worstCost()).isEqualTo(Money.parse("1.0000 USD"));
        assertThat(terms.cost()).isEqualTo(guessed.cost());
    }

    @Test
    void asksForNineJobsInTenWhereNoCheckpointIsKept() {
        Capabilities scripts = new Capabilities(false, true, true, false, true, true, Billing.TIME);
        PlanOption option = option("1.20", 10);
        Duration high = option.time().high();
        Money enough = Money.parse("1.20 USD").forHours(high.plus(WIND_DOWN));
        Budget tight = new Budget(Money.parse("0.55 USD"), null);

        assertThat(Terms.of(option, tight, TIME, WIND_DOWN).timeLimit()).isLessThan(high);
        assertThatThrownBy(() -> Terms.of(option, tight, scripts, WIND_DOWN))
                .isInstanceOfSatisfying(
                        FineTuneException.class,
                        e -> assertThat(e.problems()).singleElement().satisfies(problem -> {
                            assertThat(problem.code()).isEqualTo("FT0521");
                            assertThat(problem.causes().get(0))
                                    .contains("likely to take 10 min", "keeps no checkpoint");
                            assertThat(problem.remedies()).containsExactly("budget.max-cost: 1 USD");
                        }));
        Budget brief = new Budget(Money.parse("50 USD"), Duration.ofMinutes(15));
        assertThatThrownBy(() -> Terms.of(option, brief, scripts, WIND_DOWN))
                .isInstanceOfSatisfying(
                        FineTuneException.class,
                        e -> assertThat(e.problems().get(0).remedies()).containsExactly("budget.max-time: 21m"));
        assertThat(Terms.of(option, new Budget(enough, null), scripts, WIND_DOWN)
                        .timeLimit())
                .isEqualTo(high);
    }

    @Test
    void endsTheJobWhereTheMoneyWouldEnd() {
        LaunchTerms terms = Terms.of(option("1.20", 10), cost("1.00 USD"), TIME, WIND_DOWN);

        assertThat(terms.timeLimit()).isEqualTo(Duration.ofMinutes(35));
        assertThat(terms.worstCost()).isEqualTo(Money.parse("1.0000 USD"));
    }

    @Test
    void takesTheShorterOfBothLimits() {
        Budget both = new Budget(Money.parse("100 USD"), Duration.ofMinutes(20));

        LaunchTerms terms = Terms.of(option("1.20", 10), both, TIME, WIND_DOWN);

        assertThat(terms.timeLimit()).isEqualTo(Duration.ofMinutes(20));
        assertThat(terms.worstCost()).isEqualTo(Money.parse("0.7000 USD"));
    }

    @Test
    void letsAJobRunForAsLongAsItsPlaceWhereTheBudgetPaysForMore() {
        Capabilities aDay = TIME.runningAtMost(Duration.ofDays(1));
        Budget fiveDays = new Budget(Money.parse("200 USD"), Duration.ofDays(5));

        LaunchTerms terms = Terms.of(option("1.20", 10), cost("200 USD"), aDay, WIND_DOWN);
        LaunchTerms byTimeToo = Terms.of(option("1.20", 10), fiveDays, aDay, WIND_DOWN);
        LaunchTerms within = Terms.of(option("1.20", 10), cost("1.00 USD"), aDay, WIND_DOWN);

        assertThat(terms.timeLimit()).isEqualTo(Duration.ofDays(1));
        assertThat(terms.worstCost()).isEqualTo(Money.parse("29.1000 USD"));
        assertThat(terms.isBoundByPlace()).isTrue();
        assertThat(byTimeToo).isEqualTo(terms);
        assertThat(within.timeLimit()).isEqualTo(Duration.ofMinutes(35));
        assertThat(within.isBoundByPlace()).isFalse();
        assertThatThrownBy(() -> Terms.of(option("1.20", 10), Budget.unlimited(), aDay, WIND_DOWN))
                .as("a place's bound is no budget")
                .hasMessageContaining("FT0520");
    }

    @Test
    void refusesAJobThatItsPlaceLetsNotComeToItsEnd() {
        Capabilities anHour = TIME.runningAtMost(Duration.ofHours(1));

        assertThatThrownBy(() -> Terms.of(option("1.20", 90), cost("200 USD"), anHour, WIND_DOWN))
                .isInstanceOfSatisfying(FineTuneException.class, refusal -> {
                    assertThat(refusal)
                            .hasMessageContaining("FT0521: fake lets a job run for 1 h at most, the job on"
                                    + " ml.g5.xlarge is likely to take 1 h 30 min");
                    assertThat(refusal.problems().get(0).remedies())
                            .first()
                            .asString()
                            .startsWith("finetune plan JOB");
                });
    }

    @Test
    void saysBeforeAPlanThatABudgetIsLacking() {
        Budget time = new Budget(null, Duration.ofHours(2));
        Budget money = cost("1.00 USD");

        assertThat(Terms.lacking(Budget.unlimited(), FakeProvider.ID, TIME)).hasValueSatisfying(problem -> {
            assertThat(problem.isError()).isFalse();
            assertThat(problem.code()).isEqualTo("FT0520");
            assertThat(problem.summary())
                    .isEqualTo("fake bills running time, and the job has no budget: a launch will be refused");
            assertThat(problem.remedies()).first().asString().startsWith("budget: {max-cost: 5 USD}    # ");
        });
        assertThat(Terms.lacking(time, FakeProvider.ID, TOKENS)).hasValueSatisfying(problem -> {
            assertThat(problem.summary())
                    .isEqualTo("fake bills tokens, and the job has no budget of money: a launch will be refused");
            assertThat(problem.remedies())
                    .first()
                    .asString()
                    .startsWith("budget: {max-time: 2h, max-cost: 5 USD}    # ");
        });
        assertThat(Terms.lacking(Budget.unlimited(), FakeProvider.ID, NOTHING)).isEmpty();
        assertThat(Terms.lacking(time, FakeProvider.ID, TIME)).isEmpty();
        assertThat(Terms.lacking(money, FakeProvider.ID, TIME)).isEmpty();
        assertThat(Terms.lacking(money, FakeProvider.ID, TOKENS)).isEmpty();
    }

    @Test
    void asksForABudgetThatLasts() {
        assertThatThrownBy(() -> Terms.of(option("1.20", 10), Budget.unlimited(), TIME, WIND_DOWN))
                .isInstanceOfSatisfying(FineTuneException.class, refusal -> {
                    assertThat(refusal.problems().get(0).code()).isEqualTo("FT0520");
                    assertThat(refusal.problems().get(0).remedies()).contains("budget.max-cost: 1 USD");
                });
        assertThat(Terms.of(option("1.20", 10), cost("1 USD"), TIME, WIND_DOWN).timeLimit())
                .isGreaterThan(Duration.ofMinutes(20));
    }

    @Test
    void refusesABudgetThatEndsBeforeTheJob() {
        assertThatThrownBy(() -> Terms.of(option("1.20", 10), cost("0.40 USD"), TIME, WIND_DOWN))
                .hasMessageContaining(
                        "FT0521: the budget lets ml.g5.xlarge run for 5 min, the job is likely to take 10 min");
    }

    @Test
    void keepsNoBudgetByAPriceThatIsNotKnown() {
        assertThatThrownBy(() -> Terms.of(option(null, 10), cost("5 USD"), TIME, WIND_DOWN))
                .hasMessageContaining("FT0520");
        LaunchTerms byTime = Terms.of(option(null, 10), new Budget(null, Duration.ofHours(1)), TIME, WIND_DOWN);
        assertThat(byTime.timeLimit()).isEqualTo(Duration.ofHours(1));
        assertThat(byTime.worstCost()).isNull();
    }

    @Test
    void limitsNothingThatIsFree() {
        LaunchTerms terms = Terms.of(option("1.20", 10), Budget.unlimited(), NOTHING, Duration.ZERO);

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
                        TIME,
                        Duration.ofSeconds(random.nextInt(0, 3600)));
                assertThat(Objects.requireNonNull(terms.worstCost()).amount()).isLessThanOrEqualTo(budget);
                assertThat(terms.timeLimit())
                        .isGreaterThanOrEqualTo(terms.time().likely());
            } catch (FineTuneException tooSmall) {
                assertThat(tooSmall.problems().get(0).code()).isEqualTo("FT0521");
            }
        }
    }

    /** However often a job moves, and whatever was spent until then: what is left pays for the rest, to its limit and winding down. */
    @Test
    void neverLetsAMovedJobCostMoreThanTheBudget() {
        Random random = new Random(2);
        int moved = 0;
        for (int i = 0; i < 10_000; i++) {
            Budget budget = cost(BigDecimal.valueOf(random.nextInt(50, 2000), 2) + " USD");
            Money spent = Money.parse("0 USD");
            Duration billed = Duration.ZERO;
            for (int machine = 0; machine < 4; machine++) {
                BigDecimal price = BigDecimal.valueOf(random.nextInt(1000, 100_000), 4);
                LaunchTerms agreed;
                try {
                    agreed = Terms.of(option(price.toPlainString(), random.nextInt(1, 60)), budget, TIME, WIND_DOWN);
                } catch (FineTuneException tooSmall) {
                    continue;
                }
                Optional<LaunchTerms> left =
                        Terms.left(agreed, budget, spent, billed, billed, Endurance.of(TIME, WIND_DOWN));
                if (left.isPresent()) {
                    moved++;
                    Duration limit = Objects.requireNonNull(left.get().timeLimit());
                    Money most = spent.plus(Objects.requireNonNull(left.get().worstCost()));
                    assertThat(most.amount())
                            .isLessThanOrEqualTo(
                                    Objects.requireNonNull(budget.maxCost()).amount());
                    Duration runs = Duration.ofSeconds(
                            random.nextLong(0, limit.plus(WIND_DOWN).toSeconds() + 1));
                    spent = spent.plus(left.get().costOf(runs).orElseThrow());
                    billed = billed.plus(runs);
                    assertThat(spent.amount()).isLessThanOrEqualTo(most.amount());
                }
            }
        }
        assertThat(moved).isGreaterThan(5000);
    }

    @Test
    void saysWhereNothingButAWatcherEndsAJob() {
        Capabilities unlimited = new Capabilities(false, false, true, false, false, Billing.TIME);

        assertThat(Terms.of(option("1.20", 10), cost("5.00 USD"), TIME, WIND_DOWN)
                        .onlyWatched())
                .isFalse();
        assertThat(Terms.of(option("1.20", 10), cost("5.00 USD"), unlimited, WIND_DOWN)
                        .onlyWatched())
                .isTrue();
        assertThat(Terms.of(tuning("3.78", 1_000_001), cost("3.79 USD"), TOKENS, Duration.ZERO)
                        .onlyWatched())
                .as("a budget holds all tokens there")
                .isFalse();
    }

    @Test
    void goesNowhereWhereNobodyKnowsWhatIsSpent() {
        LaunchTerms agreed = Terms.of(option("1.20", 10), cost("1.00 USD"), TIME, WIND_DOWN);

        assertThat(Terms.left(
                        agreed, cost("1.00 USD"), null, Duration.ZERO, Duration.ZERO, Endurance.of(TIME, WIND_DOWN)))
                .isEmpty();
    }

    @Test
    void holdsNoBudgetAgainstAPriceInAnotherCurrency() {
        assertThatThrownBy(() -> Terms.of(option("1.20", 10), cost("500 JPY"), TIME, WIND_DOWN))
                .hasMessageContaining(
                        "FT0520: the budget of 500 JPY cannot be held against a price of 1.20 USD an hour");
    }

    @Test
    void holdsAllTokensThatCanBeBilledAgainstTheBudget() {
        LaunchTerms terms = Terms.of(tuning("3.78", 1_000_001), cost("3.79 USD"), TOKENS, Duration.ZERO);
        LaunchTerms doubled =
                Terms.of(tuning("3.78", 1_000_001), cost("3.79 USD"), TOKENS.launchingAtLeastOnce(), Duration.ZERO);

        assertThat(terms.worstCost()).isEqualTo(Money.parse("3.7801 USD")); // rounded up
        assertThat(terms.costOfTwo()).isNull();
        assertThat(doubled.worstCost()).isEqualTo(terms.worstCost());
        assertThat(doubled.costOfTwo()).isEqualTo(Money.parse("7.5602 USD"));
        assertThat(terms.perHour()).isNull();
        assertThat(terms.timeLimit()).isNull();
        assertThat(terms.costOf(Duration.ofHours(5))).isEmpty();
        assertThat(Objects.requireNonNull(terms.afterwards()).perMonth()).isEqualTo(Money.parse("1.95 USD"));
        assertThatThrownBy(() -> Terms.of(tuning("3.78", 1_000_001), cost("3.78 USD"), TOKENS, Duration.ZERO))
                .isInstanceOfSatisfying(FineTuneException.class, refusal -> {
                    assertThat(refusal).hasMessageContaining("FT0521: nova may cost up to 3.7801 USD");
                    assertThat(refusal.problems().get(0).causes().get(0))
                            .contains("1,000,001 tokens", "3.78 USD a million", "a byte of UTF-8");
                    assertThat(refusal.problems().get(0).remedies()).contains("budget.max-cost: 3.79 USD");
                });
    }

    @Test
    void keepsNoBudgetOfTimeWhereTokensAreBilled() {
        Budget anHour = new Budget(null, Duration.ofHours(1));

        assertThatThrownBy(() -> Terms.of(tuning("1", 90_000), anHour, TOKENS, Duration.ZERO))
                .hasMessageContaining("FT0520: nova at fake is billed by the token");
        assertThatThrownBy(() -> Terms.of(tuning(null, 90_000), cost("5 USD"), TOKENS, Duration.ZERO))
                .hasMessageContaining("FT0520: the price of nova is not known");
        assertThatThrownBy(() -> Terms.of(tuning("1", 90_000), cost("500 EUR"), TOKENS, Duration.ZERO))
                .hasMessageContaining("FT0521");
        LaunchTerms both = Terms.of(
                tuning("1", 90_000), new Budget(Money.parse("1 USD"), Duration.ofHours(1)), TOKENS, Duration.ZERO);
        assertThat(both.timeLimit()).isEqualTo(Duration.ofHours(1));
    }

    /** Tuning by the token, of a model that is kept for 1.95 USD a month. */
    static PlanOption tuning(@Nullable String perMillion, long mostTokens) {
        PriceFact price = perMillion == null ? null : fact(perMillion, PriceUnit.MILLION_TOKENS);
        TokenRates rates = new TokenRates(price, null, fact("1.95", PriceUnit.MODEL_MONTH), null, null);
        TokenOffer offer = new TokenOffer(
                FakeProvider.ID,
                "nova",
                "us-east-1",
                "regional",
                List.of(ServiceMethod.SUPERVISED),
                rates,
                ServiceLimits.from(8),
                false,
                null,
                null);
        return option(
                offer,
                Duration.ofMinutes(40),
                null,
                price == null ? null : new BilledTokens(mostTokens, MostTokens.BASIS, price));
    }

    @Test
    void tellsWhatAJobMayCostThatItsPlaceMayBillForLonger() {
        LaunchTerms terms = Terms.of(option("2.00", 10), cost("2.00 USD"), TIME, WIND_DOWN);

        LaunchTerms usual = Terms.unwatched(terms, limit -> limit.plus(WIND_DOWN));
        LaunchTerms longer = Terms.unwatched(terms, limit -> Duration.ofHours(3));

        assertThat(usual).isEqualTo(terms);
        assertThat(longer.worstCost()).isEqualTo(Money.parse("6.0000 USD"));
        assertThat(longer.timeLimit()).isEqualTo(terms.timeLimit());
    }

    private static PlanOption option(
            Offer offer, Duration likely, @Nullable MoneyRange cost, @Nullable BilledTokens tokens) {
        return new PlanOption(
                offer.id(),
                offer.target(),
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
                tokens,
                null,
                PlanOption.Standing.WITHIN,
                null,
                null,
                List.of());
    }

    private static PriceFact fact(String amount, PriceUnit unit) {
        return new PriceFact(
                Money.parse(amount + " USD"), unit, LocalDate.of(2026, 9, 1), "a test", PriceTrust.PUBLISHED, false);
    }

    static PlanOption option(@Nullable String perHour, int likelyMinutes) {
        return option("ml.g5.xlarge", perHour, likelyMinutes);
    }

    static PlanOption option(String machine, @Nullable String perHour, int likelyMinutes) {
        return option(FakeProvider.ID, machine, perHour, likelyMinutes);
    }

    static PlanOption option(ProviderId place, String machine, @Nullable String perHour, int likelyMinutes) {
        PriceFact price = perHour == null ? null : fact(perHour, PriceUnit.HOUR);
        MachineOffer offer =
                new MachineOffer(place, machine, "eu-central-1", PurchaseTier.ON_DEMAND, null, 4, 16, price, null);
        Duration likely = Duration.ofMinutes(likelyMinutes);
        MoneyRange cost = price == null
                ? null
                : new MoneyRange(
                        price.amount().forHours(likely.dividedBy(2)),
                        price.amount().forHours(likely),
                        price.amount().forHours(likely.multipliedBy(2)));
        return option(offer, likely, cost, null);
    }

    private static Budget cost(String most) {
        return new Budget(Money.parse(most), null);
    }
}
