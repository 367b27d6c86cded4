package dev.finetune4j.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.engine.estimate.GpuTable;
import dev.finetune4j.engine.estimate.MemoryModel;
import dev.finetune4j.engine.estimate.Range;
import dev.finetune4j.engine.estimate.SpeedModel;
import dev.finetune4j.job.TaskKind;
import java.util.List;
import org.junit.jupiter.api.Test;

class GpuTimesTest {
    @Test
    void noTimeIsCountedForTextsThatNobodyWrites() {
        assertThat(evaluation(TaskKind.CHAT, true, 1000)).isGreaterThan(evaluation(TaskKind.CHAT, true, 10));
        assertThat(evaluation(TaskKind.PREFERENCE, true, 1000)).isEqualTo(evaluation(TaskKind.PREFERENCE, true, 10));
        assertThat(evaluation(TaskKind.GENERATION, false, 1000))
                .as("of passages")
                .isEqualTo(evaluation(TaskKind.GENERATION, false, 10))
                .isLessThan(evaluation(TaskKind.GENERATION, true, 10));
    }

    /** Likely seconds on one A10. */
    private static double evaluation(TaskKind kind, boolean areAnswered, int newTokens) {
        PlannedJob job = SampleJob.of(kind, areAnswered, newTokens);
        GpuRun run = new GpuSetupSearch(job, MemoryModel.shipped(), SpeedModel.shipped(), Correction.NONE)
                .best(GpuTable.shipped().find("A10").orElseThrow(), 1);
        return new GpuTimes(job, run, new Range(3000, 4000, 5000), new Worlds(), Assumptions.shipped(List.of()))
                .evaluation()
                .percentiles()
                .likely();
    }
}
