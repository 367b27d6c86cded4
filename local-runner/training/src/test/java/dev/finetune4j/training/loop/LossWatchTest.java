package dev.finetune4j.training.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.error.Problem;
import dev.finetune4j.job.TrainingSpec;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the losses of validations, given one by one, say of the whole training. */
class LossWatchTest {
    private static final TrainingSpec SPEC =
            TrainingSpec.builder().epochs(6).learningRate(0.02).build();

    /** After the first step, whose loss was 2; validations follow after each step from the second on. */
    private static final Progress BEGUN = Progress.start("digest").afterStep(0, 2, 1, 10);

    private static final int VALIDATIONS = 12;

    @Test
    void aRiseOfFewerThanAThirdOfAllValidationsIsNotNamed() {
        assertThat(told(BEGUN, VALIDATIONS, 1.0, 1.2, 1.2, 1.2, 0.9, 1.2, 1.2, 1.2, 0.9, 0.89, 0.88, 0.87))
                .isEmpty();
    }

    @Test
    void aRiseOfAThirdOfAllValidationsIsNamed() {
        assertThat(told(BEGUN, VALIDATIONS, 1.0, 1.2, 1.2, 1.3)).isEmpty();
        assertThat(told(BEGUN, VALIDATIONS, 1.0, 1.2, 1.2, 1.3, 1.25))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.code()).isEqualTo("FT0633");
                    assertThat(problem.summary()).isEqualTo("the validation loss turned up after step 2");
                    assertThat(problem.causes())
                            .containsExactly("1.000 at step 2, 1.250 at step 6; the result is that of step 2");
                    assertThat(problem.remedies()).startsWith("training.epochs: 0.5");
                });
    }

    @Test
    void eachLowestLossIsNamedOnce() {
        assertThat(told(BEGUN, VALIDATIONS, 1.0, 1.2, 1.2, 1.2, 1.2, 1.3, 0.8, 1.2, 1.2, 1.2, 1.2, 1.3))
                .extracting(Problem::summary)
                .containsExactly(
                        "the validation loss turned up after step 2", "the validation loss turned up after step 8");
    }

    @Test
    void oneRiseOfFewValidationsMayBeChanceAndTwoAreNamed() {
        int few = 4;

        assertThat(told(BEGUN, few, 1.0, 1.2)).isEmpty();
        assertThat(told(BEGUN, few, 1.0, 1.2, 1.2)).extracting(Problem::code).containsExactly("FT0633");
    }

    @Test
    void aLossThatFallsWhereNothingIsLeftToLearnIsNotNamed() {
        assertThat(told(BEGUN, 3, 0.5, 0.3, 0.2)).extracting(Problem::code).containsExactly("FT0634");
        assertThat(told(BEGUN, 3, 0.5, 0.0007, 0.0003)).isEmpty();
    }

    @Test
    void aRiseAtTheLastValidationIsNamed() {
        double[] rising = {1.1, 1.09, 1.08, 1.07, 1.06, 1.05, 1.04, 1.03, 1.02, 1.01, 1.0, 1.02};
        assertThat(told(BEGUN, VALIDATIONS, rising))
                .extracting(Problem::summary)
                .containsExactly("the validation loss turned up after step 12");

        double[] level = rising.clone();
        level[VALIDATIONS - 1] = 1.005;
        assertThat(told(BEGUN, VALIDATIONS, level)).isEmpty();
    }

    @Test
    void aLossAboveTwiceTheFirstStepsIsNamedOnce() {
        assertThat(told(BEGUN, VALIDATIONS, 4.0, 4.1)).isEmpty();
        assertThat(told(BEGUN, VALIDATIONS, 4.1, 4.05, 4.02)).singleElement().satisfies(problem -> {
            assertThat(problem.code()).isEqualTo("FT0637");
            assertThat(problem.causes())
                    .containsExactly(
                            "the lowest validation loss is 4.100 at step 2, the first step had 2.000",
                            "training.learning-rate is 0.02");
            assertThat(problem.remedies()).startsWith("training.learning-rate: 0.002");
        });
    }

    @Test
    void aTrainingWhoseFirstLossIsNotKnownIsNotCalledDiverged() {
        Progress ofOlderVersion =
                new Progress("digest", 1, 0, 0, null, 0, null, RunningMedian.EMPTY, RunningMedian.EMPTY, 10);

        assertThat(told(ofOlderVersion, VALIDATIONS, 41, 40.5, 40.2)).isEmpty();
    }

    /** All that is told of the first validations of so many. */
    private static List<Problem> told(Progress begun, int validations, double... losses) {
        LossWatch watch = new LossWatch(SPEC, validations);
        List<Problem> told = new ArrayList<>();
        Progress now = begun;
        for (int i = 0; i < losses.length; i++) {
            now = now.afterStep(0, losses[i], 1, 10).afterValidation(losses[i]);
            watch.trend(losses[i], now, step -> step / 4.0, i + 1 == validations)
                    .ifPresent(told::add);
        }
        return told;
    }
}
