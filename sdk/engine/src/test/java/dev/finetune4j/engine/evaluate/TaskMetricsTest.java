package dev.finetune4j.engine.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.job.TaskKind;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class TaskMetricsTest {
    @Test
    void textsAreWrittenWhereSomeMetricLooksAtThem() {
        assertThat(Arrays.stream(TaskKind.values()).filter(kind -> TaskMetrics.areTextsWritten(kind, true)))
                .containsExactly(
                        TaskKind.QUESTION_ANSWERING,
                        TaskKind.GENERATION,
                        TaskKind.SUMMARIZATION,
                        TaskKind.TRANSLATION,
                        TaskKind.CHAT);
        assertThat(Arrays.stream(TaskKind.values()).filter(kind -> TaskMetrics.areTextsWritten(kind, false)))
                .as("of passages")
                .isEmpty();
    }
}
