package dev.finetune4j.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.job.Budget;
import dev.finetune4j.plan.Fit;
import dev.finetune4j.plan.Objective;
import dev.finetune4j.plan.PlanOption;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What has no price is ranked and told of by whether it fits. */
class UnpricedOptionsTest {
    private final Ranking ranking =
            new Ranking(Objective.TIME, Budget.unlimited(), Set.of(), new HubMachines(Set.of()), Map.of(), Map.of());

    @Test
    void whatFitsComesBeforeWhatIsTight() {
        assertThat(SampleOptions.ranked(ranking, option("fast", Fit.TIGHT, 1), option("slow", Fit.FITS, 2)))
                .extracting(one -> one.option().name())
                .containsExactly("slow", "fast");
    }

    @Test
    void whatIsTightIsNotSaidToFit() {
        assertThat(SampleOptions.impasse(ranking, option("fast", Fit.TIGHT, 1), option("slow", Fit.FITS, 2))
                        .causes())
                .containsExactly("place/north/slow/on-demand fits and takes about 2 h");
        assertThat(SampleOptions.impasse(ranking, option("fast", Fit.TIGHT, 1)).causes())
                .containsExactly("place/north/fast/on-demand may lack memory and takes about 1 h");
    }

    private static PlanOption option(String name, Fit fit, int hours) {
        return SampleOptions.option(name, fit, Duration.ofHours(hours), null);
    }
}
