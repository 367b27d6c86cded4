package dev.finetune4j.aws.jumpstart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.run.RunEvent;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.sagemaker.model.DescribeTrainingJobResponse;
import software.amazon.awssdk.services.sagemaker.model.MetricDefinition;

/** Losses are found by the patterns that the job keeps; other lines tell nothing. */
class LossLinesTest {
    private static final Instant AT = Instant.ofEpochSecond(1_700_000_000);

    @Test
    void countsTheFiguresOfATrainer() {
        LossLines lines = lines(HubDocuments.tiny().metrics());

        Optional<RunEvent> step = lines.event("{'loss': 1.2345, 'learning_rate': 9e-05, 'epoch': 0.5}", AT, 4);

        assertThat(step)
                .contains(new RunEvent.StepCompleted(AT, 5, -1, 0.5, 1.2345, 9e-05, Double.NaN, -1, Double.NaN, -1));
        assertThat(lines.event("{'eval_loss': 0.5, 'epoch': 1.0}", AT, 5))
                .contains(new RunEvent.ValidationCompleted(AT, 5, 0.5, false));
        assertThat(lines.event("loading the model", AT, 0)).isEmpty();
    }

    @Test
    void countsTheStepsThatAreLoggedTogether() {
        LossLines lines = lines(
                HubDocuments.tiny().metrics(),
                Map.of("logging_steps", "8", "evaluation_strategy", "steps", "eval_steps", "20"));

        assertThat(lines.event("{'loss': 1.5}", AT, 12))
                .hasValueSatisfying(event ->
                        assertThat(((RunEvent.StepCompleted) event).step()).isEqualTo(104));
        assertThat(comparedAt(lines, 2))
                .as("after the losses of steps 8 and 16")
                .isEqualTo(20);
        assertThat(comparedAt(lines, 5)).isEqualTo(40);
        assertThat(comparedAt(lines, 6)).as("at the end, where none is due").isEqualTo(48);
        assertThat(comparedAt(lines, 0)).as("before the first loss").isZero();
        LossLines byEpoch = lines(
                HubDocuments.tiny().metrics(),
                Map.of("logging_steps", "8", "evaluation_strategy", "epoch", "eval_steps", "20"));
        assertThat(comparedAt(byEpoch, 2)).isEqualTo(16);
    }

    private static int comparedAt(LossLines lines, int losses) {
        RunEvent event = lines.event("{'eval_loss': 0.5}", AT, losses).orElseThrow();
        return ((RunEvent.ValidationCompleted) event).step();
    }

    @Test
    void readsWhatALoopOfItsOwnPrints() {
        LossLines lines = lines(HubDocuments.llama().metrics());

        assertThat(lines.event("Epoch 1: train_perplexity=2.3, train_epoch_loss=0.8312, epoch time 12.1s", AT, 0))
                .hasValueSatisfying(event ->
                        assertThat(((RunEvent.StepCompleted) event).loss()).isEqualTo(0.8312));
        assertThat(lines.event(
                        "eval_ppl=tensor(1.7, device='cuda:0') eval_epoch_loss=tensor(0.5312, device='cuda:0')", AT, 1))
                .contains(new RunEvent.ValidationCompleted(AT, 1, 0.5312, false));
    }

    @Test
    void passesOverPatternsThatJavaDoesNotRead() {
        assertThat(lines(Map.of("train-loss", "(?P<loss>[0-9]+")).event("(", AT, 0))
                .isEmpty();
    }

    private static LossLines lines(Map<String, String> metrics) {
        return lines(metrics, Map.of());
    }

    private static LossLines lines(Map<String, String> metrics, Map<String, String> hyperparameters) {
        return LossLines.of(DescribeTrainingJobResponse.builder()
                .hyperParameters(hyperparameters)
                .algorithmSpecification(algorithm -> algorithm.metricDefinitions(metrics.entrySet().stream()
                        .map(metric -> MetricDefinition.builder()
                                .name(metric.getKey())
                                .regex(metric.getValue())
                                .build())
                        .toList()))
                .build());
    }
}
