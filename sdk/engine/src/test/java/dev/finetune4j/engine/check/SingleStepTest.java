package dev.finetune4j.engine.check;

import static dev.finetune4j.data.Part.TRAIN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.error.Problem;
import dev.finetune4j.job.CheckSpec;
import dev.finetune4j.job.DataSpec;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.job.TaskSpec;
import dev.finetune4j.job.TrainingSpec;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SingleStepTest {
    private final DatasetCheckReport report = report();

    @Test
    void warnsWhereWarmUpIsAllThatTheTrainingDoes() {
        Problem warning = finding(one()).orElseThrow();

        assertThat(warning.code()).isEqualTo("FT0327");
        assertThat(warning.summary())
                .isEqualTo("the training is one step: nothing is learned where the place trains by the job's warm-up");
        assertThat(warning.isError()).isFalse();
        assertThat(warning.causes())
                .containsExactly(
                        "a warm-up of 5.0 % is rounded up to the whole step, and the rate rises from 0",
                        "12 training rows, 6 x 2 a step");
        assertThat(warning.remedies()).containsExactly("training.warmup-ratio: 0", "training.batch-size: 1");
        assertThat(finding(one().batchSize(3).epochs(0.5))).isPresent();
        assertThat(finding(one().packing(true)).orElseThrow().remedies()).containsExactly("training.warmup-ratio: 0");
    }

    @Test
    void saysNothingOfWhatLearns() {
        assertThat(finding(one().warmupRatio(0))).isEmpty();
        assertThat(finding(one().epochs(1.5))).isEmpty();
        assertThat(finding(one().batchSize(5))).isEmpty();
        assertThat(finding(one().batchSize(1).packing(true))).isEmpty();
    }

    /** Twelve rows are a step. */
    private static TrainingSpec.Builder one() {
        return TrainingSpec.builder().epochs(1).batchSize(6).gradientAccumulation(2);
    }

    private Optional<Problem> finding(TrainingSpec.Builder training) {
        return SingleStep.finding(training.build(), report);
    }

    private static DatasetCheckReport report() {
        Rows rows = new Rows();
        for (int i = 0; i < 12; i++) {
            rows.answered(TRAIN, "question number " + i, "an answer of its own " + i);
        }
        DataSpec data = DataSpec.ofFile("rows.jsonl");
        return new DatasetCheck(TaskSpec.of(TaskKind.CHAT), CheckSpec.defaults(), 0, 6, 17, new WordCodec(64), 1, data)
                .inspect(rows.parts());
    }
}
