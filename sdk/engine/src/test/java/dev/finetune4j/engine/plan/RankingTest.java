package dev.finetune4j.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.job.Budget;
import dev.finetune4j.plan.Fit;
import dev.finetune4j.plan.Objective;
import dev.finetune4j.plan.PlanOption;
import dev.finetune4j.value.Money;
import dev.finetune4j.value.ProviderId;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A hub trains a few models on machines of the place, which does the whole of a job on them. */
class RankingTest {
    private static final ProviderId HUB = new ProviderId("hub");

    private final Ranking ranking =
            new Ranking(Objective.COST, Budget.unlimited(), Set.of(), new HubMachines(Set.of(HUB)), Map.of(), Map.of());

    @Test
    void whatDoesLessOnAMachineDoesNotComeBeforeWhatDoesAllOnIt() {
        assertThat(SampleOptions.ranked(
                        ranking,
                        option(HUB, "small", 50),
                        option(HUB, "large", 90),
                        option(SampleOptions.PLACE, "small", 60),
                        option(SampleOptions.PLACE, "large", 100)))
                .extracting(one -> one.option().id())
                .containsExactly(
                        "place/north/small/on-demand",
                        "hub/north/small/on-demand",
                        "place/north/large/on-demand",
                        "hub/north/large/on-demand");
    }

    @Test
    void whatItAloneHasComesWhereItsCostSays() {
        assertThat(SampleOptions.ranked(ranking, option(SampleOptions.PLACE, "small", 60), option(HUB, "own", 50)))
                .extracting(one -> one.option().id())
                .containsExactly("hub/north/own/on-demand", "place/north/small/on-demand");
    }

    @Test
    void whatHasNoPriceElsewhereDoesNotMoveIt() {
        assertThat(SampleOptions.ranked(
                        ranking,
                        option(HUB, "small", 50),
                        option(HUB, "large", 90),
                        SampleOptions.option(SampleOptions.PLACE, "small", Fit.FITS, Duration.ofMinutes(60), null)))
                .extracting(one -> one.option().id())
                .containsExactly(
                        "hub/north/small/on-demand", "hub/north/large/on-demand", "place/north/small/on-demand");
    }

    private static PlanOption option(ProviderId place, String name, int minutes) {
        return SampleOptions.option(place, name, Fit.FITS, Duration.ofMinutes(minutes), Money.parse("10 USD"));
    }
}
