package dev.finetune4j.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.method.PrefixTuning;
import dev.finetune4j.method.PromptTuning;
import org.junit.jupiter.api.Test;

class OwnAnswersTest {
    @Test
    void whatAllRowsBeginWithTakesNoRoomOfAnswersSideBySide() {
        assertThat(OwnAnswers.rowsBeside(SampleJob.of(LoraTuning.defaults(), 500, 0)))
                .as("4,096 / (400 + 500)")
                .isEqualTo(4);
        assertThat(OwnAnswers.rowsBeside(SampleJob.of(LoraTuning.defaults(), 500, 250)))
                .as("4,096 / (400 - 250 + 500)")
                .isEqualTo(6);
        assertThat(OwnAnswers.rowsBeside(SampleJob.of(new PromptTuning(500, null), 500, 0)))
                .isEqualTo(4);
        assertThat(OwnAnswers.rowsBeside(SampleJob.of(new PrefixTuning(500, null), 500, 250)))
                .isEqualTo(6);
    }
}
