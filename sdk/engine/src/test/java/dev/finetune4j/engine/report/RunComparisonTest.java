package dev.finetune4j.engine.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.engine.report.view.ComparisonWriter;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.MetricName;
import dev.finetune4j.json.Json;
import dev.finetune4j.value.RunId;
import java.util.List;
import java.util.Map;
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

    private static RunReport withJob(RunReport report, FineTuneJob job, String id) {
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
                report.training(),
                report.data(),
                report.findings(),
                report.notices(),
                report.evaluation(),
                report.changedRows(),
                report.provenance());
    }
}
