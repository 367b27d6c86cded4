package dev.finetune4j.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.engine.estimate.GpuTable;
import dev.finetune4j.engine.estimate.MemoryModel;
import dev.finetune4j.engine.estimate.SpeedModel;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.Recompute;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.method.LoraTuning;
import org.junit.jupiter.api.Test;

/** A job is planned as its engine will compute it. */
class GpuSetupSearchTest {
    @Test
    void goesByWhatTheJobSaysOfComputingAgain() {
        GpuRun free = best("A10", settings());
        GpuRun none = best("A10", settings().recompute(Recompute.NONE));
        GpuRun layer = best("A10", settings().recompute(Recompute.LAYER));
        GpuRun part = best("A10", settings().recompute(Recompute.FEED_FORWARD));

        assertThat(none.settings().isCheckpointed()).isFalse();
        assertThat(layer.settings().isCheckpointed()).isTrue();
        assertThat(part.settings()).as("the engine knows whole layers only").isEqualTo(layer.settings());
        assertThat(free.settings()).isIn(none.settings(), layer.settings());
    }

    private static GpuRun best(String gpu, TrainingSpec.Builder settings) {
        return new GpuSetupSearch(job(settings), MemoryModel.shipped(), SpeedModel.shipped(), Correction.NONE)
                .best(GpuTable.shipped().find(gpu).orElseThrow(), 1);
    }

    private static TrainingSpec.Builder settings() {
        return TrainingSpec.builder();
    }

    private static PlannedJob job(TrainingSpec.Builder settings) {
        PlannedJob sample = SampleJob.of(LoraTuning.defaults(), 10, 0);
        FineTuneJob job = sample.job().toBuilder().training(settings.build()).build();
        return sample.with(job);
    }
}
