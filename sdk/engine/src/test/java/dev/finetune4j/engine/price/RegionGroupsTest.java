package dev.finetune4j.engine.price;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class RegionGroupsTest {
    private final RegionGroups groups =
            new RegionGroups(Map.of("eu-dublin", "IE", "eu-london", "GB", "holland", "NL", "lake", "US"));

    @Test
    void aGroupIsWhereItsCountriesAre() {
        for (String word : new String[] {"eu", "EU"}) {
            assertThat(groups.isIn("eu-dublin", word)).isTrue();
            assertThat(groups.isIn("holland", word)).isTrue();
            assertThat(groups.isIn("eu-london", word)).isFalse();
            assertThat(groups.isIn("lake", word)).isFalse();
        }
        assertThat(groups.isIn("lake", "us")).isTrue();
    }

    /** Data that must stay there would leave. */
    @Test
    void aRegionOfWhichNobodySaysWhereItIsIsInNone() {
        assertThat(groups.isIn("eu-nowhere", "eu")).isFalse();
    }

    @Test
    void anyOtherWordIsABeginning() {
        assertThat(groups.isIn("eu-london", "eu-")).isTrue();
        assertThat(groups.isIn("EU-nowhere", "eu-no")).isTrue();
        assertThat(groups.isIn("holland", "eu-")).isFalse();
    }

    @Test
    void aBeginningMayBeMeantForAGroup() {
        assertThat(groups.meant("eu-")).contains("eu");
        assertThat(groups.meant("us")).contains("us");
        assertThat(groups.meant("eu-dublin")).isEmpty();
    }
}
