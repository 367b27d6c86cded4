package dev.finetune4j.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.finetune4j.data.Quantiles;
import dev.finetune4j.spi.Proposal.RowLengths;
import org.junit.jupiter.api.Test;

class RowDistributionTest {
    private static final Quantiles TOKENS = new Quantiles(10, 100, 300, 800, 2000, 150);

    @Test
    void theMeanIsTheTrueOneWhereNoRowIsCut() {
        assertThat(new RowDistribution(TOKENS, cut(4096, 150), 4096, 0).mean()).isCloseTo(150, within(1e-6));
        assertThat(new RowDistribution(TOKENS, cut(4096, 150), 4096, 20).mean()).isCloseTo(170, within(1e-6));
    }

    /** Half of the rows are short and half as long as may be: no line through five quantiles tells that. */
    @Test
    void theMeanIsTheTrueOneWhereRowsAreCut() {
        Quantiles halves = new Quantiles(20, 1073, 1073, 1073, 1073, 546.5);

        RowDistribution rows = new RowDistribution(halves, cut(1024, 522), 1024, 0);
        assertThat(rows.mean()).isCloseTo(522, within(1e-6));
        assertThat(rows.longest()).isEqualTo(1024);
    }

    /** A limit below the one that rows were counted with: to see what would fit. */
    @Test
    void aLowerLimitLeavesNoMoreThanItself() {
        RowDistribution rows = new RowDistribution(TOKENS, cut(4096, 150), 100, 20);

        assertThat(rows.limit()).isEqualTo(120);
        assertThat(rows.longest()).isEqualTo(120);
        assertThat(rows.mean()).isBetween(70.0, 120.0);
    }

    @Test
    void cutRowsAreNoLongerThanTheLimit() {
        RowDistribution cut = new RowDistribution(TOKENS, cut(200, 110), 200, 0);

        assertThat(cut.longest()).isEqualTo(200);
        assertThat(cut.mean()).isBetween(80.0, 150.0);
        assertThat(cut.meanOfLongest(64)).isLessThanOrEqualTo(200);
    }

    @Test
    void aLargerBatchIsPaddedFurther() {
        RowDistribution rows = new RowDistribution(TOKENS, cut(4096, 150), 4096, 0);

        assertThat(rows.meanOfLongest(1)).isLessThan(rows.meanOfLongest(2));
        assertThat(rows.meanOfLongest(8)).isBetween(250.0, 700.0);
        assertThat(rows.meanOfLongest(4096)).isBetween(1500.0, 2000.0);
    }

    /** Of lengths spread evenly over 100 to 300: (200^2 + 200^2 / 12) / 200. */
    @Test
    void aTokenStandsInALongerRowThanTheMeanOne() {
        RowDistribution even =
                new RowDistribution(new Quantiles(100, 200, 280, 298, 300, 200), cut(4096, 200), 4096, 0);
        RowDistribution alike =
                new RowDistribution(new Quantiles(400, 400, 400, 400, 400, 400), cut(4096, 400), 4096, 0);

        assertThat(even.meanByToken()).isCloseTo(216.67, within(0.1));
        assertThat(alike.meanByToken()).isEqualTo(400);
    }

    private static RowLengths cut(int limit, double mean) {
        return new RowLengths(1000, 0, limit, limit, limit, mean, 0);
    }
}
