package dev.finetune4j.engine.plan;

import dev.finetune4j.engine.estimate.GpuTable;
import dev.finetune4j.engine.estimate.MemoryModel;
import dev.finetune4j.engine.estimate.Range;
import dev.finetune4j.engine.estimate.SpeedModel;
import java.util.List;
import org.junit.jupiter.api.Test;

class GpuTimesTest {
    @Test
    void noTimeIsCountedForTextsThatNobodyWrites() {
        SampleJob.assertUnwrittenTextsTakeNoTime(GpuTimesTest::evaluation);
    }

    /** Likely seconds on one A10. */
    private static double evaluation(PlannedJob job) {
        GpuRun run = new GpuSetupSearch(job, MemoryModel.shipped(), SpeedModel.shipped(), Correction.NONE)
                .best(GpuTable.shipped().find("A10").orElseThrow(), 1);
        return new GpuTimes(job, run, new Range(3000, 4000, 5000), new Worlds(), Assumptions.shipped(List.of()))
                .evaluation()
                .percentiles()
                .likely();
    }
}
