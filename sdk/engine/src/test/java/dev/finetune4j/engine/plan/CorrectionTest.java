package dev.finetune4j.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.finetune4j.engine.plan.Correction.Trial;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What past errors do to the next estimate. */
class CorrectionTest {
    private static final Uncertain FORESEEN = new Uncertain(80, 100, 125);

    @Test
    void nothingIsChangedByNothing() {
        assertThat(Correction.of(List.of(), 3)).isEqualTo(Correction.NONE);
        assertThat(Correction.NONE.words()).isEmpty();
        assertThat(Correction.NONE.apply(FORESEEN).likely()).isEqualTo(100);
    }

    @Test
    void moreRunsMoveMore() {
        double one = factor(1, 120);
        double two = factor(2, 120);
        double ten = factor(10, 120);

        assertThat(one).as("a third of the way").isCloseTo(Math.pow(1.2, 1.0 / 3), within(1e-9));
        assertThat(two).as("half of it").isCloseTo(Math.sqrt(1.2), within(1e-9));
        assertThat(ten).isBetween(two, 1.2);
    }

    @Test
    void theMiddleCountsAndNotTheOddOne() {
        Correction correction = Correction.of(
                List.of(
                        new Trial(FORESEEN.likely(), 100),
                        new Trial(FORESEEN.likely(), 100),
                        new Trial(FORESEEN.likely(), 900)),
                3);

        assertThat(correction.factor()).isEqualTo(1);
    }

    @Test
    void noErrorMovesBeyondTheBound() {
        assertThat(factor(10, 100_000)).isCloseTo(3, within(1e-9));
        assertThat(factor(10, 0.001)).isCloseTo(1 / 3.0, within(1e-9));
    }

    @Test
    void errorsWithinTheRangeDoNotWidenIt() {
        Correction correction =
                Correction.of(List.of(new Trial(FORESEEN.likely(), 95), new Trial(FORESEEN.likely(), 105)), 3);

        assertThat(correction.widening(FORESEEN.deviationAbove())).isEqualTo(1);
    }

    @Test
    void errorsOutsideOfTheRangeWidenItOnBothSides() {
        Correction correction = Correction.of(
                List.of(
                        new Trial(FORESEEN.likely(), 50),
                        new Trial(FORESEEN.likely(), 100),
                        new Trial(FORESEEN.likely(), 200)),
                3);

        Uncertain next = correction.apply(FORESEEN);

        assertThat(correction.factor()).isEqualTo(1);
        assertThat(next.low()).isLessThan(70);
        assertThat(next.high()).isGreaterThan(140);
        assertThat(correction.words())
                .isEqualTo(", times 1.00 by the error of 3 such runs, which leaves errors of 76 %");
    }

    @Test
    void aRangeThatSaysAsMuchAsTheErrorsThatRemainIsNotWidenedForThemAgain() {
        Correction correction = Correction.of(List.of(new Trial(100, 20), new Trial(100, 100), new Trial(100, 500)), 3);
        Uncertain wide = new Uncertain(12, 100, 800);

        assertThat(correction.apply(wide).high()).isCloseTo(wide.high(), within(1e-6));
        assertThat(correction.apply(wide).low()).isCloseTo(wide.low(), within(1e-6));
        assertThat(correction.apply(FORESEEN).high()).isGreaterThan(180);
    }

    @Test
    void noEndMovesFartherThanThreeTimesItsDistanceFromTheMedian() {
        Correction correction = Correction.of(Collections.nCopies(10, new Trial(100, 1e9)), 3);

        assertThat(correction.widening(FORESEEN.deviationAbove())).isEqualTo(3);
    }

    @Test
    void aRangeWithoutWidthBecomesOne() {
        Uncertain point = new Uncertain(100, 100, 100);

        Uncertain next = Correction.of(List.of(new Trial(point.likely(), 90), new Trial(point.likely(), 110)), 3)
                .apply(point);

        assertThat(next.low()).isLessThan(99);
        assertThat(next.high()).isGreaterThan(101);
    }

    @Test
    void aSampleIsMovedAndWidenedAlike() {
        Correction correction = new Correction(1.1, 0.4, 4);
        Sample sample = new Worlds().draw(Worlds.Cause.OWN_SPEED, FORESEEN);

        Sample.Percentiles moved = sample.corrected(correction).percentiles();
        Uncertain expected = correction.apply(FORESEEN);

        assertThat(moved.likely()).isCloseTo(expected.likely(), within(5.0));
        assertThat(moved.low()).isCloseTo(expected.low(), within(5.0));
        assertThat(moved.high()).isCloseTo(expected.high(), within(10.0));
    }

    private static double factor(int runs, double actual) {
        return Correction.of(Collections.nCopies(runs, new Trial(FORESEEN.likely(), actual)), 3)
                .factor();
    }
}
