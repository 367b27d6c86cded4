package dev.finetune4j.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.job.TaskKind;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.method.PrefixTuning;
import dev.finetune4j.method.PromptTuning;
import org.junit.jupiter.api.Test;

class PlannedJobTest {
    @Test
    void whatAllRowsBeginWithTakesNoRoomOfAnswersSideBySide() {
        assertThat(SampleJob.of(LoraTuning.defaults(), 50, 0).answersAtATime())
                .as("1,500 / (400 + 50)")
                .isEqualTo(3);
        assertThat(SampleJob.of(LoraTuning.defaults(), 50, 250).answersAtATime())
                .as("1,500 / (400 - 250 + 50)")
                .isEqualTo(7);
        assertThat(SampleJob.of(new PromptTuning(500, null), 50, 0).answersAtATime())
                .isEqualTo(3);
        assertThat(SampleJob.of(new PrefixTuning(500, null), 50, 250).answersAtATime())
                .isEqualTo(7);
    }

    @Test
    void passagesAreShownNoExamples() {
        assertThat(SampleJob.of(TaskKind.GENERATION, true, 50).answeringModels())
                .isEqualTo(3);
        assertThat(SampleJob.of(TaskKind.GENERATION, false, 50).answeringModels())
                .isEqualTo(2);
    }
}
