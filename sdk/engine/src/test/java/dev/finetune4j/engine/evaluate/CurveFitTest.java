package dev.finetune4j.engine.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.finetune4j.data.RowRef;
import dev.finetune4j.engine.report.CurveHeadline;
import dev.finetune4j.evaluation.Interval;
import dev.finetune4j.evaluation.Prediction;
import dev.finetune4j.job.EvaluationSpec;
import dev.finetune4j.job.MetricName;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.job.TaskSpec;
import dev.finetune4j.value.RunId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CurveFitTest {
    private static final List<String> LABELS = List.of("calm", "cross");
    private static final TaskSpec SENTIMENT = TaskSpec.of(TaskKind.SENTIMENT).withLabels(LABELS);
    private static final EvaluationSpec SPEC =
            EvaluationSpec.defaults().toBuilder().bootstrapSamples(300).build();
    private static final PowerLaw REAL = new PowerLaw(800, 0.1, 0.5, 0.05);

    @Test
    void foreseesWhatTheRealLawGivesForTwiceTheRows() {
        LearningCurve curve = CurveFit.of(SENTIMENT, SPEC, sizes(4000, 1));

        assertThat(curve.metric()).isEqualTo(MetricName.MACRO_F1);
        assertThat(curve.points()).extracting(LearningCurve.Point::rows).containsExactly(100L, 200L, 400L, 800L);
        assertThat(curve.atTwice().rows()).isEqualTo(1600);
        assertThat(curve.atTwice().value().value()).isCloseTo(1 - REAL.at(1600), within(0.02));
        assertThat(Objects.requireNonNull(curve.gain()).value()).isCloseTo(REAL.at(800) - REAL.at(1600), within(0.01));
        assertThat(curve.promisesGain()).isTrue();
    }

    /** Still guessing at half the rows, nearly perfect at all of them: no power law bends like this. */
    @Test
    void foreseesNothingFromSizesThatFollowNoLaw() {
        SplittableRandom random = new SplittableRandom(1);
        List<LearningCurve.Answered> sizes = new ArrayList<>();
        double[] errors = {0.5, 0.5, 0.45, 0.02};
        for (int i = 0; i < errors.length; i++) {
            long rows = 100L << i;
            sizes.add(new LearningCurve.Answered(rows, new RunId("run-" + rows), answers(400, errors[i], random)));
        }

        LearningCurve curve = CurveFit.of(SENTIMENT, SPEC, sizes);

        assertThat(curve.followsLaw()).isFalse();
        assertThat(curve.promisesGain()).isFalse();
        assertThat(curve.gain())
                .as("who reads the JSON alone is told of none, too")
                .isNull();
        assertThat(curve.fitted()).isEmpty();
    }

    /**
     * The range is of the law at twice the rows, so the truth lies in it about 19 times of 20; 60 draws leave room for chance. Of those that
     * chance puts off the law nothing is foreseen.
     */
    @Test
    void coversTheTruthAboutAsOftenAsItSays() {
        int covered = 0;
        int lawful = 0;
        for (int draw = 0; draw < 60; draw++) {
            LearningCurve curve = CurveFit.of(SENTIMENT, SPEC, sizes(400, draw));
            if (curve.followsLaw()) {
                lawful++;
                Interval foreseen = curve.atTwice().value();
                double truth = 1 - REAL.at(1600);
                covered += foreseen.low() <= truth && truth <= foreseen.high() ? 1 : 0;
            }
        }

        assertThat(lawful).isGreaterThanOrEqualTo(51);
        assertThat(covered).isGreaterThanOrEqualTo(lawful - 9);
    }

    @Test
    void fitsPerplexityByItsLogarithm() {
        List<LearningCurve.Answered> sizes = new ArrayList<>();
        for (long rows : new long[] {100, 200, 400, 800}) {
            double nats = 2 + Math.pow(rows / 800.0, -0.5);
            List<Prediction> answers = new ArrayList<>();
            for (int row = 1; row <= 50; row++) {
                answers.add(new Prediction(new RowRef("rows", row), "text", null, Map.of(), 10 * nats, 10));
            }
            sizes.add(new LearningCurve.Answered(rows, new RunId("run-" + rows), answers));
        }

        LearningCurve curve = CurveFit.of(TaskSpec.of(TaskKind.CHAT), SPEC, sizes);

        assertThat(curve.metric()).isEqualTo(MetricName.PERPLEXITY);
        assertThat(curve.atTwice().value().value()).isCloseTo(Math.exp(2 + Math.sqrt(0.5)), within(0.05));
        assertThat(Objects.requireNonNull(curve.gain()).value()).isNegative();
        assertThat(curve.promisesGain()).isTrue();
    }

    @Test
    void promisesNothingWhereAllSizesAnswerAlike() {
        List<LearningCurve.Answered> alike = new ArrayList<>();
        List<Prediction> answers = answers(200, 0.2, new SplittableRandom(3));
        for (long rows : new long[] {100, 200, 400, 800}) {
            alike.add(new LearningCurve.Answered(rows, new RunId("run-" + rows), answers));
        }

        LearningCurve curve = CurveFit.of(SENTIMENT, SPEC, alike);

        assertThat(curve.gain()).as("a range of no width would look certain").isNull();
        assertThat(curve.fitted()).isEmpty();
        assertThat(curve.foreseesMore()).isFalse();
        assertThat(CurveHeadline.of(curve).title()).isEqualTo("The curve is flat: nothing is foreseen");
        assertThat(curve.promisesGain()).isFalse();
    }

    @Test
    void refusesSizesThatAnsweredDifferentRows() {
        List<LearningCurve.Answered> sizes = new ArrayList<>(sizes(50, 1));
        sizes.set(3, new LearningCurve.Answered(800, new RunId("run-800"), answers(49, 0.1, new SplittableRandom(1))));

        assertThatThrownBy(() -> CurveFit.of(SENTIMENT, SPEC, sizes)).hasMessageContaining("FT0702");
    }

    private static List<LearningCurve.Answered> sizes(int heldOut, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<LearningCurve.Answered> sizes = new ArrayList<>();
        for (long rows : new long[] {100, 200, 400, 800}) {
            List<Prediction> answers = answers(heldOut, REAL.at((double) rows), random);
            sizes.add(new LearningCurve.Answered(rows, new RunId("run-" + rows), answers));
        }
        return sizes;
    }

    private static List<Prediction> answers(int rows, double error, SplittableRandom random) {
        List<Prediction> answers = new ArrayList<>();
        for (int row = 1; row <= rows; row++) {
            String right = LABELS.get(row % 2);
            String given = random.nextDouble() < error ? LABELS.get((row + 1) % 2) : right;
            answers.add(new Prediction(new RowRef("rows", row), right, given, Map.of(), 1, 1));
        }
        return answers;
    }
}
