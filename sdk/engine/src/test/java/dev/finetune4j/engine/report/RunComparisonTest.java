package dev.finetune4j.engine.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.data.DatasetProfile;
import dev.finetune4j.engine.evaluate.MetricFigures;
import dev.finetune4j.engine.report.view.ComparisonWriter;
import dev.finetune4j.evaluation.Interval;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.MetricName;
import dev.finetune4j.json.Json;
import dev.finetune4j.plan.Foreseen;
import dev.finetune4j.plan.MoneyRange;
import dev.finetune4j.run.RunState;
import dev.finetune4j.value.Money;
import dev.finetune4j.value.RunId;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RunComparisonTest {
    @Test
    void showsOnlyWhatDiffersAndMarksTheBest() {
        RunComparison comparison = RunComparison.of(List.of(first(), second()));

        assertThat(comparison.parameters())
                .containsExactly(new RunComparison.Parameter(
                        "training.epochs",
                        Map.of(first().run().value(), "2", second().run().value(), "4")));
        assertThat(comparison.metrics())
                .allSatisfy(metric ->
                        assertThat(metric.best()).containsExactly(first().run().value()));
        assertThat(comparison.sameRows()).isTrue();
        assertThat(Json.read(Json.pretty(comparison), RunComparison.class)).isEqualTo(comparison);
    }

    @Test
    void fitsATerminalAndKeepsColumnsAligned() {
        String text = ComparisonWriter.text(RunComparison.of(List.of(first(), second())));

        assertThat(text.lines()).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(80));
        assertThat(text)
                .contains("A  attack-tactics-3f9c2a51-1  succeeded")
                .containsPattern("macro-F1 +0\\.\\d\\d \\[0\\.\\d\\d, 0\\.\\d\\d\\] \\*  0\\.")
                .containsPattern("training\\.epochs +2 +4");
    }

    @Test
    void saysThatNoSettingDiffersAndWhatAStarIs() {
        RunReport one = first();
        RunComparison same = RunComparison.of(List.of(one, withJob(one, one.job(), "attack-tactics-77aa00bb-1")));

        assertThat(ComparisonWriter.text(same))
                .contains("No setting differs.")
                .doesNotContain("*")
                .doesNotContain("Parameters that differ");
        assertThat(ComparisonWriter.text(RunComparison.of(List.of(first(), second()))))
                .endsWith("\n* best of its row\n")
                .doesNotContain("No setting differs");
    }

    @Test
    void ofDifferentRowsNoneIsTheBestAndTheRowsAreCounted() {
        RunReport other = second();
        RunComparison comparison = RunComparison.of(List.of(first(), withRows(other, 84)));
        String text = ComparisonWriter.text(comparison);

        assertThat(comparison.sameRows()).isFalse();
        assertThat(comparison.metrics())
                .allSatisfy(metric -> assertThat(metric.best()).isEmpty());
        assertThat(comparison.figures())
                .allSatisfy(figure -> assertThat(figure.best()).isEmpty());
        assertThat(text)
                .contains("They were given different rows, so their figures do not compare.")
                .containsPattern("test rows +400 +84")
                .doesNotContain("*");
        assertThat(text.lines()).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(80));
    }

    @Test
    void aLongSettingDoesNotMakeTheLinesWider() {
        RunReport other = first();
        FineTuneJob job = other.job().toBuilder()
                .place(other.provenance().provider(), Map.of("model", "a/name-of-a-model-" + "x".repeat(60)))
                .build();
        RunComparison comparison = RunComparison.of(List.of(other, withJob(other, job, "attack-tactics-77aa00bb-1")));

        assertThat(ComparisonWriter.text(comparison).lines())
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(80));
    }

    @Test
    void noFigureLosesItsEndHoweverManyRunsThereAre() {
        List<RunComparison.Run> runs = Stream.of("a-1", "b-1", "c-1")
                .map(id -> new RunComparison.Run(RunId.parse(id), RunState.SUCCEEDED))
                .toList();
        Interval perplexity = new Interval(12_345.6, 11_002.2, 14_003.3);
        String value = "a/name-of-a-model-" + "x".repeat(60);
        RunComparison comparison = new RunComparison(
                runs,
                true,
                List.of(new RunComparison.Parameter("model", Map.of("a-1", value, "b-1", value, "c-1", "b"))),
                List.of(new RunComparison.Metric(
                        MetricName.PERPLEXITY,
                        Map.of("a-1", perplexity, "b-1", perplexity, "c-1", perplexity),
                        List.of())),
                List.of());

        String figure = MetricFigures.full(MetricName.PERPLEXITY, perplexity);
        assertThat(figure).hasSizeGreaterThan(20);
        assertThat(ComparisonWriter.text(comparison))
                .containsSubsequence(figure, figure, figure)
                .contains("a/name-of-a-model-")
                .doesNotContain(value);
    }

    @Test
    void aHairInMemoryIsNoWin() {
        RunReport one = withPeak(first(), 982L << 20);

        assertThat(best("peak memory", one, withPeak(second(), 978L << 20))).isEmpty();
        assertThat(best("peak memory", one, withPeak(second(), 700L << 20)))
                .containsExactly(second().run().value());
    }

    private static List<String> best(String name, RunReport... reports) {
        return RunComparison.of(List.of(reports)).figures().stream()
                .filter(figure -> figure.name().equals(name))
                .flatMap(figure -> figure.best().stream())
                .toList();
    }

    @Test
    void whatNobodyPaysForNeedsNoLine() {
        assertThat(figuresOfCost("0 USD")).isEmpty();
        assertThat(figuresOfCost("0.50 USD")).containsExactly("cost foreseen");
    }

    private static List<String> figuresOfCost(String foreseen) {
        RunReport sample = SampleRun.foreseenByPlan();
        ForeseenAndActual figures = Objects.requireNonNull(sample.figures());
        Foreseen plan = figures.foreseen();
        Money cost = Money.parse(foreseen);
        Foreseen priced = new Foreseen(
                plan.target(),
                plan.basis(),
                plan.family(),
                plan.method(),
                plan.precision(),
                plan.time(),
                plan.timeFactor(),
                plan.memory(),
                plan.memoryFactor(),
                new MoneyRange(cost, cost, cost),
                plan.steps());
        RunReport one = RunReport.builder(sample.run(), sample.state(), sample.job(), sample.provenance())
                .figures(new ForeseenAndActual(
                        priced, figures.took(), figures.peakBytes(), figures.spent(), figures.steps(), null))
                .build();
        return RunComparison.of(List.of(one, withJob(one, one.job(), "attack-tactics-77aa00bb-1"))).figures().stream()
                .filter(figure -> figure.unit().equals("USD"))
                .map(RunComparison.Figure::name)
                .toList();
    }

    /** No guess is the best. */
    @Test
    void laysWhatWasForeseenBesideWhatItTook() {
        RunReport one = SampleRun.foreseenByPlan();
        RunComparison comparison = RunComparison.of(List.of(one, withJob(one, one.job(), "attack-tactics-77aa00bb-1")));

        assertThat(comparison.figures())
                .extracting(RunComparison.Figure::name)
                .containsSubsequence("total time", "time at its place", "time foreseen");
        assertThat(comparison.figures())
                .filteredOn(figure -> figure.name().endsWith("foreseen"))
                .isNotEmpty()
                .allSatisfy(figure -> {
                    assertThat(figure.valueByRun()).hasSize(2);
                    assertThat(figure.best()).isEmpty();
                });
    }

    @Test
    void marksTheBestInMarkdownAndHtml() {
        RunComparison comparison = RunComparison.of(List.of(first(), second()));

        assertThat(ComparisonWriter.markdown(comparison)).containsPattern("\\| macro-F1 \\| \\*\\*0\\.\\d\\d");
        assertThat(ComparisonWriter.html(comparison))
                .contains("class=\"best-value\"")
                .contains("All were given the same rows");
    }

    @Test
    void leavesFailedRunsWithoutMetrics() {
        RunReport failed = SampleRun.failed();
        RunReport renamed = withJob(failed, failed.job(), "attack-tactics-3f9c2a51-3");

        RunComparison comparison = RunComparison.of(List.of(first(), renamed));

        assertThat(comparison.metrics())
                .allSatisfy(metric -> assertThat(metric.intervalByRun()).hasSize(1));
        assertThat(comparison.metrics())
                .allSatisfy(metric -> assertThat(metric.best()).isEmpty());
        assertThat(ComparisonWriter.text(comparison)).contains("failed");
    }

    @Test
    void marksNoneWhoseTokensAreAnotherModels() {
        RunReport other = withJob(
                first(),
                first().job().toBuilder()
                        .place(first().provenance().provider(), Map.of("model", "another/model"))
                        .build(),
                "attack-tactics-77aa00bb-1");
        RunReport worse = SampleRun.report(0.1, 0.2, 0.6);
        RunComparison comparison = RunComparison.of(List.of(other, worse));

        assertThat(comparison.figures())
                .filteredOn(figure -> figure.unit().equals("nats"))
                .allSatisfy(figure -> assertThat(figure.best()).isEmpty());
        assertThat(comparison.metrics())
                .filteredOn(metric -> metric.metric().equals(MetricName.PERPLEXITY))
                .allSatisfy(metric -> assertThat(metric.best()).isEmpty());
        assertThat(comparison.metrics())
                .filteredOn(metric -> !metric.metric().equals(MetricName.PERPLEXITY))
                .isNotEmpty()
                .allSatisfy(metric -> assertThat(metric.best()).isNotEmpty());
    }

    @Test
    void refusesToCompareARunWithItself() {
        assertThatThrownBy(() -> RunComparison.of(List.of(first(), first())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("attack-tactics-3f9c2a51-1");
    }

    private static RunReport first() {
        return SampleRun.report();
    }

    private static RunReport second() {
        RunReport report = SampleRun.report(0.1, 0.2, 0.6);
        FineTuneJob job = report.job().toBuilder()
                .training(report.job().training().toBuilder().epochs(4).build())
                .build();
        return withJob(report, job, "attack-tactics-77aa00bb-1");
    }

    private static RunReport withRows(RunReport report, long rows) {
        return with(
                report,
                report.job(),
                report.run().value(),
                report.training(),
                Objects.requireNonNull(report.data()).withTestRows(rows, "cd".repeat(32)));
    }

    private static RunReport withPeak(RunReport report, long bytes) {
        TrainingHistory training = Objects.requireNonNull(report.training());
        TrainingHistory other = new TrainingHistory(
                training.plan(),
                training.completedSteps(),
                training.tokens(),
                training.tokensPerSecond(),
                bytes,
                training.peakGpuBytes(),
                training.waitingShare(),
                training.checkpoints(),
                training.resumes(),
                training.stoppedEarly(),
                training.bestValidation(),
                training.loss(),
                training.smoothedLoss(),
                training.smoothingSpan(),
                training.validation(),
                training.throughput(),
                training.residentBytes());
        return with(report, report.job(), report.run().value(), other, report.data());
    }

    private static RunReport withJob(RunReport report, FineTuneJob job, String id) {
        return with(report, job, id, report.training(), report.data());
    }

    private static RunReport with(
            RunReport report,
            FineTuneJob job,
            String id,
            @Nullable TrainingHistory training,
            @Nullable DatasetProfile data) {
        return new RunReport(
                report.format(),
                RunId.parse(id),
                report.state(),
                job,
                report.origins(),
                report.startedAt(),
                report.endedAt(),
                report.ending(),
                report.phases(),
                report.figures(),
                report.spent(),
                training,
                data,
                report.findings(),
                report.notices(),
                report.evaluation(),
                report.changedRows(),
                report.provenance());
    }
}
