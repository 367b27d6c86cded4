package dev.finetune4j.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.engine.launch.EngineRefusals;
import dev.finetune4j.engine.price.OfferFilter;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.Budget;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.plan.DurationRange;
import dev.finetune4j.plan.Fit;
import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.plan.Objective;
import dev.finetune4j.plan.Plan;
import dev.finetune4j.plan.PlanBasis;
import dev.finetune4j.plan.PlanOption;
import dev.finetune4j.plan.PurchaseTier;
import dev.finetune4j.value.ProviderId;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What has no price is ranked and told of by whether it fits. */
class UnpricedOptionsTest {
    private static final ProviderId PLACE = new ProviderId("place");

    private final Ranking ranking =
            new Ranking(Objective.TIME, Budget.unlimited(), Set.of(), Set.of(), Map.of(), Map.of());

    @Test
    void whatFitsComesBeforeWhatIsTight() {
        assertThat(ranked(option("fast", Fit.TIGHT, 1), option("slow", Fit.FITS, 2)))
                .extracting(PlanOption::name)
                .containsExactly("slow", "fast");
    }

    @Test
    void whatIsTightIsNotSaidToFit() {
        assertThat(impasse(option("fast", Fit.TIGHT, 1), option("slow", Fit.FITS, 2))
                        .causes())
                .containsExactly("place/north/slow/on-demand fits and takes about 2 h");
        assertThat(impasse(option("fast", Fit.TIGHT, 1)).causes())
                .containsExactly("place/north/fast/on-demand may lack memory and takes about 1 h");
    }

    private Problem impasse(PlanOption... options) {
        Plan plan = new Plan(
                "a-test",
                "qwen3-1.7b",
                LocalDate.of(2026, 11, 24),
                new PlanBasis(Map.of(), Map.of(), "rows", "prices", "test"),
                Objective.TIME,
                SampleJob.of(LoraTuning.defaults(), 50, 0).workload(),
                null,
                ranked(options),
                null,
                List.of(),
                null,
                List.of());
        OfferFilter all = PlanRequest.anywhere().filter();
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
                        all,
                        PlanRequest.anywhere(),
                        ranking)
                .problem(plan);
    }

    private List<PlanOption> ranked(PlanOption... options) {
        List<Candidate> candidates =
                Stream.of(options).map(option -> new Candidate(option, 0, 0)).toList();
        return ranking.rank(candidates, Map.of()).stream()
                .map(Candidate::option)
                .toList();
    }

    private static PlanOption option(String name, Fit fit, int hours) {
        MachineOffer machine = new MachineOffer(PLACE, name, "north", PurchaseTier.ON_DEMAND, null, 8, 32, null, null);
        Duration time = Duration.ofHours(hours);
        return new PlanOption(
                machine.id(),
                PLACE,
                name,
                "north",
                machine,
                null,
                null,
                fit,
                null,
                0,
                List.of(),
                List.of(),
                new DurationRange(time, time, time),
                List.of(),
                null,
                null,
                null,
                PlanOption.Standing.WITHIN,
                null,
                null,
                List.of());
    }
}
