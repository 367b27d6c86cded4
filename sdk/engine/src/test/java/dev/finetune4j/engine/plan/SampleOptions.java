package dev.finetune4j.engine.plan;

import dev.finetune4j.engine.launch.EngineRefusals;
import dev.finetune4j.error.Problem;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.plan.DurationRange;
import dev.finetune4j.plan.Fit;
import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.plan.MoneyRange;
import dev.finetune4j.plan.Objective;
import dev.finetune4j.plan.Plan;
import dev.finetune4j.plan.PlanBasis;
import dev.finetune4j.plan.PlanOption;
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
import org.jspecify.annotations.Nullable;

/** Machines of one place for a {@link SampleJob}, and what is told where none of them is chosen. */
final class SampleOptions {
    static final ProviderId PLACE = new ProviderId("place");

    private static final LocalDate TODAY = LocalDate.of(2026, 11, 24);

    private SampleOptions() {}

    /**
     * A machine of this name.
     *
     * @param time foreseen for the job there
     * @param perHour its price, or null where there is none
     */
    static PlanOption option(String name, Fit fit, Duration time, @Nullable Money perHour) {
        return option(PLACE, name, fit, time, perHour);
    }

    /** The same at another place. */
    static PlanOption option(ProviderId place, String name, Fit fit, Duration time, @Nullable Money perHour) {
        PriceFact price = perHour == null
                ? null
                : new PriceFact(perHour, PriceUnit.HOUR, TODAY, "a list", PriceTrust.PUBLISHED, false);
        MoneyRange cost = perHour == null
                ? null
                : new MoneyRange(perHour.forHours(time), perHour.forHours(time), perHour.forHours(time));
        MachineOffer machine = new MachineOffer(place, name, "north", PurchaseTier.ON_DEMAND, null, 8, 32, price, null);
        return new PlanOption(
                machine.id(),
                place,
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
                cost,
                null,
                null,
                PlanOption.Standing.WITHIN,
                null,
                null,
                List.of());
    }

    static List<Candidate> ranked(Ranking ranking, PlanOption... options) {
        return ranking.rank(
                Stream.of(options).map(option -> new Candidate(option, 0, 0)).toList(), Map.of());
    }

    /** What is told where these are all there is. */
    static Problem impasse(Ranking ranking, PlanOption... options) {
        Plan plan = new Plan(
                "a-test",
                "qwen3-1.7b",
                TODAY,
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
}
