package dev.finetune4j.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.finetune4j.data.Quantiles;
import org.junit.jupiter.api.Test;

class RowDistributionTest {
    private static final Quantiles TOKENS = new Quantiles(10, 100, 300, 800, 2000, 150);

    @Test
    void theMeanIsTheTrueOneWhereNoRowIsCut() {
        assertThat(new RowDistribution(TOKENS, 4096, 0).mean()).isCloseTo(150, within(1e-6));
        assertThat(new RowDistribution(TOKENS, 4096, 20).mean()).isCloseTo(170, within(1e-6));
    }

    @Test
    void cutRowsAreNoLongerThanTheLimit() {
        RowDistribution cut = new RowDistribution(TOKENS, 200, 0);

        assertThat(cut.longest()).isEqualTo(200);
        assertThat(cut.mean()).isBetween(80.0, 150.0);
        assertThat(cut.meanOfLongest(64)).isLessThanOrEqualTo(200);
    }

    @Test
    void aLargerBatchIsPaddedFurther() {
        RowDistribution rows = new RowDistribution(TOKENS, 4096, 0);

        assertThat(rows.meanOfLongest(1)).isLessThan(rows.meanOfLongest(2));
        assertThat(rows.meanOfLongest(8)).isBetween(250.0, 700.0);
        assertThat(rows.meanOfLongest(4096)).isBetween(1500.0, 2000.0);
    }
}
