package dev.finetune4j.engine.plan;

import static dev.finetune4j.engine.plan.SampleOptions.PLACE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.engine.launch.JobFigures;
import dev.finetune4j.engine.price.OfferFilter.Spot;
import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.plan.HostingCost;
import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.plan.PlanOption;
import dev.finetune4j.plan.PurchaseTier;
import dev.finetune4j.value.Money;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A model that may be trained in some regions alone is held ready in one of these. */
class HostingRegionTest {
    private static final List<MachineOffer> MACHINES = List.of(
            SampleMarket.machine("A10G", "north", PurchaseTier.ON_DEMAND, "1 USD"),
            SampleMarket.machine("A10G", "south", PurchaseTier.ON_DEMAND, "2 USD"));

    private final JobFigures figures = SampleJob.figures(LoraTuning.defaults());

    @Test
    void inTheRegionsThatAreAskedFor() {
        assertThat(hosting(figures).region()).as("the cheapest").isEqualTo("north");

        HostingCost asked = hosting(figures, "south");

        assertThat(asked.region()).isEqualTo("south");
        assertThat(asked.perMonth()).isEqualTo(Money.parse("1460.00 USD"));
        assertThat(asked.basis()).startsWith("730 h x 2 USD in south,");
    }

    @Test
    void inTheRegionThatTheJobNames() {
        FineTuneJob there = figures.file().job().toBuilder()
                .places(Map.of(PLACE.value(), Map.of("region", "south")))
                .build();

        assertThat(hosting(new JobFigures(JobFile.of(there, Path.of("")), figures.rows(), figures.model()))
                        .region())
                .isEqualTo("south");
    }

    private static HostingCost hosting(JobFigures figures, String... regions) {
        PlanOption option = SampleMarket.planner(MACHINES)
                .plan(figures, SampleMarket.request(Spot.NEVER, regions))
                .options()
                .get(0);
        return Objects.requireNonNull(option.hosting());
    }
}
