package dev.finetune4j.engine.report.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.engine.evaluate.LearningCurve;
import dev.finetune4j.engine.evaluate.PowerLaw;
import dev.finetune4j.engine.report.SampleRun;
import dev.finetune4j.evaluation.Interval;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.MetricName;
import dev.finetune4j.json.Json;
import dev.finetune4j.value.RunId;
import java.io.StringReader;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.xml.sax.InputSource;

class CurvePageTest {
    private static final FineTuneJob JOB = SampleRun.report().job();

    @Test
    void showsWhatWasMeasuredAndWhatIsForeseen() throws Exception {
        String page = CurvePage.write(JOB, curve(MetricName.MACRO_F1, 1.2, new Interval(0.05, 0.02, 0.09)));

        assertThat(page)
                .contains("Twice the rows would bring about +0.05 macro-F1")
                .contains(
                        "0.85 [0.80, 0.90] is foreseen at 1,600 training rows: +0.05 [+0.02, +0.09] over what the law gives at 800")
                .contains("<code>run-100</code>", "<code>run-800</code>", ">training rows</p>", "Hestness et al. 2017")
                .doesNotContain("<script")
                .doesNotContainPattern("(?i)(src|href)=");
        // The drawing is well-formed, as every part of the page.
        String drawing = page.substring(page.indexOf("<svg"), page.indexOf("</svg>") + 6);
        DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(drawing)));
    }

    @Test
    void promisesNothingWhereTheRangeReachesZero() {
        String page = CurvePage.write(JOB, curve(MetricName.MACRO_F1, 1.2, new Interval(0.02, -0.01, 0.06)));

        assertThat(page)
                .contains("Twice the rows are not shown to bring more")
                .contains("header class=\"result plain\"");
    }

    @Test
    void foreseesNothingWhereTheSizesFollowNoLaw() {
        LearningCurve curve = curve(MetricName.MACRO_F1, 4, new Interval(0.05, 0.02, 0.09));

        String page = CurvePage.write(JOB, curve);

        assertThat(page)
                .contains("The sizes follow no law: nothing is foreseen", "4, more than chance explains")
                .doesNotContain("1,600", "class=\"band\"", "no promise");
        assertThat(Json.pretty(curve)).contains("\"followsLaw\" : false").doesNotContain("gain", "0.09");
        assertThat(Json.pretty(
                        curve.beside(new LearningCurve.Base(new Interval(0.3, 0.2, 0.4), new Interval(0.5, 0.4, 0.6)))))
                .contains("\"followsLaw\" : false", "\"fitted\" : [ ]")
                .doesNotContain("gain");
    }

    @Test
    void saysOfPerplexityThatLowerIsBetter() {
        String page = CurvePage.write(JOB, curve(MetricName.PERPLEXITY, 1.2, new Interval(-0.4, -0.6, -0.2)));

        assertThat(page)
                .contains("Twice the rows would bring about \u22120.40 perplexity")
                .contains("lower is better")
                .contains("loss in nats");
    }

    @Test
    void foreseesNothingWhereAllRowsTaughtNothing() {
        LearningCurve curve = curve(MetricName.MACRO_F1, 1.2, new Interval(0.05, 0.02, 0.09))
                .beside(new LearningCurve.Base(new Interval(0.8, 0.75, 0.85), new Interval(0, 0, 0)));

        String page = CurvePage.write(JOB, curve);

        assertThat(curve.gain()).isNull();
        assertThat(curve.foreseesMore()).isFalse();
        assertThat(page)
                .contains("Nothing was learned, so nothing is foreseen", "header class=\"result plain\"")
                .contains(
                        "The curve is flat at the score of the base model. Measured at 800: macro-F1 0.80 [0.75, 0.85].")
                .contains("the difference is 0.00 [0.00, 0.00], which is no better.")
                .contains("Try more rows, a higher learning rate or more epochs.", "<td>base model</td>")
                .contains("<li class=\"base\">base model", "<path class=\"line base\"", "; higher is better")
                .doesNotContain("1,600", "class=\"band\"", "Hestness", "no promise");
    }

    @Test
    void foreseesByTheLawWhereTheBaseModelIsBehind() {
        LearningCurve curve = curve(MetricName.MACRO_F1, 1.2, new Interval(0.05, 0.02, 0.09))
                .beside(new LearningCurve.Base(new Interval(0.3, 0.2, 0.4), new Interval(0.5, 0.4, 0.6)));

        assertThat(CurvePage.write(JOB, curve)).contains("Twice the rows would bring about +0.05 macro-F1");
    }

    @Test
    void doesNotSayOfSizesThatDifferThatTheyReachTheSame() {
        LearningCurve alike = curve(MetricName.MACRO_F1, 1.2, new Interval(0, 0, 0));
        LearningCurve.Point other = new LearningCurve.Point(100, new RunId("run-100"), new Interval(0.82, 0.77, 0.87));
        LearningCurve curve = LearningCurve.of(
                alike.metric(),
                alike.heldOutRows(),
                List.of(other, point(200), point(400), point(800)),
                alike.law(),
                alike.misfit(),
                List.of(),
                null);

        assertThat(CurvePage.write(JOB, curve))
                .contains("More rows did not help: nothing is foreseen")
                .contains("The 4 sizes do not get better with the rows.", "The base model was not asked")
                .doesNotContain("reach the same");
    }

    /** A lower perplexity is better, and so is a difference below zero. */
    @Test
    void knowsWhichSideOfZeroIsBetter() {
        LearningCurve curve = curve(MetricName.PERPLEXITY, 1.2, new Interval(-0.4, -0.6, -0.2));
        Interval base = new Interval(9, 8, 10);

        assertThat(curve.beside(new LearningCurve.Base(base, new Interval(-2, -3, -1)))
                        .hasLearned())
                .isTrue();
        assertThat(curve.beside(new LearningCurve.Base(base, new Interval(2, 1, 3)))
                        .hasLearned())
                .isFalse();
    }

    private static LearningCurve curve(MetricName metric, double misfit, Interval gain) {
        Interval value = new Interval(0.8, 0.75, 0.85);
        return LearningCurve.of(
                metric,
                200,
                List.of(point(100), point(200), point(400), point(800)),
                new PowerLaw(800, 0.15, 0.5, 0.05),
                misfit,
                List.of(
                        new LearningCurve.Fitted(100, value),
                        new LearningCurve.Fitted(800, value),
                        new LearningCurve.Fitted(1600, new Interval(0.85, 0.8, 0.9))),
                gain);
    }

    private static LearningCurve.Point point(long rows) {
        return new LearningCurve.Point(rows, new RunId("run-" + rows), new Interval(0.8, 0.75, 0.85));
    }
}
