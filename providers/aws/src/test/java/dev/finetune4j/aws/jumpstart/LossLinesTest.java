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
        return LossLines.of(DescribeTrainingJobResponse.builder()
                .algorithmSpecification(algorithm -> algorithm.metricDefinitions(metrics.entrySet().stream()
                        .map(metric -> MetricDefinition.builder()
                                .name(metric.getKey())
                                .regex(metric.getValue())
                                .build())
                        .toList()))
                .build());
    }
}
