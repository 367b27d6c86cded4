package dev.finetune4j.engine.report.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.engine.report.SampleRun;
import dev.finetune4j.engine.search.Candidate;
import dev.finetune4j.engine.search.Sweep;
import dev.finetune4j.engine.search.SweepSpec;
import dev.finetune4j.evaluation.Interval;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.MetricName;
import dev.finetune4j.value.RunId;
import java.io.StringReader;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.xml.sax.InputSource;

class SweepPageTest {
    private static final FineTuneJob JOB = SampleRun.report().job();
    private static final Sweep.Measured FIRST = trial(1, 0.0001, 0.6);
    private static final Sweep.Measured SECOND = trial(2, 0.001, 0.8);

    @Test
    void showsEachTrialAndWhatTheWinnerReachesOnTestRows() throws Exception {
        Sweep.TestScore test = new Sweep.TestScore(80, interval(0.3), interval(0.7), interval(0.4));

        String page = SweepPage.write(JOB, sweep(List.of(FIRST, SECOND), SECOND, test, null));

        assertThat(page)
                .contains("Best: learning rate 0.001")
                .contains("macro-F1 0.80 [0.70, 0.90] on 60 validation rows.")
                .contains("On 80 test rows: 0.70 [0.60, 0.80], the base model 0.30 [0.20, 0.40].")
                .contains(
                        "<code>run-1</code>",
                        "<code>run-2</code>",
                        "training: {learning-rate: 0.001}",
                        "1 min",
                        "1.234")
                .doesNotContain("chance may have put", "<script")
                .doesNotContainPattern("(?i)(src|href)=");
        // The drawing is well-formed, as every part of the page.
        String drawing = page.substring(page.indexOf("<svg"), page.indexOf("</svg>") + 6);
        DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(drawing)));
    }

    @Test
    void namesItsAxesAndNumbersTrialsOnly() {
        String page = SweepPage.write(JOB, sweep(List.of(FIRST, SECOND), SECOND, null, null));

        assertThat(page)
                .contains("of each trial on 60 validation rows, with its 95 % interval; higher is better", ">trial</p>")
                .contains("class=\"mark aside left\"", ">best</span>")
                .contains("class=\"x\" style=\"left:33.3%\">1<", "class=\"x\" style=\"left:66.7%\">2<")
                .doesNotContain("class=\"x\" style=\"left:0%\"", "class=\"x\" style=\"left:100%\"");
    }

    @Test
    void saysHowManyTrialsChanceMayHavePutBehind() {
        String page = SweepPage.write(JOB, sweep(List.of(trial(1, 0.0001, 0.75), SECOND), SECOND, null, null));

        assertThat(page)
                .contains("The interval of 1 other trial reaches that value: chance may have put it behind.")
                .contains("no other rows have been asked");
    }

    @Test
    void namesNoBestWhereTheBaseModelIsAsGood() {
        Interval same = new Interval(0.1, 0.1, 0.1);
        Interval noDifference = new Interval(0, 0, 0);
        Sweep.TestScore test = new Sweep.TestScore(80, same, same, noDifference);
        Sweep sweep = sweep(List.of(FIRST, SECOND), null, test, null);

        String page = SweepPage.write(JOB, sweep);

        assertThat(sweep.hasLearned()).isFalse();
        assertThat(page)
                .contains(
                        "Nothing was learned: the best trial is no better than the base model", "result plain", "<svg")
                .contains("trial 2 (learning rate 0.001), reaches macro-F1 0.10 [0.10, 0.10] on 80 test rows")
                .contains("the base model 0.10 [0.10, 0.10]: the difference is 0.00 [0.00, 0.00], which is no better.")
                .contains("Try a learning rate above 0.001, more epochs than 2, or more rows.")
                .contains("A range without width, as [0.10, 0.10], means that these rows are too few")
                .doesNotContain("Best", "class=\"mark", "replace those of the job file");
    }

    @Test
    void namesNoBestWhereTheDifferenceReachesZero() {
        Sweep.TestScore test = new Sweep.TestScore(80, interval(0.3), interval(0.4), interval(0.1));

        assertThat(sweep(List.of(FIRST), null, test, null).hasLearned()).isFalse();
        assertThat(sweep(List.of(FIRST), null, null, null).hasLearned())
                .as("the base model was not asked")
                .isTrue();
    }

    @Test
    void looksForALearningRateBelowThatAtWhichTrainingFailedOrDidWorse() {
        Sweep.Measured failed =
                new Sweep.Measured(3, new Candidate(0.1, null, null), 1, 2, new RunId("run-3"), 60, null, null, null);
        Sweep.TestScore test = new Sweep.TestScore(80, interval(0.3), interval(0.3), interval(0));

        assertThat(SweepPage.write(JOB, sweep(List.of(FIRST, SECOND, failed), null, test, null)))
                .contains("Try a learning rate between 0.001 and 0.1, at which training failed,");
        assertThat(SweepPage.write(JOB, sweep(List.of(FIRST, SECOND, trial(3, 0.01, 0.2)), null, test, null)))
                .contains("Try a learning rate between 0.001 and 0.01, at which a trial did worse,");
        assertThat(SweepPage.write(JOB, sweep(List.of(FIRST, SECOND, trial(3, 0.01, 0.75)), null, test, null)))
                .as("worse by chance")
                .contains("Try a learning rate above 0.01,");
    }

    @Test
    void saysWhatTheTimeLimitLeftOut() {
        String page = SweepPage.write(JOB, sweep(List.of(FIRST), FIRST, null, "trial 2 would take too long"));

        assertThat(page)
                .contains(
                        "Best so far: learning rate 0.0001", "Stopped by the time limit: trial 2 would take too long.")
                .contains("header class=\"result plain\"");
        assertThat(SweepPage.write(JOB, sweep(List.of(), null, null, "trial 1 would take too long")))
                .contains("No trial has ended")
                .doesNotContain("<svg");
    }

    private static Sweep sweep(
            List<Sweep.Measured> trials,
            Sweep.@Nullable Measured best,
            Sweep.@Nullable TestScore test,
            @Nullable String stopped) {
        String settings = best == null ? "" : best.candidate().yaml(JOB);
        return new Sweep(SweepSpec.Search.GRID, MetricName.MACRO_F1, 60, trials, best, settings, test, stopped);
    }

    private static Sweep.Measured trial(int number, double learningRate, double value) {
        return new Sweep.Measured(
                number,
                new Candidate(learningRate, null, null),
                1,
                2,
                new RunId("run-" + number),
                60,
                interval(value),
                1.234,
                null);
    }

    private static Interval interval(double value) {
        return new Interval(value, value - 0.1, value + 0.1);
    }
}
