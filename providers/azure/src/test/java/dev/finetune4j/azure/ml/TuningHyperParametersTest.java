package dev.finetune4j.azure.ml;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.error.Problem;
import dev.finetune4j.job.Schedule;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.method.FullTuning;
import dev.finetune4j.method.HeadTuning;
import dev.finetune4j.method.LoraTuning;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a job says becomes hyperparameters of the service, and what has none is told. */
class TuningHyperParametersTest {
    @Test
    void followFromTheJob() {
        TuningHyperParameters parameters = TuningHyperParameters.of(
                LoraTuning.builder().rank(8).alpha(16).dropout(0.05).build(),
                TrainingSpec.builder()
                        .epochs(2)
                        .batchSize(4)
                        .gradientAccumulation(2)
                        .schedule(Schedule.LINEAR)
                        .build(),
                Map.of("optim", "adafactor", "lora_r", "64"));

        assertThat(parameters.problems()).isEmpty();
        assertThat(parameters.values())
                .containsEntry("num_train_epochs", "2")
                .containsEntry("per_device_train_batch_size", "4")
                .containsEntry("gradient_accumulation_steps", "2")
                .containsEntry("learning_rate", "0.0002")
                .containsEntry("lr_scheduler_type", "linear")
                .containsEntry("apply_lora", "true")
                .containsEntry("lora_alpha", "16")
                .containsEntry("lora_dropout", "0.05")
                .containsEntry("max_seq_length", "1024")
                .containsEntry("seed", "17")
                .as("what a person says by the service's name counts")
                .containsEntry("lora_r", "64")
                .containsEntry("optim", "adafactor");
    }

    @Test
    void tuneAllWeightsWithoutAdapters() {
        assertThat(TuningHyperParameters.of(new FullTuning(), TrainingSpec.defaults(), Map.of())
                        .values())
                .containsEntry("apply_lora", "false")
                .doesNotContainKey("lora_r")
                .containsEntry("learning_rate", "0.00002");
    }

    @Test
    void tellWhatHasNoCounterpart() {
        TrainingSpec training = TrainingSpec.builder()
                .epochs(1.5)
                .packing(true)
                .earlyStoppingPatience(2)
                .build();

        assertThat(TuningHyperParameters.of(LoraTuning.builder().dora(true).build(), training, Map.of())
                        .problems())
                .allSatisfy(problem -> assertThat(problem.code()).isEqualTo("FT0936"))
                .noneMatch(Problem::isError)
                .extracting(Problem::summary)
                .containsExactly(
                        "a fine-tuning job of Azure ML trains whole epochs: 2 instead of 1.5",
                        "method.dora has no effect on a fine-tuning job of Azure ML",
                        "training.packing has no effect on a fine-tuning job of Azure ML",
                        "training.early-stopping-patience has no effect on a fine-tuning job of Azure ML");
        assertThat(TuningHyperParameters.of(HeadTuning.defaults(), TrainingSpec.defaults(), Map.of())
                        .problems())
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.isError()).isTrue();
                    assertThat(problem.remedies()).containsExactly("method: lora");
                });
    }
}
