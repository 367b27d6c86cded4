package dev.finetune4j.aws.bedrock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunEvent.StepCompleted;
import dev.finetune4j.run.RunEvent.ValidationCompleted;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The service's files of figures become steps like those of every other place. */
class StepFiguresTest {
    private static final Instant END = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void readsSteps() {
        List<RunEvent> events = StepFigures.steps(
                "step_number,epoch_number,training_loss,perplexity\n0,0,2.5,12.2\r\n1,1,1.25,3.5\n", END);

        assertThat(events)
                .containsExactly(
                        new StepCompleted(END, 1, 2, 0, 2.5, Double.NaN, Double.NaN, -1, Double.NaN, -1),
                        new StepCompleted(END, 2, 2, 1, 1.25, Double.NaN, Double.NaN, -1, Double.NaN, -1));
    }

    @Test
    void readsComparisons() {
        List<RunEvent> events = StepFigures.validations(
                "step_number,epoch_number,validation_loss,perplexity\n9,0,1.5,4\n19,1,1.6,5\n29,2,1.4,4\n", END);

        assertThat(events)
                .containsExactly(
                        new ValidationCompleted(END, 10, 1.5, true),
                        new ValidationCompleted(END, 20, 1.6, false),
                        new ValidationCompleted(END, 30, 1.4, true));
    }

    @Test
    void goesByTheNamesOfColumnsAndSurvivesOthers() {
        assertThat(StepFigures.steps("training_loss, step_number ,new_figure\n2.5,4,x\n", END))
                .singleElement()
                .isEqualTo(new StepCompleted(END, 5, 1, Double.NaN, 2.5, Double.NaN, Double.NaN, -1, Double.NaN, -1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "\n", "step_number,loss\n0,1\n", "step_number,training_loss\n0\n1,\n2,high\n", "<html>"})
    void passesOverWhatItDoesNotUnderstand(String csv) {
        assertThat(StepFigures.steps(csv, END)).isEmpty();
    }
}
