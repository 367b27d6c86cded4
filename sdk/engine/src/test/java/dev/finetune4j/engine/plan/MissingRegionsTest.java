package dev.finetune4j.engine.plan;

import static dev.finetune4j.engine.plan.SampleOptions.PLACE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.engine.price.RegionGroups;
import dev.finetune4j.plan.Offer;
import dev.finetune4j.plan.PurchaseTier;
import dev.finetune4j.plan.Rejection;
import dev.finetune4j.plan.ServiceLimits;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MissingRegionsTest {
    private static final RegionGroups GROUPS =
            new RegionGroups(Map.of("eu-1", "IE", "delta", "NL", "fjord", "NO", "vistula", "PL"));
    private static final List<Offer> OFFERS = List.of(
            SampleMarket.machine("A10G", "delta", PurchaseTier.ON_DEMAND, "1 USD"),
            SampleMarket.machine("A10G", "fjord", PurchaseTier.ON_DEMAND, "1 USD"),
            SampleMarket.machine("A10G", "vistula", PurchaseTier.ON_DEMAND, "1 USD"),
            SampleMarket.service("eu-1", "1 USD", ServiceLimits.from(1)));

    @Test
    void namesTheRegionsThatWereMeant() {
        assertThat(rejections("eu-"))
                .containsExactly(new Rejection(
                        PLACE, null, "it has nothing in eu-; --region eu means its delta, vistula", null));
    }

    @Test
    void namesAllWhereNoGroupWasMeant() {
        assertThat(rejections("eu-1"))
                .containsExactly(new Rejection(
                        PLACE, null, "it has nothing in eu-1; its regions are delta, fjord, vistula", null));
        assertThat(rejections("eu-1", "fj")).isEmpty();
    }

    @Test
    void whereNoRegionIsAskedForNoneIsMissing() {
        assertThat(rejections()).isEmpty();
        assertThat(rejections("eu")).isEmpty();
    }

    private static List<Rejection> rejections(String... asked) {
        return new MissingRegions(List.of(asked), GROUPS).rejections(OFFERS);
    }
}
