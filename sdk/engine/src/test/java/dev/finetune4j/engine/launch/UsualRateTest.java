package dev.finetune4j.engine.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.method.FullTuning;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.method.TuningMethod;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UsualRateTest {
    @TempDir
    private Path home;

    @Test
    void aRateFarAboveThatOfTheMethodIsWarnedOf() {
        assertThat(UsualRate.warning(job(LoraTuning.defaults(), 0.5))).hasValueSatisfying(problem -> {
            assertThat(problem.isError()).isFalse();
            assertThat(problem.code()).isEqualTo("FT0538");
            assertThat(problem.summary())
                    .isEqualTo("training.learning-rate is 0.5, 2500 times what is usual with lora");
            assertThat(problem.place()).contains(Location.ofKey("training.learning-rate"));
            assertThat(problem.remedies()).containsExactly("training.learning-rate: 0.0002");
        });
        assertThat(UsualRate.warning(job(FullTuning.defaults(), 0.01))).isPresent();
    }

    @Test
    void whatPeopleTryIsNot() {
        assertThat(UsualRate.warning(job(LoraTuning.defaults(), 0))).isEmpty();
        assertThat(UsualRate.warning(job(LoraTuning.defaults(), 0.01))).isEmpty();
        assertThat(UsualRate.warning(job(FullTuning.defaults(), 0.001))).isEmpty();
    }

    @Test
    void isAmongTheProblemsOfACheck() {
        LaunchFixture fixture = new LaunchFixture(home, TermsTest.NOTHING, Map.of());
        try (Launcher launcher = fixture.launcher()) {
            List<Problem> problems = launcher.places()
                    .propose(fixture.prepared(job(LoraTuning.defaults(), 0.5)))
                    .check()
                    .problems();

            assertThat(problems).extracting(Problem::code).contains("FT0538");
        }
    }

    private static FineTuneJob job(TuningMethod method, double rate) {
        return LaunchFixture.job("letters").toBuilder()
                .method(method)
                .training(TrainingSpec.builder().learningRate(rate).build())
                .build();
    }
}
