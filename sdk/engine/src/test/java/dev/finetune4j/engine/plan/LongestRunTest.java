package dev.finetune4j.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.engine.launch.Endurance;
import dev.finetune4j.engine.launch.EngineRefusals;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.Budget;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.plan.DurationRange;
import dev.finetune4j.plan.Fit;
import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.plan.MoneyRange;
import dev.finetune4j.plan.Objective;
import dev.finetune4j.plan.Plan;
import dev.finetune4j.plan.PlanBasis;
import dev.finetune4j.plan.PlanOption;
import dev.finetune4j.plan.PlanOption.Standing;
import dev.finetune4j.plan.PriceFact;
import dev.finetune4j.plan.PriceTrust;
import dev.finetune4j.plan.PriceUnit;
import dev.finetune4j.plan.PurchaseTier;
import dev.finetune4j.value.Money;
import dev.finetune4j.value.ProviderId;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What its place would end before its end is not chosen, since a launch refuses it whatever the budget. */
class LongestRunTest {
    private static final ProviderId PLACE = new ProviderId("place");
    private static final Budget AMPLE = new Budget(Money.parse("100000 USD"), null);

    @Test
    void aJobThatItsPlaceWouldEndIsNotChosen() {
        for (Budget budget : List.of(Budget.unlimited(), AMPLE)) {
            Ranking ranking = ranking(budget);

            List<Candidate> ranked = ranked(ranking, option("slow", 45), option("fast", 27));

            assertThat(ranked)
                    .extracting(one -> one.option().standing())
                    .containsExactly(Standing.WITHIN, Standing.OVER_LIMIT);
            assertThat(ranking.choice(ranked)).map(PlanOption::name).contains("fast");
        }
    }

    @Test
    void noWiderLimitIsProposedForIt() {
        Problem problem = impasse(ranking(AMPLE), option("slow", 45), option("slower", 50));

        assertThat(problem.code()).isEqualTo("FT0761");
        assertThat(problem.summary()).isEqualTo("no place that was looked at lets a-test run as long as it needs");
        assertThat(problem.causes())
                .singleElement()
                .asString()
                .startsWith("place lets no job run longer than 672 h: place/north/slow/on-demand, foreseen to take ");
        assertThat(problem.remedies()).noneMatch(remedy -> remedy.contains("max-"));
    }

    private static Ranking ranking(Budget budget) {
        Endurance endurance = new Endurance(true, Duration.ofMinutes(15), Duration.ofDays(28));
        return new Ranking(Objective.TIME, budget, Set.of(), Set.of(), Map.of(), Map.of(PLACE, endurance));
    }

    private static List<Candidate> ranked(Ranking ranking, PlanOption... options) {
        return ranking.rank(
                Stream.of(options).map(option -> new Candidate(option, 0, 0)).toList(), Map.of());
    }

    private static Problem impasse(Ranking ranking, PlanOption... options) {
        Plan plan = new Plan(
                "a-test",
                "qwen3-1.7b",
                LocalDate.of(2026, 11, 24),
                new PlanBasis(Map.of(), Map.of(), "rows", "prices", "test"),
                Objective.TIME,
                SampleJob.of(LoraTuning.defaults(), 50, 0).workload(),
                null,
                ranked(ranking, options).stream().map(Candidate::option).toList(),
                null,
                List.of(),
                null,
                List.of());
        return new Impasse(
                        SampleJob.figures(LoraTuning.defaults()),
                        List.of(),
                        List.of(),
                        1L << 30,
                        Set.of(),
                        EngineRefusals.NONE,
                        new Worlds(),
                        Assumptions.shipped(List.of()),
                        PastErrors.NONE,
                        PlanRequest.anywhere().filter(),
                        PlanRequest.anywhere(),
                        ranking)
                .problem(plan);
    }

    /** On a machine of 1 USD an hour. */
    private static PlanOption option(String name, int days) {
        PriceFact price = new PriceFact(
                Money.parse("1 USD"),
                PriceUnit.HOUR,
                LocalDate.of(2026, 11, 24),
                "a list",
                PriceTrust.PUBLISHED,
                false);
        MachineOffer machine = new MachineOffer(PLACE, name, "north", PurchaseTier.ON_DEMAND, null, 8, 32, price, null);
        Duration time = Duration.ofDays(days);
        Money cost = price.amount().forHours(time);
        return new PlanOption(
                machine.id(),
                PLACE,
                name,
                "north",
                machine,
                null,
                null,
                Fit.FITS,
                null,
                0,
                List.of(),
                List.of(),
                new DurationRange(time, time, time),
                List.of(),
                new MoneyRange(cost, cost, cost),
                null,
                null,
                Standing.WITHIN,
                null,
                null,
                List.of());
    }
}
