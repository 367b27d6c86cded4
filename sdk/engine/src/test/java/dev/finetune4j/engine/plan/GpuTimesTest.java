package dev.finetune4j.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.finetune4j.engine.estimate.GpuTable;
import dev.finetune4j.engine.estimate.MemoryModel;
import dev.finetune4j.engine.estimate.Range;
import dev.finetune4j.engine.estimate.SpeedModel;
import dev.finetune4j.job.Precision;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.method.PrefixTuning;
import dev.finetune4j.method.PromptTuning;
import dev.finetune4j.method.TuningMethod;
import java.util.List;
import org.junit.jupiter.api.Test;

class GpuTimesTest {
    @Test
    void noTimeIsCountedForTextsThatNobodyWrites() {
        SampleJob.assertUnwrittenTextsTakeNoTime(GpuTimesTest::evaluation);
    }

    @Test
    void aPrefixGoesThroughNoLayer() {
        double rows = SampleJob.of(LoraTuning.defaults(), 10, 0).trainedRows();

        assertThat(computed(LoraTuning.defaults())).isCloseTo(rows * 400, within(1.0));
        assertThat(computed(new PrefixTuning(500, null))).isCloseTo(rows * 400, within(1.0));
        assertThat(computed(new PromptTuning(500, null))).isCloseTo(rows * 900, within(1.0));
        assertThat(computed(SampleJob.packed(new PrefixTuning(500, null)))).isCloseTo(rows * 400, within(1.0));
        assertThat(computed(SampleJob.packed(new PromptTuning(500, null)))).isCloseTo(rows * 900, within(1.0));
    }

    @Test
    void readsTwiceTheBytesOfAnAnswerInSinglePrecision() {
        PlannedJob half = SampleJob.of(LoraTuning.defaults(), 10, 0);
        PlannedJob single = half.with(half.job().toBuilder()
                .training(TrainingSpec.builder().precision(Precision.FP32).build())
                .build());

        assertThat(evaluation(single)).isGreaterThan(evaluation(half));
    }

    private static double computed(TuningMethod method) {
        return computed(SampleJob.of(method, 10, 0));
    }

    private static double computed(PlannedJob job) {
        return new GpuSetup(job, GpuTable.shipped().find("A10").orElseThrow()).computedTokens(1);
    }

    /** Likely seconds on one A10. */
    private static double evaluation(PlannedJob job) {
        GpuRun run = new GpuSetupSearch(job, MemoryModel.shipped(), SpeedModel.shipped(), Correction.NONE, false)
                .best(GpuTable.shipped().find("A10").orElseThrow(), 1);
        return new GpuTimes(job, run, new Range(3000, 4000, 5000), new Worlds(), Assumptions.shipped(List.of()))
                .evaluation()
                .percentiles()
                .likely();
    }
}
