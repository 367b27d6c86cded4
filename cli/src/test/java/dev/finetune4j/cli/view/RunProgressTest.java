package dev.finetune4j.cli.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import dev.finetune4j.value.Money;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** The live line says what the run costs wherever that is known, for people and for logs. */
class RunProgressTest {
    private static final Instant NOW = Instant.parse("2026-11-26T10:00:00Z");

    @Test
    void saysWhatIsSpentOfTheBudget() {
        RunProgress progress = new RunProgress(NOW);
        progress.accept(new RunEvent.StateChanged(NOW, RunState.TRAINING, ""));
        progress.accept(new RunEvent.StepCompleted(NOW, 420, 1200, 0.7, 1.234, 1.8e-4, 1, 4000, 18_200, 1L << 30));
        assertThat(progress.line(NOW))
                .startsWith("step 420/1200 35% | loss 1.234")
                .doesNotContain("spent");

        progress.accept(new RunEvent.Spent(NOW, Money.parse("1.9155 USD"), Money.parse("6.00 USD"), false));

        assertThat(progress.line(NOW)).endsWith(" | spent 1.92 of 6.00 USD");
        assertThat(progress.keyValues(NOW)).endsWith("spent=\"1.9155 USD\" budget=\"6.00 USD\"");
    }

    /** As after a replay of the last steps, and after a resume from a checkpoint before the last step. */
    @Test
    void drawsTheLossOfEachStepOnceHoweverOftenItWasTaken() {
        RunProgress progress = new RunProgress(NOW);
        for (int step : new int[] {11, 12, 1, 2, 3, 4, 3, 4, 5}) {
            progress.accept(
                    new RunEvent.StepCompleted(NOW, step, 12, 0.1 * step, 10 - step, 1e-4, 1, 40, 18, 1L << 30));
        }

        assertThat(progress.lossCurve(40))
                .startsWith("loss 9.000 ")
                .endsWith(" 5.000")
                .hasSize(22);
    }
}
