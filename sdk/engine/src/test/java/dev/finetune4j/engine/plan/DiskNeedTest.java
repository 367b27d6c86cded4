package dev.finetune4j.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.method.FullTuning;
import dev.finetune4j.method.HeadTuning;
import dev.finetune4j.method.LoraTuning;
import org.junit.jupiter.api.Test;

/** What lies on a disk while a job trains, counted by hand in GB of 10^9 bytes. */
class DiskNeedTest {
    private static final long GIGA = 1_000_000_000;

    @Test
    void threeCheckpointsOfEightBillionWeightsWithTheBestOfEachTakeMost() {
        DiskNeed full = new DiskNeed(16 * GIGA, GIGA, 8 * GIGA, 8 * GIGA, true);

        assertThat(full.bytes()).isEqualTo((16 + 2 + 3 * (96 + 32) + 32 + 20) * GIGA);
    }

    @Test
    void noBestIsKeptWhereNothingTellsWhichItIs() {
        DiskNeed full = new DiskNeed(16 * GIGA, GIGA, 8 * GIGA, 8 * GIGA, false);

        assertThat(full.bytes()).isEqualTo((16 + 2 + 3 * 96 + 32 + 20) * GIGA);
    }

    @Test
    void besideSeventyBillionWeightsAnAdapterTakesLittle() {
        DiskNeed lora = new DiskNeed(140 * GIGA, 0, GIGA / 5, GIGA / 5, true);

        assertThat(lora.bytes()).as("140 + 3 (2.4 + 0.8) + 0.8 + 20").isEqualTo(170_400_000_000L);
    }

    @Test
    void anEncoderTakesLittleMoreThanWhatLiesBesideIt() {
        DiskNeed encoder = new DiskNeed(440_000_000, 0, 110_000_000, 110_000_000, true);

        assertThat(encoder.bytes()).as("0.44 + 3 (1.32 + 0.44) + 0.44 + 20").isEqualTo(26_160_000_000L);
    }

    @Test
    void ofAJobItIsCountedByWhatTheMethodTrainsAndWrites() {
        PlannedJob full = SampleJob.of(new FullTuning(), 50, 0);
        long weights = Math.round(full.architecture().parameters());
        assertThat(full.diskBytes())
                .as("54 bytes a weight, and rows of a megabyte")
                .isEqualTo(54 * weights + 2_000_000 + 20 * GIGA);
        assertThat(full.workload().diskBytes()).isEqualTo(full.diskBytes());

        PlannedJob lora = SampleJob.of(LoraTuning.defaults(), 50, 0);
        long adapter = Math.round(lora.trainable());
        assertThat(lora.diskBytes()).isEqualTo(lora.modelBytes() + (3 * 16 + 4) * adapter + 2_000_000 + 20 * GIGA);

        PlannedJob head = SampleJob.ofEncoder(HeadTuning.defaults());
        long whole = Math.round(head.architecture().parameters());
        assertThat(head.diskBytes())
                .as("a head is written with its encoder")
                .isEqualTo(head.modelBytes()
                        + 3 * (12 * Math.round(head.trainable()) + 4 * whole)
                        + 4 * whole
                        + 2_000_000
                        + 20 * GIGA);
    }
}
