package dev.finetune4j.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.run.Rehearsal.AnswerPace;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Few measured answers tell less of all of them than many. */
class RehearsedAnswersTest {
    private static final Uncertain STEADY = new Uncertain(0.93, 1, 1.15);

    @Test
    void theFewerAnswersWereWrittenTheWiderIsTheRange() {
        Uncertain one = seconds(true, 0, pace(1, 1_000_000, 60));
        Uncertain some = seconds(true, 0, pace(24, 1_000, 60));
        Uncertain half = seconds(true, 0, pace(500, 1_000, 60));

        assertThat(one.likely()).isEqualTo(60);
        assertThat(one.high()).as("exp(hypot(ln 1.15, 1.2816 sqrt(ln 2)))").isCloseTo(60 * 2.933, within(0.1));
        assertThat(one.low()).as("1 / exp(hypot(ln 0.93, 1.2816 sqrt(ln 2)))").isCloseTo(60 / 2.914, within(0.1));
        assertThat(some.high()).isBetween(1.25 * 60, 1.4 * 60);
        assertThat(half.high()).isBetween(1.15 * 60, 1.2 * 60);
        assertThat(some.low()).isBetween(one.low(), half.low());
    }

    @Test
    void whatWasMeasuredWholeOrIsOnlyReadTakesWhatTheSameWorkTakesAgain() {
        for (Uncertain known :
                List.of(seconds(true, 0, pace(40, 40, 60)), seconds(false, 0, pace(1, 1_000, 60)), seconds(true, 60))) {
            assertThat(known.likely()).isEqualTo(60);
            assertThat(known.low()).isCloseTo(0.93 * 60, within(1e-6));
            assertThat(known.high()).isCloseTo(1.15 * 60, within(1e-6));
        }
    }

    @Test
    void modelsWhoseAnswersAreLongByChanceAreNotAllThatAtOnce() {
        Uncertain alone = seconds(true, 0, pace(4, 1_000, 60));
        Uncertain both = seconds(true, 0, pace(4, 1_000, 30), pace(4, 1_000, 30));

        assertThat(both.likely()).isEqualTo(alone.likely());
        assertThat(both.high()).isLessThan(alone.high());
    }

    private static Uncertain seconds(boolean areWritten, double validationSeconds, AnswerPace... answers) {
        return RehearsedAnswers.seconds(
                SampleRehearsal.of(validationSeconds, List.of(answers), null), STEADY, areWritten);
    }

    private static AnswerPace pace(long rows, long totalRows, double wholeSeconds) {
        return new AnswerPace(Variant.TUNED, rows, totalRows, 1, wholeSeconds);
    }
}
