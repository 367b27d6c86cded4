package dev.finetune4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.cli.view.EvaluationView;
import dev.finetune4j.cli.view.Farewell;
import dev.finetune4j.cli.view.HintView;
import dev.finetune4j.cli.view.HostingView;
import dev.finetune4j.cli.view.JsonLines;
import dev.finetune4j.cli.view.LiveView;
import dev.finetune4j.cli.view.MessageView;
import dev.finetune4j.cli.view.PlannedCallsView;
import dev.finetune4j.cli.view.ProblemView;
import dev.finetune4j.cli.view.RunDetailView;
import dev.finetune4j.cli.view.RunsView;
import dev.finetune4j.cli.view.Screen;
import dev.finetune4j.cli.view.Sparkline;
import dev.finetune4j.cli.view.Table;
import dev.finetune4j.cli.view.Wrap;
import dev.finetune4j.engine.hints.Hint;
import dev.finetune4j.engine.journal.HostedRun;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.evaluation.Comparison;
import dev.finetune4j.evaluation.ConfusionMatrix;
import dev.finetune4j.evaluation.EvaluationReport;
import dev.finetune4j.evaluation.GateClause;
import dev.finetune4j.evaluation.GateVerdict;
import dev.finetune4j.evaluation.Interval;
import dev.finetune4j.evaluation.SignificanceTest;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.evaluation.VariantEvaluation;
import dev.finetune4j.job.DataSpec;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.MetricName;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.job.TaskSpec;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.HostingOrder;
import dev.finetune4j.spi.PlannedCall;
import dev.finetune4j.value.ProviderId;
import dev.finetune4j.value.RunId;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ViewsTest {
    private static final Instant START = Instant.parse("2026-11-24T12:00:00Z");

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void tablesWrapTextAndNeverExceedTheWidth() {
        new Table()
                .text("ID")
                .number("ROWS")
                .text("WORDS")
                .row("a", "12,345", "one two three four five six seven eight nine ten eleven twelve")
                .print(screen(false, false, 40));

        assertThat(text(out)).isEqualTo("""
                ID    ROWS  WORDS
                a   12,345  one two three four five six
                            seven eight nine ten eleven
                            twelve
                """);
    }

    @Test
    void whatIsJudgedFromAPaperIsNotSaidToBeChosenByOthers() {
        String paper = "Lester et al. 2021, The Power of Scale";
        String link = "https://arxiv.org/abs/2104.08691";

        new HintView(screen(false, false, 80))
                .print(List.of(
                        new Hint("training.epochs", 3, false, 10, "slow", "judgement, from " + paper, link),
                        new Hint("training.batch-size", 8, true, 16, "steady", paper, link)));

        assertThat(text(out).lines())
                .startsWith("training.epochs  3 here, which nobody chose; advised here is 10")
                .contains("training.batch-size  8 here; others 16", "  " + link);
    }

    @Test
    void whatPeopleCopyStaysWholeWhereItCan() {
        new Table()
                .id("RUN")
                .text("RESULT")
                .row("tickets-0123abcd-1", "macro-f1 0.42, gate failed for want of rows")
                .print(screen(false, false, 40));

        assertThat(text(out)).isEqualTo("""
                RUN                 RESULT
                tickets-0123abcd-1  macro-f1 0.42, gate
                                    failed for want of
                                    rows
                """);
        assertThat(Wrap.hanging("adapter in /a/very/long/path here", 14, 2))
                .isEqualTo("adapter in\n  /a/very/long/path\n  here");
    }

    @Test
    void aNameIsBrokenAfterOneOfItsMarksEvenWhereThatIsEarly() {
        assertThat(Wrap.lines("ml.p5.48xlarge", 13)).containsExactly("ml.p5.", "48xlarge");
        assertThat(Wrap.lines("ml.p4d.24xlarge", 14)).containsExactly("ml.p4d.", "24xlarge");
        assertThat(Wrap.lines("a-nameWithoutAnyMark", 14)).containsExactly("a-nameWithoutA", "nyMark");
    }

    @Test
    void noWordIsBrokenWhereWrappingBetweenWordsIsEnough() {
        new Table()
                .id("RUN")
                .text("TARGET")
                .text("RESULT")
                .row("tickets-0123abcd-1", "azure-openai", "macro-f1 0.42, gate failed for want of rows")
                .print(screen(false, false, 45));

        assertThat(text(out)).isEqualTo("""
                RUN                 TARGET        RESULT
                tickets-0123abcd-1  azure-openai  macro-f1
                                                  0.42, gate
                                                  failed for
                                                  want of
                                                  rows
                """);
    }

    @Test
    void noNameIsBrokenButAtItsMarksWhereAnotherCanBe() {
        new Table()
                .id("TARGET")
                .id("MACHINE")
                .number("USD")
                .row("azure-openai\n1x H100-NVL", "NC96ads_A100_v4\ncanadacentral low-priority", "1.19")
                .print(screen(false, false, 29));

        assertThat(text(out)).isEqualTo("""
                TARGET    MACHINE         USD
                azure-    NC96ads_A100_  1.19
                openai    v4
                1x        canadacentral
                H100-NVL  low-priority
                """);
    }

    @Test
    void theNameOfARegionIsNotBrokenWhereAnotherCanBe() {
        new Table()
                .id("TARGET")
                .id("MACHINE")
                .number("USD")
                .row("azure-openai\n1x H100-NVL", "NC96ads_A100_v4\ngermanywestcentral low-priority", "1.19")
                .print(screen(false, false, 34));

        assertThat(text(out)).isEqualTo("""
                TARGET    MACHINE              USD
                azure-    NC96ads_A100_v4     1.19
                openai    germanywestcentral
                1x        low-priority
                H100-NVL
                """);
    }

    @Test
    void aNoteThatHasNoRoomStandsBelowItsRow() {
        new Table()
                .id("WHAT")
                .number("SIZE")
                .note("KEPT FOR")
                .row("outputs/tickets-0123abcd-1", "3 MB", "finetune fetch tickets-0123abcd-1")
                .row("outputs/tickets-4567abcd-1", "21 MB", "-")
                .print(screen(false, false, 42));

        assertThat(text(out)).isEqualTo("""
                WHAT                         SIZE
                outputs/tickets-0123abcd-1   3 MB
                  kept for  finetune fetch
                            tickets-0123abcd-1
                outputs/tickets-4567abcd-1  21 MB
                """);
    }

    /** A job's order is stored before what it takes, and again once all of that is there. */
    @Test
    void aCallThatWouldBeMadeAgainIsShownOnce() {
        PlannedCall order = new PlannedCall("s3:PutObject", "s3://b/order.json", "{\n  \"run\" : 1\n}");
        PlannedCall rows = new PlannedCall("s3:PutObject", "s3://b/rows", "rows from data");

        new PlannedCallsView(screen(false, false, 80), false).print(List.of(order, rows, order));

        assertThat(text(out)).isEqualTo("""
                s3:PutObject s3://b/order.json
                  {
                    "run" : 1
                  }
                s3:PutObject s3://b/rows
                  rows from data
                s3:PutObject s3://b/order.json
                  the same once more
                """);
    }

    @Test
    void runsAreListedWithoutABrokenWord() {
        Table runs = new Table()
                .id("RUN")
                .text("STATE")
                .text("TARGET")
                .number("TOOK")
                .number("STARTED")
                .note("RESULT")
                .row(
                        "support-tickets-0123abcd-1",
                        "succeeded",
                        "azure-openai",
                        "1 h 12 min",
                        "3 days ago",
                        "macro-f1 0.912, gate passed");

        runs.print(screen(false, false, 80));

        assertThat(text(out)).isEqualTo("""
                RUN                         STATE      TARGET              TOOK     STARTED
                support-tickets-0123abcd-1  succeeded  azure-openai  1 h 12 min  3 days ago
                  result  macro-f1 0.912, gate passed
                """);
    }

    @Test
    void nothingIsSaidOfAGateThatDemandsNothing() {
        RunsView runs = new RunsView(screen(false, false, 120), Clock.fixed(START, ZoneOffset.UTC));
        Interval tuned = new Interval(0.19, 0.1, 0.3);
        GateVerdict failed = GateVerdict.of(List.of(GateClause.AtLeast.judge(MetricName.MACRO_F1, 0.5, tuned)));

        runs.print(List.of(evaluated(tuned, GateVerdict.of(List.of())), evaluated(tuned, failed)), 2);

        assertThat(text(out).lines().skip(1))
                .satisfiesExactly(
                        ungated -> assertThat(ungated).endsWith("macro-F1 0.19"),
                        gated -> assertThat(gated).endsWith("macro-F1 0.19, gate failed"));
    }

    @Test
    void aRunThatEndedUnwatchedTakesNoLonger() {
        RunsView runs = new RunsView(screen(false, false, 120), Clock.fixed(START.plusSeconds(3600), ZoneOffset.UTC));

        runs.print(List.of(view(RunState.STOPPED, START.plusSeconds(300), null, false)), 1);

        assertThat(text(out)).contains("stopped", " 5 min ", "1 h ago");
    }

    @Test
    void programsAreToldNoUnknownFigures() {
        try (JsonLines lines = new JsonLines(screen(false, false, 80), Clock.fixed(START, ZoneOffset.UTC))) {
            lines.accept(
                    new RunEvent.StepCompleted(START, 3, -1, 0.5, 1.25, Double.NaN, Double.NaN, -1, Double.NaN, -1));
        }

        assertThat(text(err))
                .isEqualTo(
                        "{\"kind\":\"step\",\"at\":\"2026-11-24T12:00:00Z\",\"step\":3,\"epoch\":0.5,\"loss\":1.25}\n");
    }

    @Test
    void rowsOfATableThatIsTooWideEvenSoAreBlocks() {
        new Table()
                .id("RUN")
                .text("STATE")
                .text("TARGET")
                .number("TOOK")
                .number("STARTED")
                .text("RESULT")
                .row(
                        "attack-tactics-76865a1f-1",
                        "succeeded",
                        "local",
                        "12 min 3 s",
                        "2 h ago",
                        "macro-f1 0.48, gate passed")
                .row("sentiment-0123abcd-1", "training", "local", "4 s", "4 s ago", "-")
                .print(screen(false, false, 40));

        assertThat(text(out)).isEqualTo("""
                attack-tactics-76865a1f-1
                  state    succeeded
                  target   local
                  took     12 min 3 s
                  started  2 h ago
                  result   macro-f1 0.48, gate passed
                sentiment-0123abcd-1
                  state    training
                  target   local
                  took     4 s
                  started  4 s ago
                  result   -
                """);
    }

    @Test
    void whatNobodyCanSeeIsListedWithAQuestionMark() {
        RunId run = new RunId("tickets-0123abcd-1");
        HostedRun asked =
                new HostedRun(run, new ProviderId("bedrock"), new HostingOrder(run, "provisioned", 1, 1), null, false);
        HostingView view = new HostingView(screen(false, false, 200), Clock.fixed(START, ZoneOffset.UTC), false);

        view.print(List.of(asked));
        view.printBriefly(asked);

        assertThat(text(out)).isEqualTo("""
                RUN                 PLACE    WAY          STATE   AGE  AN HOUR  A MONTH
                tickets-0123abcd-1  bedrock  provisioned  asked?    ?        ?        ?
                together 1 at a price that is not known here; finetune host RUN --remove ends one
                hosted    provisioned, asked for, and nobody knows whether it is there, an hour costs what is not known here; finetune host tickets-0123abcd-1 --remove ends it
                """);
    }

    @Test
    void theFirstSignIsGoneOnceMoreIsWritten() {
        Screen screen = screen(true, false, 80).showUntilMore("finetune ps");
        screen.line("a result");

        assertThat(text(err)).isEqualTo("finetune ps\r\u001b[K");
        assertThat(text(out)).isEqualTo("a result\n");
    }

    @Test
    void aProblemShowsCodePlaceCauseAndRemedies() {
        Problem problem = CliProblems.FILE_EXISTS
                .error("job.yaml exists already")
                .at(new Location.InFile("job.yaml", 3, 7, "training.epochs"))
                .because("2 > 1")
                .remedy("first")
                .remedy("second")
                .build();

        assertThat(new ProblemView(screen(false, false, 80)).text(problem)).isEqualTo("""
                error FT0004: job.yaml exists already
                  at    job.yaml:3:7  training.epochs
                  why   2 > 1
                  try   first
                  or    second
                  more  finetune explain FT0004""");
    }

    @Test
    void aRemedyCanBePastedWhole() {
        String command = "aws service-quotas list-service-quotas --service-code sagemaker --region eu-central-1"
                + " --query \"Quotas[?QuotaName=='ml.g5.2xlarge for training job usage']\"";
        Problem problem = CliProblems.FILE_EXISTS.error("one").remedy(command).build();

        assertThat(new ProblemView(screen(false, false, 80)).text(problem).lines())
                .contains("  try   " + command);
    }

    @Test
    void nothingMovesBesideAQuestion() throws InterruptedException {
        try (LiveView view = new LiveView(screen(true, true, 80), Clock.systemUTC(), Duration.ofSeconds(2))) {
            view.doing("checking every row");
            view.rest();
            int asked = text(err).length();

            Thread.sleep(600);

            assertThat(text(err)).hasSize(asked).endsWith("\r\u001b[K");
            view.doing("checking job.yaml");
            assertThat(text(err)).endsWith("checking job.yaml  under 1 s");
        }
    }

    @Test
    void countsOnlyWhereALineIsDrawnAnew() throws InterruptedException {
        Clock clock = Clock.fixed(START, ZoneOffset.UTC);
        try (LiveView view = new LiveView(screen(true, true, 80), clock, Duration.ofSeconds(2))) {
            view.doing("comparing the runs of runs.csv");
            view.counted(3, 12);
            view.milestone("meanwhile");
            assertThat(text(err)).endsWith("comparing the runs of runs.csv  3/12 rows  0 s");

            view.doing("checking every row");
            assertThat(text(err)).endsWith("checking every row  0 s");
        }
        err.reset();
        try (LiveView view = new LiveView(screen(false, false, 80), clock, Duration.ZERO);
                JsonLines lines = new JsonLines(screen(false, false, 80), clock)) {
            for (MessageView one : List.of(view, lines)) {
                one.doing("comparing the runs of runs.csv");
                one.counted(3, 12);
            }

            Thread.sleep(600);

            assertThat(text(err)).contains("comparing the runs of runs.csv").doesNotContain("3/12", "Rows");
        }
    }

    /** A line that is drawn anew has one line's room, and is erased with its view. */
    @Test
    void whatIsLongerThanTheScreenStaysOnATerminalAndIsWrapped() {
        String plan = "4 runs, on 13, 26, 52, 104 rows: 1.9 times the training of the job alone, and 4 times 40 rows";
        try (LiveView view = new LiveView(screen(true, true, 80), Clock.systemUTC(), Duration.ofSeconds(2))) {
            view.doing(plan);
        }

        assertThat(text(err))
                .contains(
                        "4 runs, on 13, 26, 52, 104 rows: 1.9 times the training of the job alone, and\n  4 times 40 rows\n");
    }

    @Test
    void aTerminalSeesOneLineDrawnAnew() {
        Clock clock = Clock.fixed(START, ZoneOffset.UTC);
        try (LiveView view = new LiveView(screen(true, true, 80), clock, Duration.ofSeconds(2))) {
            view.accept(new RunEvent.StateChanged(START, RunState.TRAINING, ""));
            view.accept(step(1, 2.0));
            view.accept(step(2, 1.0));
            view.milestone("hello");
        }

        assertThat(text(err))
                .contains("step 2/150 1% | loss 1.000 \u2193 | 251 tok/s | lr 1.0e-3 | eta 4m56s | 2.0 GiB")
                .contains("\r\u001b[Khello\n");
    }

    @Test
    void aPipeSeesPlainLinesWithoutControlCharacters() {
        Clock clock = Clock.fixed(START, ZoneOffset.UTC);
        try (LiveView view = new LiveView(screen(false, false, 80), clock, Duration.ZERO)) {
            view.accept(new RunEvent.StateChanged(START, RunState.TRAINING, ""));
            view.accept(step(1, 2.0));
            waitForLine("state=training step=1/150 epoch=0.01 loss=2.0000");
            view.accept(new RunEvent.PredictionProgress(START, Variant.BASE_FEW_SHOT, 3, 200));
            waitForLine("state=evaluating variant=base-few-shot rows=3/200");
        }

        assertThat(text(err)).doesNotContain("\u001b").doesNotContain("\r");
    }

    @Test
    void aPipeSeesWhatStandsStillOnce() throws InterruptedException {
        Clock clock = Clock.fixed(START, ZoneOffset.UTC);
        try (LiveView view = new LiveView(screen(false, false, 80), clock, Duration.ZERO)) {
            view.accept(new RunEvent.PredictionProgress(START, Variant.TUNED, 0, 150));
            waitForLine("state=evaluating variant=tuned rows=0/150");

            Thread.sleep(600);
        }

        assertThat(text(err).lines().filter(line -> line.endsWith("rows=0/150")))
                .hasSize(1);
    }

    @Test
    void whoLetsGoOfARehearsalIsToldHowToFollowItAgain() {
        Clock clock = Clock.fixed(START, ZoneOffset.UTC);
        try (LiveView view = new LiveView(screen(false, false, 80), clock, Duration.ofHours(1))) {
            view.detached(Farewell.toRehearsal(new RunId("tickets-0123abcd-1"), "finetune plan job.yaml --rehearse"));
        }

        assertThat(text(err)).isEqualTo("""
                detached; the rehearsal ends by itself
                  follow it: finetune plan job.yaml --rehearse
                """);
    }

    @Test
    void saysNothingOfMemoryThatNobodyForesaw() {
        Clock clock = Clock.fixed(START, ZoneOffset.UTC);
        try (LiveView view = new LiveView(screen(false, false, 80), clock, Duration.ofHours(1))) {
            view.accept(new RunEvent.TrainingStarted(START, 134_515_008, 4_884_480, 13, "fp32", "none", 2, -1, null));
            view.accept(
                    new RunEvent.TrainingStarted(START, 134_515_008, 4_884_480, 13, "fp32", "none", 1, 1L << 30, null));
            view.accept(new RunEvent.TrainingStarted(START, 134_515_008, 4_884_480, 1, "fp32", "none", 2, -1, null));
        }

        assertThat(text(err)).isEqualTo("""
                training 4,884,480 of 134,515,008 parameters, 13 steps, fp32, 2 threads
                training 4,884,480 of 134,515,008 parameters, 13 steps, fp32, 1 thread, about
                  1.0 GiB of memory
                training 4,884,480 of 134,515,008 parameters, 1 step, fp32, 2 threads
                """);
    }

    @Test
    void noColorWinsOverATerminal() {
        assertThat(Screen.system(Map.of("TERM", "xterm"), "out,err").hasColor()).isTrue();
        assertThat(Screen.system(Map.of("TERM", "xterm", "NO_COLOR", "1"), "out,err")
                        .hasColor())
                .isFalse();
        assertThat(Screen.system(Map.of("TERM", "dumb"), "out,err").hasColor()).isFalse();
        assertThat(Screen.system(Map.of("TERM", "xterm"), "").hasColor()).isFalse();
        assertThat(Screen.system(Map.of("CLICOLOR_FORCE", "1"), "").hasColor()).isTrue();
    }

    @Test
    void longWordsAreCutAndCurvesResampled() {
        assertThat(Wrap.lines("abcdefgh ij", 4)).containsExactly("abcd", "efgh", "ij");
        assertThat(Wrap.lines("meta.llama3-1-8b-instruct-v1:0:128k", 16))
                .containsExactly("meta.llama3-1-", "8b-instruct-v1:", "0:128k");
        assertThat(Wrap.lines("a-bcdefghi", 8)).as("no line of a few letters").containsExactly("a-bcdefg", "hi");
        assertThat(Sparkline.of(List.of(3.0, 2.0, 1.0), 10)).isEqualTo("\u2588\u2585\u2581");
        assertThat(Sparkline.of(List.of(), 10)).isEmpty();
    }

    @Test
    void aResultTellsWhatItsScoresHide() {
        ConfusionMatrix confusion =
                new ConfusionMatrix(List.of("good", "bad"), List.of(List.of(15L, 0L), List.of(5L, 0L)));

        new RunDetailView(screen(false, false, 80))
                .printResult(evaluated(new Interval(0.43, 0.4, 0.5), GateVerdict.of(List.of()), confusion));

        assertThat(CommandRun.oneLine(text(err)))
                .contains("warning FT0711: all 20 rows are answered \"good\", none \"bad\" (5 rows)")
                .contains("try finetune sweep JOB --learning-rate");
    }

    @Test
    void countsHowOftenARunWasResumed() {
        RunDetailView detail = new RunDetailView(screen(false, false, 80));

        for (int resumes = 0; resumes < 3; resumes++) {
            detail.print(view(RunState.SUCCEEDED, START, null, resumes, true), Clock.fixed(START, ZoneOffset.UTC));
        }

        assertThat(text(out).lines().filter(line -> line.startsWith("attempt")))
                .containsExactly("attempt   1", "attempt   1, resumed once", "attempt   1, resumed 2 times");
    }

    @Test
    void aGateIsToldInTheWordsOfTheReport() {
        Interval tuned = new Interval(0.54, 0.47, 0.6);
        Interval base = new Interval(0.02, 0.01, 0.04);
        Comparison comparison = new Comparison(
                Variant.BASE_ZERO_SHOT,
                MetricName.MACRO_F1,
                new Interval(0.52, 0.4, 0.62),
                new SignificanceTest.PairedBootstrap(0.0001, 2000));
        EvaluationReport report = new EvaluationReport(
                TaskKind.CLASSIFICATION,
                MetricName.MACRO_F1,
                20,
                2000,
                17,
                List.of(
                        new VariantEvaluation(
                                Variant.BASE_ZERO_SHOT, Map.of(MetricName.MACRO_F1, base), List.of(), null, null),
                        new VariantEvaluation(
                                Variant.TUNED, Map.of(MetricName.MACRO_F1, tuned), List.of(), null, null)),
                List.of(comparison),
                GateVerdict.of(List.of(
                        GateClause.AtLeast.judge(MetricName.MACRO_F1, 0.35, tuned),
                        GateClause.BetterThanBase.judge(comparison, tuned, base),
                        GateClause.BetterThanBase.judge(comparison, tuned, tuned))));

        new EvaluationView(screen(false, false, 120), "held-out rows").print(report);

        assertThat(text(out))
                .contains("tuned - base zero-shot: macro-F1 +0.52 [+0.40, +0.62], p < 0.001")
                .contains("passed  gate: tuned macro-F1 0.54 against at least 0.35")
                .contains("macro-F1 0.54 [0.47, 0.60] beats base zero-shot 0.02 [0.01, 0.04]")
                .contains("failed  gate: tuned macro-F1 0.54 [0.47, 0.60] does not clearly beat base zero-shot");
    }

    private static RunView evaluated(Interval macroF1, GateVerdict gate) {
        return evaluated(macroF1, gate, null);
    }

    private static RunView evaluated(Interval macroF1, GateVerdict gate, @Nullable ConfusionMatrix confusion) {
        VariantEvaluation tuned =
                new VariantEvaluation(Variant.TUNED, Map.of(MetricName.MACRO_F1, macroF1), List.of(), confusion, null);
        EvaluationReport evaluation = new EvaluationReport(
                TaskKind.CLASSIFICATION, MetricName.MACRO_F1, 20, 2000, 17, List.of(tuned), List.of(), gate);
        return view(RunState.SUCCEEDED, START, evaluation, true);
    }

    private static RunView view(
            RunState state, Instant changedAt, @Nullable EvaluationReport evaluation, boolean isClosed) {
        return view(state, changedAt, evaluation, 0, isClosed);
    }

    @SuppressWarnings("NullAway") // of a class file it does not read that a nested type may be null
    private static RunView view(
            RunState state, Instant changedAt, @Nullable EvaluationReport evaluation, int resumes, boolean isClosed) {
        TaskSpec task = TaskSpec.of(TaskKind.CLASSIFICATION);
        return new RunView(
                new RunId("tickets-0123abcd-1"),
                FineTuneJob.builder(
                                "tickets", new ModelRef("smollm2-135m-instruct"), task, DataSpec.ofFile("rows.jsonl"))
                        .build(),
                null,
                1,
                START,
                changedAt,
                state,
                ProviderId.LOCAL,
                null,
                null,
                null,
                null,
                resumes,
                null,
                null,
                evaluation,
                List.of(),
                null,
                isClosed);
    }

    private void waitForLine(String start) {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (text(err).lines().noneMatch(line -> line.startsWith(start))) {
            assertThat(System.nanoTime())
                    .as("no line that starts with " + start)
                    .isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private static RunEvent.StepCompleted step(int step, double loss) {
        return new RunEvent.StepCompleted(
                START.plusSeconds(2L * step), step, 150, 0.0133 * step, loss, 1e-3, 0.5, 502, 251, 2L << 30);
    }

    private Screen screen(boolean terminal, boolean color, int columns) {
        return new Screen(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                terminal,
                terminal,
                color,
                columns);
    }

    private static String text(ByteArrayOutputStream stream) {
        return stream.toString(StandardCharsets.UTF_8);
    }
}
