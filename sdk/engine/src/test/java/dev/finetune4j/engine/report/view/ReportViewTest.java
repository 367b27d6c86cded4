package dev.finetune4j.engine.report.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.finetune4j.data.DatasetProfile;
import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.engine.evaluate.Evaluator;
import dev.finetune4j.engine.report.ChangedRows;
import dev.finetune4j.engine.report.ForeseenAndActual;
import dev.finetune4j.engine.report.ReportProblems;
import dev.finetune4j.engine.report.RunParameters;
import dev.finetune4j.engine.report.RunReport;
import dev.finetune4j.engine.report.SampleRun;
import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.evaluation.EvaluationReport;
import dev.finetune4j.evaluation.GateVerdict;
import dev.finetune4j.evaluation.Prediction;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.job.EvaluationSpec;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.MetricName;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.job.TaskSpec;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.InputSource;

class ReportViewTest {
    private static final String JOB = """
            name: demo
            model: smollm2-135m-instruct
            task: classification
            data: rows.jsonl
            method: {rank: 16}
            """;
    private static final List<String> HOSTILE = List.of(
            "<script>alert(1)</script>",
            "\"><img src=x onerror=alert(1)>",
            "'; DROP TABLE rows; -- &amp; </style></svg>",
            "\u202Eright-to-left \u05E9\u05DC\u05D5\u05DD and \u0000 \uD800 half a pair",
            "{} {{text}} $1 \\1",
            "wordwithoutend".repeat(800),
            "[click](javascript:alert(1)) | `code` *bold* @everyone #1 https://example.org");

    @Test
    void pageNeedsNothingElse() {
        String page = HtmlReport.write(SampleRun.report());

        assertThat(page).startsWith("<!DOCTYPE html>").contains("default-src 'none'");
        assertThat(page)
                .doesNotContain("<script")
                .doesNotContain("<link")
                .doesNotContain("<img")
                .doesNotContain("url(");
        assertThat(page).doesNotContainPattern("(?i)(src|href)=");
        assertThat(page.length()).isLessThan(500_000);
    }

    @Test
    void resultStandsFirst() {
        String page = HtmlReport.write(SampleRun.report());

        assertThat(List.of(
                        page.indexOf("<h1>Tuned beats the base model</h1>"),
                        page.indexOf("Gate passed"),
                        page.indexOf("id=\"metrics\""),
                        page.indexOf("id=\"training\""),
                        page.indexOf("id=\"data\""),
                        page.indexOf("id=\"classes\""),
                        page.indexOf("id=\"rows\""),
                        page.indexOf("id=\"parameters\""),
                        page.indexOf("id=\"provenance\"")))
                .isSorted()
                .doesNotContain(-1);
    }

    @Test
    void nothingIsSaidOfAGateThatDemandsNothing() {
        RunReport judged = SampleRun.report();
        EvaluationReport evaluation = judged.comparison().orElseThrow();
        EvaluationReport ungated = new EvaluationReport(
                evaluation.task(),
                evaluation.mainMetric(),
                evaluation.rows(),
                evaluation.bootstrapSamples(),
                evaluation.seed(),
                evaluation.variants(),
                evaluation.comparisons(),
                GateVerdict.of(List.of()));
        RunReport report = RunReport.builder(judged.run(), judged.state(), judged.job(), judged.provenance())
                .evaluation(ungated, null)
                .build();

        assertThat(HtmlReport.write(report))
                .contains("<header class=\"result plain\">")
                .doesNotContain("class=\"gate\"")
                .doesNotContain("Gate passed");
        assertThat(MarkdownReport.write(report))
                .contains("rows.\n\n## Does it pay?\n")
                .doesNotContain("Gate passed");
    }

    @Test
    void everyDrawingHasATitleAndEveryTableHeaders() {
        String page = HtmlReport.write(SampleRun.report());

        assertThat(count(page, "<svg")).isEqualTo(count(page, "<title>") - 1).isEqualTo(count(page, "<desc>"));
        assertThat(count(page, "<table")).isLessThanOrEqualTo(count(page, "scope=\"row\""));
    }

    @Test
    void aTableThatIsWiderThanTheScreenHasAShadowWhereItGoesOn() {
        String page = HtmlReport.write(SampleRun.report());

        assertThat(count(page, "class=\"scroll\"")).isPositive();
        assertThat(page)
                .containsPattern(
                        "\\.scroll \\{\\s+overflow-x: auto;\\s+background:[^}]+ local,[^}]+--edge[^}]+ scroll;");
    }

    @Test
    void pageOfAFailedRunSaysWhyFirstAndHowFarItCame() {
        String page = HtmlReport.write(SampleRun.failed());

        assertThat(List.of(
                        page.indexOf("<h1>The run failed</h1>"),
                        page.indexOf("FT0601: the worker was killed at step 40. 40 of 150 steps are done."),
                        page.indexOf("7.1 GiB resident, 7.6 GiB in the machine"),
                        page.indexOf("training.batch-size: 4"),
                        page.indexOf("finetune explain FT0601"),
                        page.indexOf("finetune resume attack-tactics-3f9c2a51-1"),
                        page.indexOf("from the checkpoint after step 25"),
                        page.indexOf("<b>Loss</b>"),
                        page.indexOf("<b>Throughput</b>"),
                        page.indexOf("<b>Memory</b>"),
                        page.indexOf("id=\"data\""),
                        page.indexOf("id=\"parameters\""),
                        page.indexOf("id=\"provenance\"")))
                .isSorted()
                .doesNotContain(-1);
        assertThat(page).doesNotContain("id=\"metrics\"").doesNotContain("id=\"classes\"");
    }

    @Test
    void markdownOfARunWithoutResultSaysTheSame() {
        assertThat(MarkdownReport.write(SampleRun.failed()))
                .startsWith("# The run failed\n")
                .contains("| Why | 7.1 GiB resident, 7.6 GiB in the machine |")
                .contains("finetune resume attack-tactics-3f9c2a51-1");
        assertThat(MarkdownReport.write(SampleRun.stopped()))
                .startsWith("# The run was stopped\n\nStopped by ann. 60 of 150 steps are done.");
    }

    @Test
    void markdownTellsTheFindingsAndNoticesThatThePageTells() {
        String failed = MarkdownReport.write(SampleRun.failed());

        assertThat(failed)
                .containsSubsequence(
                        "## What the run had to say\n\n| Code | Weight | Count | Finding |",
                        "| FT0601 | error | 1 | the worker was killed at step 40; try: training.batch-size: 4 |",
                        "## Findings of the data check\n\n| Code | Weight | Count | Finding |",
                        "| FT0302 | warning | 1 | 44 of 1,060 rows are nearly equal to an earlier row; try: remedy |",
                        "| FT0341 | warning | 7 | row 120 holds an e-mail address (first of 7); try: remedy |");
        assertThat(MarkdownReport.write(SampleRun.report())).doesNotContain("What the run had to say");
    }

    @Test
    void everyModelHasItsConfusionMatrixAndOnlyTheTunedOneIsOpen() {
        String page = HtmlReport.write(SampleRun.report());

        assertThat(page)
                .containsSubsequence(
                        "aria-label=\"Confusion matrix: Tuned\"",
                        "<details><summary>Base, zero-shot</summary>",
                        "aria-label=\"Confusion matrix: Base, zero-shot\"",
                        "<details><summary>Base, few-shot</summary>",
                        "aria-label=\"Confusion matrix: Base, few-shot\"");
        assertThat(count(page, "class=\"heat\"")).isEqualTo(3);
        assertThat(count(page, "<details>")).isEqualTo(2);
    }

    @Test
    void aServiceIsSaidToHaveTunedItsOwnModelInItsOwnWay() {
        String page = HtmlReport.write(SampleRun.atService());
        String text = MarkdownReport.write(SampleRun.atService());

        assertThat(page)
                .contains("amazon.nova-micro-v1:0:128k", "tuned by bedrock", "places.bedrock went before")
                .doesNotContain("method LoRA");
        assertThat(text).contains("places.bedrock went before");
        assertThat(HtmlReport.write(SampleRun.report()))
                .contains("method LoRA, rank 16")
                .doesNotContain("went before");
        assertThat(MarkdownReport.write(SampleRun.report())).doesNotContain("went before");
    }

    @Test
    void memoryIsForeseenByThePlanWhereTheWorkerForesawNone() {
        assertThat(HtmlReport.write(SampleRun.foreseenByPlan()))
                .contains("<dt>Peak GPU memory</dt><dd><b>1.1 GiB</b><span>foreseen 1.0 GiB</span>")
                .contains("<dt>Peak memory</dt><dd><b>3.0 GiB</b><span>of the process</span>")
                .doesNotContain("nobody foresaw it");
        assertThat(MarkdownReport.write(SampleRun.foreseenByPlan()))
                .contains("| Peak GPU memory | 1.1 GiB |")
                .contains("| Steps alone | 1 min | 2 min | 4 min | 3 min | +50 % |")
                .contains("| Peak GPU memory | 900 MiB | 1.0 GiB | 2.0 GiB | 1.1 GiB | +7 % |");
        assertThat(HtmlReport.write(SampleRun.report())).contains("foreseen 1.9 GiB");
    }

    @Test
    void saysWhyARunTookLongerThanForeseenWhereOtherProgramsComputed() {
        String beside = "Beside other programs: threads waited 45 % of their time for processors.";

        assertThat(HtmlReport.write(besideOthers(0.45))).contains(beside);
        assertThat(MarkdownReport.write(besideOthers(0.45))).contains(beside);
        assertThat(MarkdownReport.write(besideOthers(0.05))).doesNotContain("Beside");
        assertThat(MarkdownReport.write(SampleRun.foreseenByPlan())).doesNotContain("Beside");
    }

    private static RunReport besideOthers(double waitingShare) {
        RunReport sample = SampleRun.foreseenByPlan();
        ForeseenAndActual figures = Objects.requireNonNull(sample.figures());
        return RunReport.builder(sample.run(), sample.state(), sample.job(), sample.provenance())
                .figures(new ForeseenAndActual(
                        figures.foreseen(),
                        figures.took(),
                        figures.peakBytes(),
                        figures.spent(),
                        figures.steps(),
                        waitingShare))
                .build();
    }

    @Test
    void everyParameterSaysWhereItCameFrom() {
        String page = HtmlReport.write(SampleRun.report());
        String parameters = page.substring(page.indexOf("id=\"parameters\""), page.indexOf("id=\"provenance\""));

        assertThat(parameters)
                .containsPattern(
                        "epochs</th><td><bdi[^>]*>2</bdi></td><td class=\"origin\"><bdi[^>]*>job.yaml:\\d+:\\d+</bdi>")
                .containsPattern(
                        "packing</th><td><bdi[^>]*>false</bdi></td><td class=\"origin\"><bdi[^>]*>default</bdi>");
        assertThat(count(parameters, "class=\"origin\""))
                .isEqualTo(RunParameters.of(SampleRun.job()).size());
        assertThat(parameters).doesNotContain("class=\"origin\"><bdi class=\"foreign\" dir=\"auto\"></bdi>");
    }

    @Test
    void anIntervalWithoutWidthIsNotTakenForCertainty() {
        RunReport right = report(TaskSpec.of(TaskKind.CLASSIFICATION), List.of("one answer", "another answer"));

        assertThat(HtmlReport.write(right)).containsPattern("A range without width, as \\[[01].00, [01].00], means");
        assertThat(MarkdownReport.write(right))
                .containsPattern(" rows. A range without width, as \\[[01].00, [01].00], means");
        assertThat(MarkdownReport.write(SampleRun.report())).doesNotContain("without width");
    }

    @Test
    void theNumberFormatOfAnswersIsToldBesideThatOfTraining() {
        assertThat(HtmlReport.write(SampleRun.report())).contains("<th scope=\"row\">Answers in</th><td>fp32</td>");
        assertThat(MarkdownReport.write(SampleRun.report())).contains("| Answers in | fp32 |");
        assertThat(MarkdownReport.write(SampleRun.atService())).doesNotContain("Answers in");
    }

    @Test
    void whatNeverTrainedHasLearnedFromNothing() {
        RunReport sample = SampleRun.report();
        RunReport unbegun = RunReport.builder(sample.run(), RunState.FAILED, sample.job(), sample.provenance())
                .data(Objects.requireNonNull(sample.data()), List.of())
                .build();

        assertThat(HtmlReport.write(sample)).contains("What it learned from").contains(">0 rows<");
        assertThat(HtmlReport.write(unbegun))
                .contains("What it was to learn from")
                .doesNotContain("What it learned from");
    }

    @Test
    void aLossJustAboveTheScaleMakesTheScaleLonger() {
        assertThat(HtmlReport.write(trained(12.4, 12.57))).doesNotContain("above the scale");
        assertThat(HtmlReport.write(trained(1.1, 12.57))).contains("1 point lies above the scale");
    }

    @Test
    void thousandsOfAScaleHaveSeparators() {
        assertThat(HtmlReport.write(trained(4000, 4000)))
                .contains(">1,000</span>")
                .doesNotContain(">1000</span>");
    }

    @Test
    void bleuIsSignedByItsTokenizer() {
        RunReport report = report(TaskSpec.of(TaskKind.TRANSLATION), List.of("a task", "two tasks"));

        assertThat(HtmlReport.write(report)).contains(" BLEU: nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp.");
        assertThat(MarkdownReport.write(report)).contains("BLEU: `nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp`.");
        assertThat(MarkdownReport.write(SampleRun.report())).doesNotContain("tok:");
    }

    @Test
    void ofALabelWithoutHeldOutRowsThereIsNoScore() {
        TaskSpec task = TaskSpec.of(TaskKind.CLASSIFICATION).withLabels(List.of("ham", "spam", "junk"));
        RunReport report = report(task, List.of("ham", "spam"));

        assertThat(MarkdownReport.write(report))
                .contains(
                        "1 of 3 labels has no held-out row; the tuned model's macro-F1 is over the 2 that rows or its "
                                + "answers have.\n")
                .contains("| junk | 0 | – | – | – |");
        assertThat(HtmlReport.write(report)).contains("1 of 3 labels has no held-out row");
        assertThat(MarkdownReport.write(SampleRun.report())).doesNotContain("no held-out row");
    }

    @Test
    void theShortReportHasTheLossThatTheTerminalEndsWith() {
        assertThat(MarkdownReport.write(trained(2, 3))).contains("; the last step alone 2.000 |");
    }

    /** A run of 100 steps of one loss, but for one in the middle. */
    private static RunReport trained(double loss, double spike) {
        RunReport sample = SampleRun.report();
        Instant at = Instant.parse("2026-11-24T14:02:11Z");
        List<RunEvent> events = new ArrayList<>();
        for (int step = 1; step <= 100; step++) {
            events.add(new RunEvent.StepCompleted(
                    at, step, 100, 1, step == 50 ? spike : loss, Double.NaN, 100, 100, 100, 1 << 20));
        }
        return RunReport.builder(sample.run(), sample.state(), sample.job(), sample.provenance())
                .events(events)
                .build();
    }

    @Test
    void aParameterThatHoldsNothingIsASettingToo() {
        String page = HtmlReport.write(SampleRun.report());

        assertThat(page)
                .containsPattern("ranks</th><td><bdi[^>]*>\\{}</bdi>")
                .containsPattern("trained-modules</th><td><bdi[^>]*>\\[]</bdi>");
    }

    @Test
    void theShortReportHasWhatTheJobSetsAndNoDefault() {
        FineTuneJob job = JobFile.parse(JOB, "job.yaml", Path.of("."), Map.of()).job();
        RunReport sample = SampleRun.report();
        RunReport report = RunReport.builder(sample.run(), sample.state(), job, sample.provenance())
                .origins(JobFile.parse(JOB, "job.yaml", Path.of("."), Map.of())
                        .resolved()
                        .origins())
                .build();

        assertThat(MarkdownReport.write(report))
                .contains("## Parameters that were set\n")
                .contains("| method.rank | 16 | job.yaml:5:")
                .contains("| data.file | rows.jsonl | job.yaml:4:")
                .doesNotContain("| data.format |")
                .doesNotContain("| data.split.")
                .doesNotContain("| training.packing |");
    }

    @Test
    void ofAJobOfJavaCodeTheShortReportHasWhatDiffersFromTheDefault() {
        RunReport sample = SampleRun.report();
        Map<String, String> origins = new HashMap<>();
        RunParameters.of(sample.job()).keySet().forEach(key -> origins.put(key, "code"));
        RunReport report = RunReport.builder(sample.run(), sample.state(), sample.job(), sample.provenance())
                .origins(origins)
                .build();

        assertThat(MarkdownReport.write(report))
                .contains("| training.evaluate-every | 25 | code |")
                .doesNotContain("| training.packing |");
    }

    @Test
    void hostileRowsAreOnlyText() throws Exception {
        RunReport report = hostile();

        String page = HtmlReport.write(report);

        assertThat(page.length()).isLessThan(500_000);
        assertThat(page).doesNotContain("<script").doesNotContain("<img").doesNotContain("\u0000");
        assertThat(count(page, "</style>")).isEqualTo(1);
        assertThat(page)
                .contains("&lt;script&gt;alert(1)&lt;/script&gt;")
                .contains("<bdi class=\"foreign\" dir=\"auto\">");
        String body = page.substring(page.indexOf("<body>"), page.indexOf("</body>") + "</body>".length());
        DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(body)));
    }

    @Test
    void hostileRowsDoNothingInMarkdown() {
        String text = MarkdownReport.write(hostile());

        assertThat(text)
                .doesNotContain("<script>")
                .contains("[click\\](javascript")
                .doesNotContain("\u0000");
        assertThat(text.lines().filter(line -> line.startsWith("| fixed")))
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line.replace("\\|", "")
                                .chars()
                                .filter(c -> c == '|')
                                .count())
                        .isEqualTo(6));
    }

    @Test
    void textTasksAreReportedWithoutLabels() {
        for (TaskKind kind : TaskKind.values()) {
            RunReport report = report(TaskSpec.of(kind), List.of("one answer", "another answer"));

            assertThat(HtmlReport.write(report).contains("id=\"classes\"")).isEqualTo(kind.hasLabels());
            assertThat(MarkdownReport.write(report)).contains("## Does it pay?");
        }
    }

    @Test
    void aTextThatScoresHigherIsBetterAndNotFixed() {
        for (TaskKind kind : TaskKind.values()) {
            RunReport report = report(TaskSpec.of(kind), List.of("one answer", "another answer"));

            assertThat(HtmlReport.write(report))
                    .as(kind.name())
                    .contains(kind.hasLabels() ? "✓ fixed by tuning" : "✓ better after tuning");
            assertThat(MarkdownReport.write(report))
                    .as(kind.name())
                    .contains(kind.hasLabels() ? "\n| fixed | " : "\n| better | ");
        }
    }

    @Test
    void noRowsAreListedWhereTuningChangedNone() {
        RunReport sample = SampleRun.report();
        ChangedRows none = new ChangedRows(MetricName.ACCURACY, 0, 0, 400, List.of());
        RunReport report = RunReport.builder(sample.run(), sample.state(), sample.job(), sample.provenance())
                .evaluation(sample.comparison().orElseThrow(), none)
                .build();

        assertThat(MarkdownReport.write(report))
                .contains("## Rows that tuning changed\n\n0 better, 0 worse, 400 as they were.\n\n## ")
                .doesNotContain("Drawn by lot");
        assertThat(HtmlReport.write(report)).contains("left 400 as they were").doesNotContain("drawn by lot");
    }

    @Test
    void figuresAreTheSameInEveryLanguage() {
        Locale before = Locale.getDefault();
        RunReport report = SampleRun.report();
        String expected = HtmlReport.write(report) + MarkdownReport.write(report);
        try {
            Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
            assertThat(HtmlReport.write(report) + MarkdownReport.write(report)).isEqualTo(expected);
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void filesAreWrittenWholeAndReadBack(@TempDir Path folder) throws IOException {
        RunReport report = SampleRun.report();
        Path into = folder.resolve("new/folder");

        Path page = ReportFiles.write(report, into);
        ReportFiles.write(report, into);

        assertThat(page).isEqualTo(into.resolve("report.html"));
        try (var files = Files.list(into)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("report.html", "report.json", "report.md");
        }
        assertThat(ReportFiles.read(into)).isEqualTo(report);
    }

    @Test
    void aMissingPageIsWrittenAndNothingElse(@TempDir Path folder) throws IOException {
        RunReport report = SampleRun.report();
        Path page = ReportFiles.write(report, folder);
        String html = Files.readString(page);
        Files.delete(page);
        for (String kept : List.of(ReportFiles.JSON, ReportFiles.MARKDOWN)) {
            Files.writeString(folder.resolve(kept), "of a later version");
        }

        assertThat(ReportFiles.writeMissing(report, folder)).isEqualTo(page).hasContent(html);
        for (String kept : List.of(ReportFiles.JSON, ReportFiles.MARKDOWN)) {
            assertThat(folder.resolve(kept)).hasContent("of a later version");
        }
        Files.delete(folder.resolve(ReportFiles.MARKDOWN));
        ReportFiles.writeMissing(report, folder);
        assertThat(folder.resolve(ReportFiles.MARKDOWN)).hasContent(MarkdownReport.write(report));
    }

    @Test
    void whatPagesAreWrittenFromIsRemovedBeforeThem(@TempDir Path folder) throws IOException {
        ReportFiles.write(SampleRun.report(), folder);
        Path page = folder.resolve(ReportFiles.HTML);
        Files.delete(page);
        Files.createDirectories(page.resolve("in the way"));

        assertThatThrownBy(() -> ReportFiles.remove(folder)).hasMessageContaining("FT0721");

        assertThat(folder.resolve(ReportFiles.JSON)).doesNotExist();
    }

    @Test
    void halfASurrogatePairDoesNotStopTheWriting(@TempDir Path folder) {
        ReportFiles.write(hostile(), folder);

        assertThat(folder.resolve(ReportFiles.HTML)).content().contains("&lt;script&gt;");
    }

    @Test
    void saysWhereAReportCannotBeWritten(@TempDir Path folder) throws IOException {
        Path notAFolder = Files.writeString(folder.resolve("file"), "");

        FineTuneException refused = catchThrowableOfType(
                FineTuneException.class, () -> ReportFiles.write(SampleRun.failed(), notAFolder.resolve("below")));

        assertThat(refused.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.kind()).isEqualTo(ReportProblems.NOT_WRITTEN);
            assertThat(problem.summary()).contains("report.json");
        });
    }

    @Test
    void refusesAReportThatIsMissingOrDamaged(@TempDir Path folder) throws IOException {
        FineTuneException missing = catchThrowableOfType(FineTuneException.class, () -> ReportFiles.read(folder));
        for (String damaged : List.of("{\"format\":1", "[]", "{}", "null", "")) {
            Files.writeString(folder.resolve(ReportFiles.JSON), damaged);
            FineTuneException refused = catchThrowableOfType(FineTuneException.class, () -> ReportFiles.read(folder));
            assertThat(refused.problems().get(0).kind()).as(damaged).isEqualTo(ReportProblems.UNREADABLE);
            assertThat(refused.problems().get(0).remedies().get(0))
                    .startsWith("mv ")
                    .endsWith(".damaged && finetune report " + folder.getFileName());
        }

        assertThat(missing.problems().get(0).causes()).containsExactly("there is no such file");
    }

    @Test
    void templatesRefuseTheWrongNumberOfValues() {
        assertThatThrownBy(() -> Html.of("<p>{}</p>")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Html.of("<p>{}</p>", "one", "two")).isInstanceOf(IllegalArgumentException.class);
        assertThat(Html.of("<p>{}{}</p>", "{}", Html.of("<b>{}</b>", "<")).markup())
                .isEqualTo("<p>{}<b>&lt;</b></p>");
    }

    @Test
    void axesEndAtRoundNumbers() {
        assertThat(Axis.covering(0, 0.776, 5).ticks()).hasSize(5).endsWith(0.8);
        assertThat(Axis.covering(0, 1.9, 4).label(0.5)).isEqualTo("0.5");
        assertThat(Axis.covering(0, 0, 5).high()).isGreaterThan(0);
        assertThat(Axis.covering(0, 100, 4)).isEqualTo(new Axis(0, 100, 25));
        assertThat(Axis.covering(0, 0.9, 4).label(0.25)).isEqualTo("0.25");
        assertThat(Axis.counting(2, 5).ticks()).as("counts").containsExactly(0.0, 1.0, 2.0);
        assertThat(Axis.counting(12, 5).ticks()).as("not 2.5").containsExactly(0.0, 5.0, 10.0, 15.0);
        assertThat(Axis.counting(100, 4).ticks()).containsExactly(0.0, 25.0, 50.0, 75.0, 100.0);
        assertThat(Axis.covering(0, 5000, 5).label(5000)).isEqualTo("5,000");
    }

    /** The mean of 10.777 nats a token is a perplexity of about 47,900. */
    @Test
    void theScaleOfAMetricSeparatesThousandsAsItsValueDoes() {
        Prediction row = new Prediction(new RowRef("rows.jsonl", 1), "reference", "an answer", Map.of(), 1077.7, 100);
        RunReport sample = SampleRun.report();

        RunReport report = RunReport.builder(sample.run(), sample.state(), sample.job(), sample.provenance())
                .evaluation(
                        new Evaluator(TaskSpec.of(TaskKind.GENERATION), EvaluationSpec.defaults())
                                .evaluate(Map.of(Variant.TUNED, List.of(row))),
                        null)
                .build();

        assertThat(HtmlReport.write(report)).contains(">50,000</span>").doesNotContain(">50000</span>");
    }

    @Test
    void aReferenceIsAPassageWhereTheRowsArePlainTextAndNotWhereNothingIsAsked() {
        RunReport blank = report(TaskSpec.of(TaskKind.CLASSIFICATION), List.of(" ", "a"));
        DatasetProfile profile = Objects.requireNonNull(SampleRun.report().data());
        RunReport passages = RunReport.builder(blank.run(), blank.state(), blank.job(), blank.provenance())
                .data(ofFormat("text", profile), List.of())
                .evaluation(blank.comparison().orElseThrow(), blank.changedRows())
                .build();

        assertThat(HtmlReport.write(blank)).contains("<dt>Right answer</dt>").doesNotContain("<dt>Passage</dt>");
        assertThat(HtmlReport.write(passages)).contains("<dt>Passage</dt>").doesNotContain("<dt>Right answer</dt>");
        assertThat(MarkdownReport.write(passages)).contains("| Passage |");
    }

    private static DatasetProfile ofFormat(String format, DatasetProfile profile) {
        return new DatasetProfile(
                profile.rowsByPart(),
                profile.rowsByLabel(),
                profile.tokens(),
                profile.trainedTokens(),
                profile.totalTokens(),
                profile.tokenizedShare(),
                profile.truncatedRows(),
                profile.exactDuplicates(),
                profile.nearDuplicates(),
                profile.overlap(),
                format,
                profile.digest(),
                profile.leftOutRows());
    }

    private static RunReport hostile() {
        return report(TaskSpec.of(TaskKind.CLASSIFICATION), HOSTILE);
    }

    /** A report over rows whose prompts, answers and labels are these texts; tuned is right in all. */
    private static RunReport report(TaskSpec task, List<String> texts) {
        List<Prediction> base = new ArrayList<>();
        List<Prediction> tuned = new ArrayList<>();
        List<Example> rows = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            RowRef row = new RowRef(texts.get(i), i + 1L);
            String reference = texts.get(i);
            String wrong = texts.get((i + 1) % texts.size());
            base.add(new Prediction(row, reference, wrong, Map.of(reference, -2.0, wrong, -1.0), 30, 5));
            tuned.add(new Prediction(row, reference, reference, Map.of(reference, -1.0, wrong, -2.0), 20, 5));
            rows.add(new Example.Conversation(
                    row, List.of(new Message(Role.USER, reference), new Message(Role.ASSISTANT, reference)), null));
        }
        Map<Variant, List<Prediction>> predictions = Map.of(Variant.BASE_ZERO_SHOT, base, Variant.TUNED, tuned);
        RunReport sample = SampleRun.report();
        return RunReport.builder(
                        sample.run(), sample.state(), sample.job().toBuilder().build(), sample.provenance())
                .evaluation(
                        new Evaluator(task, EvaluationSpec.defaults()).evaluate(predictions),
                        ChangedRows.of(task.kind(), predictions, rows, 17))
                .build();
    }

    private static int count(String text, String part) {
        return (text.length() - text.replace(part, "").length()) / part.length();
    }
}
