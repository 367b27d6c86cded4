package dev.finetune4j.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.job.TaskKind;
import dev.finetune4j.method.LoraTuning;
import org.junit.jupiter.api.Test;

class HeldOutAnswersTest {
    /** Three models write 60 to 500 tokens, and the longest of several answers 120. */
    @Test
    void answersSideBySideGoOnUntilTheLongestHasEnded() {
        HeldOutAnswers answers = SampleJob.of(LoraTuning.defaults(), 500, 0).answers();

        assertThat(answers.writingPasses(16, 16, 16))
                .isEqualTo(new Uncertain(180 / 16.0, (120 + 2 * Math.sqrt(120 * 500)) / 16, (120 + 2 * 500) / 16.0));
        assertThat(answers.writingPasses(1, 16, 16))
                .as("of a tuned model that writes each by itself")
                .isEqualTo(new Uncertain(60 + 120 / 16.0, 60 + 2 * Math.sqrt(120 * 500) / 16, 60 + 2 * 500 / 16.0));
        assertThat(answers.writingPasses(16, 16, 4))
                .as("of a prompt with examples, which fewer have room behind")
                .isEqualTo(new Uncertain(
                        120 / 16.0 + 60 / 4.0,
                        (120 + Math.sqrt(120 * 500)) / 16 + Math.sqrt(120 * 500) / 4,
                        (120 + 500) / 16.0 + 500 / 4.0));
    }

    @Test
    void passagesAreShownNoExamples() {
        assertThat(SampleJob.of(TaskKind.GENERATION, true, 50).answers().models())
                .isEqualTo(3);
        assertThat(SampleJob.of(TaskKind.GENERATION, false, 50).answers().models())
                .isEqualTo(2);
        assertThat(SampleJob.continued(50).answers().models()).isEqualTo(2);
    }

    /** Of 60 tokens that are learned of a passage half are shown; the tuned model writes as many as the rest has. */
    @Test
    void passagesThatAreContinuedAreReadOnceMoreToTheirBoundAndWritten() {
        HeldOutAnswers read = SampleJob.of(TaskKind.GENERATION, false, 100).answers();
        HeldOutAnswers continued = SampleJob.continued(100).answers();

        assertThat(read.areWritten()).isFalse();
        assertThat(continued.areWritten()).isTrue();
        assertThat(continued.areLike(read)).isFalse();
        assertThat(continued.readTokens(400) - read.readTokens(400)).isEqualTo(2 * 128);
        assertThat(continued.readTokens(40) - read.readTokens(40)).isEqualTo(2 * 20);
        assertThat(continued.writtenTokens()).isEqualTo(new Uncertain(30 + 30, 30 + Math.sqrt(30 * 100), 30 + 100));
    }
}
