package dev.finetune4j.engine.plan;

import static dev.finetune4j.engine.plan.SampleOptions.PLACE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.engine.launch.Endurance;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.Budget;
import dev.finetune4j.plan.Fit;
import dev.finetune4j.plan.Objective;
import dev.finetune4j.plan.PlanOption;
import dev.finetune4j.plan.PlanOption.Standing;
import dev.finetune4j.value.Money;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What its place would end before its end is not chosen, since a launch refuses it whatever the budget. */
class LongestRunTest {
    private static final Budget AMPLE = new Budget(Money.parse("100000 USD"), null);

    @Test
    void aJobThatItsPlaceWouldEndIsNotChosen() {
        for (Budget budget : List.of(Budget.unlimited(), AMPLE)) {
            Ranking ranking = ranking(budget);

            List<Candidate> ranked = SampleOptions.ranked(ranking, option("slow", 45), option("fast", 27));

            assertThat(ranked)
                    .extracting(one -> one.option().standing())
                    .containsExactly(Standing.WITHIN, Standing.OVER_LIMIT);
            assertThat(ranking.choice(ranked)).map(PlanOption::name).contains("fast");
        }
    }

    @Test
    void noWiderLimitIsProposedForIt() {
        Problem problem = SampleOptions.impasse(ranking(AMPLE), option("slow", 45), option("slower", 50));

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
        return new Ranking(
                Objective.TIME, budget, Set.of(), new HubMachines(Set.of()), Map.of(), Map.of(PLACE, endurance));
    }

    private static PlanOption option(String name, int days) {
        return SampleOptions.option(name, Fit.FITS, Duration.ofDays(days), Money.parse("1 USD"));
    }
}
