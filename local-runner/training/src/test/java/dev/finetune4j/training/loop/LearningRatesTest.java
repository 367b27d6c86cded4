package dev.finetune4j.training.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.finetune4j.job.Schedule;
import dev.finetune4j.job.TrainingSpec;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Expected values are those of transformers' get_*_schedule_with_warmup with a peak of 1, 10 steps, 2 of them warm-up. */
class LearningRatesTest {
    @Test
    void cosineFallsToZeroAfterWarmup() {
        assertRates(Schedule.COSINE, 0, 0.5, 1, 0.9619398, 0.8535534, 0.6913417, 0.5, 0.3086583, 0.1464466, 0.0380602);
    }

    @Test
    void linearFallsInAStraightLine() {
        assertRates(Schedule.LINEAR, 0, 0.5, 1, 0.875, 0.75, 0.625, 0.5, 0.375, 0.25, 0.125);
    }

    @Test
    void constantStaysAfterWarmup() {
        assertRates(Schedule.CONSTANT, 0, 0.5, 1, 1, 1, 1, 1, 1, 1, 1);
    }

    @Test
    void warmupStepsAreRoundedUp() {
        TrainingSpec spec = TrainingSpec.builder().warmupRatio(0.05).build();

        assertThat(LearningRates.of(spec, 150).warmupSteps()).isEqualTo(8);
        assertThat(LearningRates.of(spec.toBuilder().warmupRatio(0).build(), 150)
                        .at(1))
                .isEqualTo(spec.learningRate());
    }

    private static void assertRates(Schedule schedule, double... expected) {
        LearningRates rates = new LearningRates(schedule, 1, 2, 10);

        double[] actual = IntStream.rangeClosed(1, 10).mapToDouble(rates::at).toArray();

        assertThat(actual).containsExactly(expected, within(1e-6));
    }
}
