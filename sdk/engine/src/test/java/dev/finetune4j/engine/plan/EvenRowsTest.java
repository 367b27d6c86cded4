package dev.finetune4j.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.finetune4j.data.Part;
import dev.finetune4j.engine.launch.JobFigures;
import dev.finetune4j.engine.price.OfferFilter.Spot;
import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.SplitSpec;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.plan.BreakEven;
import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.plan.Offer;
import dev.finetune4j.plan.Plan;
import dev.finetune4j.plan.PlanOption;
import dev.finetune4j.plan.PurchaseTier;
import dev.finetune4j.plan.ServiceLimits;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Where a service and a machine cost the same depends on the texts, and not on how many of them a job happens to have. */
class EvenRowsTest {
    private static final ServiceLimits FROM_TEN = ServiceLimits.from(10);
    private static final List<Offer> MACHINES = List.of(
            SampleMarket.machine("A10G", "north", PurchaseTier.ON_DEMAND, "1 USD"),
            SampleMarket.machine("A100-80", "north", PurchaseTier.ON_DEMAND, "3.50 USD"));

    @Test
    void isTheSameForAnyNumberOfTheSameTexts() {
        long even = even(plan(1000, "0.40 USD", FROM_TEN)).rows();

        assertThat(even).isBetween(20L, 20_000L);
        for (long rows : new long[] {70, 300, 2000, 7000}) {
            assertThat((double) even(plan(rows, "0.40 USD", FROM_TEN)).rows() / even)
                    .as("%d rows", rows)
                    .isCloseTo(1, within(0.05));
        }
    }

    @Test
    void bothCostTheSameForSoManyRows() {
        BreakEven even = even(plan(7000, "0.40 USD", FROM_TEN));

        Plan there = plan(even.rows(), "0.40 USD", FROM_TEN);

        double machine = cost(there.option(even.machine()).orElseThrow());
        assertThat(machine / cost(there.option(even.service()).orElseThrow())).isCloseTo(1, within(0.03));
        assertThat(there.options().stream()
                        .filter(option -> option.offer() instanceof MachineOffer)
                        .min(Comparator.comparingDouble(EvenRowsTest::cost))
                        .map(PlanOption::id))
                .as("the cheapest of them")
                .hasValue(even.machine());
    }

    /** Of which a machine scores all, however many rows there are. */
    @Test
    void countsTheLabelsThatAMachineScores() {
        JobFigures labelled = SampleJob.labelledFigures(400, 3000);
        BreakEven even = even(plan(dealt(labelled, 1000), "0.40 USD", FROM_TEN));

        Plan there = plan(dealt(labelled, even.rows()), "0.40 USD", FROM_TEN);

        assertThat(even.rows())
                .isGreaterThan(even(plan(1000, "0.40 USD", FROM_TEN)).rows());
        assertThat(cost(there.option(even.machine()).orElseThrow())
                        / cost(there.option(even.service()).orElseThrow()))
                .isCloseTo(1, within(0.03));
    }

    /** Where a job takes some of the training rows that there are, it holds as many out for any number of them. */
    @Test
    void holdsAsManyRowsOutWhereTheJobCapsItsTrainingRows() {
        JobFigures some = SampleJob.figures(LoraTuning.defaults());
        SplitSpec split =
                some.file().job().data().split().toBuilder().trainRows(600).build();
        FineTuneJob job = some.file().job();
        FineTuneJob cut = FineTuneJob.builder(
                        job.name(), job.model(), job.task(), job.data().withSplit(split))
                .method(job.method())
                .training(job.training())
                .evaluation(job.evaluation())
                .build();
        JobFigures capped = new JobFigures(
                JobFile.of(cut, Path.of("")),
                some.rows().with(Map.of(Part.TRAIN, 600L, Part.VALIDATION, 200L, Part.TEST, 1000L)),
                some.model());

        BreakEven even = even(plan(capped, "0.40 USD", FROM_TEN));

        JobFigures there = new JobFigures(
                some.file(),
                some.rows().with(Map.of(Part.TRAIN, even.rows(), Part.VALIDATION, 200L, Part.TEST, 1000L)),
                some.model());
        Plan plan = plan(there, "0.40 USD", FROM_TEN);
        assertThat(cost(plan.option(even.machine()).orElseThrow())
                        / cost(plan.option(even.service()).orElseThrow()))
                .isCloseTo(1, within(0.03));
    }

    @Test
    void isWithinWhatTheServiceTakes() {
        assertThat(even(plan(100, "0.0001 USD", FROM_TEN)).rows())
                .as("never dearer")
                .isEqualTo(-1);
        assertThat(even(plan(100, "0.0001 USD", new ServiceLimits(10, 5000, null, null, null)))
                        .rows())
                .as("up to what it takes")
                .isEqualTo(5000);
        assertThat(even(plan(100, "900 USD", FROM_TEN)).rows())
                .as("dearer for its fewest")
                .isZero();
    }

    private static BreakEven even(Plan plan) {
        return Objects.requireNonNull(plan.breakEven());
    }

    private static double cost(PlanOption option) {
        return Objects.requireNonNull(option.cost()).likely().amount().doubleValue();
    }

    private static Plan plan(long rows, String perMillion, ServiceLimits limits) {
        return plan(dealt(SampleJob.figures(LoraTuning.defaults()), rows), perMillion, limits);
    }

    private static Plan plan(JobFigures figures, String perMillion, ServiceLimits limits) {
        List<Offer> offers =
                List.of(MACHINES.get(0), MACHINES.get(1), SampleMarket.service("north", perMillion, limits));
        return SampleMarket.planner(offers).plan(figures, SampleMarket.request(Spot.NEVER));
    }

    /** Rows alike, dealt out by the usual shares and limits. */
    private static JobFigures dealt(JobFigures some, long rows) {
        Map<Part, Long> dealt = Map.of(
                Part.TRAIN,
                rows,
                Part.VALIDATION,
                Math.min(200, Math.round(rows / 7.0)),
                Part.TEST,
                Math.min(1000, Math.round(2 * rows / 7.0)));
        return new JobFigures(some.file(), some.rows().with(dealt), some.model());
    }
}
