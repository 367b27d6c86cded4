package dev.finetune4j.engine.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.finetune4j.evaluation.Interval;
import dev.finetune4j.job.MetricName;
import dev.finetune4j.value.RunId;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RungTest {
    @Test
    void halvingTriesAllBrieflyAndFewToTheEnd() {
        for (int candidates = 1; candidates <= 300; candidates++) {
            List<Rung> rungs = Rung.halving(candidates);

            assertThat(rungs.get(0).trials()).isEqualTo(candidates);
            assertThat(rungs.get(rungs.size() - 1).share()).isEqualTo(1);
            assertThat(rungs.get(rungs.size() - 1).trials()).isBetween(1, 2);
            for (int i = 1; i < rungs.size(); i++) {
                assertThat(rungs.get(i).share()).isCloseTo(3 * rungs.get(i - 1).share(), within(1e-12));
                assertThat(rungs.get(i).trials()).isEqualTo(rungs.get(i - 1).trials() / 3);
            }
            // No round trains more than the first.
            double first = candidates * rungs.get(0).share();
            assertThat(rungs)
                    .allSatisfy(rung -> assertThat(rung.trials() * rung.share()).isLessThanOrEqualTo(first + 1e-9));
        }
    }

    /** Where a candidate's order is the same in every round, as here, halving loses no best one. */
    @Test
    void halvingKeepsTheBest() {
        SplittableRandom random = new SplittableRandom(9);
        for (MetricName metric : List.of(MetricName.MACRO_F1, MetricName.PERPLEXITY)) {
            for (int draw = 0; draw < 100; draw++) {
                List<Sweep.Measured> all = new ArrayList<>();
                int count = random.nextInt(1, 40);
                for (int i = 1; i <= count; i++) {
                    all.add(trial(i, i == 2 ? null : random.nextDouble()));
                }
                Sweep.Measured best = Sweep.best(metric, all).orElseThrow();
                List<Sweep.Measured> left = all;
                for (Rung rung : Rung.halving(count)) {
                    left = rung.best(left, Sweep.order(metric));
                    assertThat(left).hasSize(rung.trials()).contains(best);
                }
            }
        }
    }

    @Test
    void ofEqualsTheEarlierGoesOn() {
        List<Sweep.Measured> alike = List.of(trial(1, 0.5), trial(2, 0.5), trial(3, 0.5));

        assertThat(new Rung(1, 1).best(alike, Sweep.order(MetricName.ACCURACY)))
                .extracting(Sweep.Measured::number)
                .containsExactly(1);
    }

    /** After a few steps a metric is at chance, and the learning rate that is too low may lead by luck. */
    @Test
    void earlyRoundsGoByTheLossAndTheLastByTheMetric() {
        Sweep.Measured tooLow = new Trial(1, 1 / 3.0, 0.52, 2.31).measured();
        Sweep.Measured learns = new Trial(2, 1 / 3.0, 0.50, 2.17).measured();
        Sweep.Measured silent = new Trial(3, 1 / 3.0, 0.99, null).measured();
        Sweep.Measured failed = new Trial(4, 1 / 3.0, null, null).measured();
        List<Sweep.Measured> early = List.of(tooLow, failed, silent, learns);

        assertThat(new Rung(1, 4).best(early, Sweep.order(MetricName.ACCURACY)))
                .containsExactly(learns, tooLow, silent, failed);

        Sweep.Measured surer = new Trial(5, 1, 0.8, 0.9).measured();
        Sweep.Measured better = new Trial(6, 1, 0.9, 1.1).measured();
        Sweep.Measured asGood = new Trial(7, 1, 0.9, 1.0).measured();
        assertThat(new Rung(1, 4).best(List.of(learns, surer, better, asGood), Sweep.order(MetricName.ACCURACY)))
                .containsExactly(asGood, better, surer, learns);
    }

    private record Trial(
            int number,
            double share,
            @Nullable Double value,
            @Nullable Double loss) {
        Sweep.Measured measured() {
            return new Sweep.Measured(
                    number,
                    new Candidate(0.001 * number, null, null),
                    share,
                    share,
                    new RunId("run-" + number),
                    1,
                    value == null ? null : new Interval(value, value - 0.1, value + 0.1),
                    loss,
                    null);
        }
    }

    private static Sweep.Measured trial(int number, @Nullable Double value) {
        return new Trial(number, 1, value, null).measured();
    }
}
