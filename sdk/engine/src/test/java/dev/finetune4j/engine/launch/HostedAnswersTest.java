package dev.finetune4j.engine.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.engine.chat.Chat;
import dev.finetune4j.engine.data.PreparedData;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.report.view.ReportFiles;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.evaluation.EvaluationReport;
import dev.finetune4j.evaluation.Interval;
import dev.finetune4j.evaluation.Prediction;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.job.DataSpec;
import dev.finetune4j.job.EvaluationSpec;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.MetricName;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.job.TaskSpec;
import dev.finetune4j.json.Json;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.run.GeneratedText;
import dev.finetune4j.run.RunOutcome;
import dev.finetune4j.run.Sampling;
import dev.finetune4j.testkit.fake.FakePlace;
import dev.finetune4j.testkit.fake.FakeProvider;
import dev.finetune4j.value.Money;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a place hosts answers as a worker would, for a price that is bounded before, and once. */
class HostedAnswersTest {
    private static final List<Variant> BOTH = List.of(Variant.BASE_ZERO_SHOT, Variant.TUNED);
    private static final List<Message> GREETING = List.of(new Message(Role.USER, "hello"));

    @TempDir
    private Path home;

    private LaunchFixture fixture;
    private RunFolder run;

    @BeforeEach
    void runAJobWhereNoWorkerRuns() throws InterruptedException {
        fixture = new LaunchFixture(home, FakePlace.SILENT, Map.of());
        run = fixture.folder(fixture.runToEnd());
    }

    @Test
    void answersOnlyOnceItIsHosted() throws Exception {
        try (Launcher launcher = fixture.launcher()) {
            Asking<List<GeneratedText>> asking = greeting(launcher);
            assertThatThrownBy(asking::terms).hasMessageContaining("FT0510").hasMessageContaining("not hosted");
            host(launcher);

            assertThat(agreedTo(asking).await())
                    .extracting(GeneratedText::text)
                    .containsExactly("BASE_ZERO_SHOT heard hello after 0", "TUNED heard hello after 0");
            Asking<List<GeneratedText>> plain =
                    launcher.questions().generation(run, BOTH, List.of(), "once", Sampling.greedy(9));
            assertThatThrownBy(plain::start).hasMessageContaining("FT0510");
        }
    }

    @Test
    void asksNothingThatNobodyAgreedToPayFor() throws Exception {
        try (Launcher launcher = fixture.launcher()) {
            host(launcher);
            ModelQuestions questions = launcher.questions();
            PreparedData rows = fixture.prepared(LaunchFixture.job("other")).data();
            Asking<EvaluationReport> evaluation = questions.evaluation(run, rows);
            Asking<List<GeneratedText>> greeting = greeting(launcher);
            for (Asking<?> asking :
                    List.of(evaluation, questions.heldOutEvaluation(run), questions.predictions(run, rows), greeting)) {
                assertThatThrownBy(asking::start)
                        .hasMessageContaining(
                                "FT0531: fake bills for answers of " + run.id() + ", and nobody agreed to that")
                        .hasMessageContaining("at most");
            }
            assertThatThrownBy(() -> evaluation.start(greeting.terms().orElseThrow()))
                    .as("less was agreed to")
                    .hasMessageContaining("FT0531")
                    .hasMessageContaining("which are others by now");
            assertThat(ModelWork.folder(run)).as("nothing was begun").doesNotExist();

            assertThat(agreedTo(evaluation).await().rows()).isEqualTo(40);
            assertThat(evaluation.start().await().rows())
                    .as("answers that are there cost nothing")
                    .isEqualTo(40);
        }
    }

    @Test
    void saysWhatAQuestionMayCost() throws Exception {
        try (Launcher launcher = fixture.launcher()) {
            host(launcher);
            Asking<List<GeneratedText>> base = launcher.questions()
                    .generation(run, List.of(Variant.BASE_ZERO_SHOT), GREETING, "", Sampling.greedy(9));

            AnswerTerms terms = base.terms().orElseThrow();

            assertThat(terms.questions()).isEqualTo(1);
            assertThat(terms.mostRead()).as("a byte each, and the marks").isEqualTo(5 + 16);
            assertThat(terms.mostWritten()).isEqualTo(9);
            assertThat(terms.most()).isEqualTo(Money.parse("0.0002 USD"));
            assertThatThrownBy(base::start).hasMessageContaining("at most 0.0002 USD");
            AnswerTerms cheaper = new AnswerTerms(
                    terms.run(), terms.place(), terms.model(), 1, 21, 9, Money.parse("0.0001 USD"), true);
            assertThatThrownBy(() -> base.start(cheaper)).hasMessageContaining("which are others by now");
            assertThat(greeting(launcher).terms().orElseThrow().isKnown())
                    .as("what the tuned model reads has no price")
                    .isFalse();
        }
    }

    @Test
    void talksWithWhoeverAgreedToThePrices() throws Exception {
        try (Launcher launcher = fixture.launcher()) {
            host(launcher);
            ModelQuestions questions = launcher.questions();
            assertThatThrownBy(() -> questions.chat(run, null))
                    .hasMessageContaining("FT0531")
                    .hasMessageContaining("what is not known here a million tokens that are read");

            try (Chat chat = questions.chat(run, questions.answering(run).orElseThrow())) {
                assertThat(chat.say(Variant.TUNED, "hello", Sampling.greedy(9), piece -> {})
                                .answer()
                                .text())
                        .startsWith("TUNED heard hello");
            }
        }
    }

    @Test
    void comparesOnTheRowsThatWereHeldOutAndAsksEachOnce() throws Exception {
        try (Launcher launcher = fixture.launcher()) {
            host(launcher);
            Asking<EvaluationReport> asking = launcher.questions().heldOutEvaluation(run);
            AnswerTerms terms = asking.terms().orElseThrow();
            assertThat(terms.questions()).isEqualTo(80);
            assertThat(terms.mostWritten())
                    .as("a label of 5 bytes, and 16 around it")
                    .isEqualTo(80 * 21);
            assertThat(terms.isKnown())
                    .as("what the tuned model reads has no price")
                    .isFalse();

            EvaluationReport report = asking.start(terms).await();

            assertThat(report.rows()).isEqualTo(40);
            assertThat(report.mainMetric()).isEqualTo(MetricName.MACRO_F1);
            assertThat(fixture.view(run.id()).evaluation()).isEqualTo(report);
            assertThat(run.path().resolve("report.json")).content().contains("\"macro-f1\"");
            assertThat(asking.terms().orElseThrow().questions()).isZero();
            assertThat(asking.start().await()).isEqualTo(report);
        }
    }

    @Test
    void comparesAChatByItsFormSinceNoLikelihoodsAreTold() throws Exception {
        FineTuneJob chat = FineTuneJob.builder(
                        "chats", ModelRef.parse("tiny"), TaskSpec.of(TaskKind.CHAT), DataSpec.ofFile("letters.jsonl"))
                .targets(List.of(FakeProvider.ID))
                .build();
        try (Launcher launcher = fixture.launcher()) {
            RunHandle<RunOutcome> tuning = launcher.launch(fixture.prepared(chat), List.of());
            tuning.await();
            run = fixture.folder(tuning.id());
            host(launcher);
            Asking<EvaluationReport> asking = launcher.questions().heldOutEvaluation(run);
            assertThat(asking.terms().orElseThrow().mostWritten())
                    .as("both models, 40 rows, evaluation.max-new-tokens each")
                    .isEqualTo(2 * 40 * EvaluationSpec.DEFAULT_MAX_NEW_TOKENS);

            EvaluationReport report = agreedTo(asking).await();

            assertThat(report.mainMetric()).isEqualTo(MetricName.FORMAT);
            assertThat(report.variants())
                    .allSatisfy(variant -> assertThat(variant.metrics())
                            .as("what is said is far longer than calm and cross")
                            .isEqualTo(Map.of(MetricName.FORMAT, new Interval(0, 0, 0))));
            assertThat(ReportFiles.read(run.path()).changedRows())
                    .as("rows have no score by themselves")
                    .isNull();
            Path file = run.output().resolve("predictions").resolve(Variant.TUNED.fileName());
            assertThat(Files.readAllLines(file))
                    .allSatisfy(
                            line -> assertThat(Json.read(line, Prediction.class).complete())
                                    .isTrue());
        }
    }

    @Test
    void asksEachOnceThoughTwoAskAtTheSameTime() throws Exception {
        try (Launcher launcher = fixture.launcher();
                Launcher other = fixture.launcher()) {
            host(launcher);
            RunHandle<EvaluationReport> one = agreedTo(launcher.questions().heldOutEvaluation(run));
            RunHandle<EvaluationReport> two = agreedTo(other.questions().heldOutEvaluation(run));
            for (RunHandle<EvaluationReport> each : List.of(one, two)) {
                try {
                    each.await();
                } catch (FineTuneException e) {
                    assertThat(e).as("the report is written by one of them").hasMessageContaining("FT0505");
                }
            }

            Path file = run.output().resolve("predictions").resolve(Variant.TUNED.fileName());
            assertThat(Files.readAllLines(file)).hasSize(40);
        }
    }

    @Test
    void goesOnWhereAProcessDiedAmidAnAnswer() throws Exception {
        try (Launcher launcher = fixture.launcher()) {
            host(launcher);
            Asking<EvaluationReport> asking = launcher.questions().heldOutEvaluation(run);
            EvaluationReport report = agreedTo(asking).await();
            Path file = run.output().resolve("predictions").resolve(Variant.TUNED.fileName());
            List<String> whole = Files.readAllLines(file);
            Files.write(file, whole.subList(0, 7));
            Files.writeString(file, "{\"row\":", StandardOpenOption.APPEND);

            assertThat(asking.terms().orElseThrow().questions()).isEqualTo(33);
            assertThat(agreedTo(asking).await()).isEqualTo(report);
            assertThat(file).content().isEqualTo(String.join("\n", whole) + "\n");
        }
    }

    @Test
    void readsALabelFromWhatAModelSays() {
        List<String> labels = List.of("calm", "very cross");

        assertThat(HostedRows.label(labels, " Calm\n")).isEqualTo("calm");
        assertThat(HostedRows.label(labels, "It is very cross.")).isEqualTo("very cross");
        assertThat(HostedRows.label(labels, "calm or very cross?")).isEqualTo(HostedRows.NO_LABEL);
        assertThat(HostedRows.label(labels, "calmly")).isEqualTo(HostedRows.NO_LABEL);
        assertThat(HostedRows.label(labels, "")).isEqualTo(HostedRows.NO_LABEL);
    }

    private Asking<List<GeneratedText>> greeting(Launcher launcher) {
        return launcher.questions().generation(run, BOTH, GREETING, "", Sampling.greedy(9));
    }

    private static <T> RunHandle<T> agreedTo(Asking<T> asking) {
        return asking.start(asking.terms().orElseThrow());
    }

    private void host(Launcher launcher) throws InterruptedException {
        ModelHosting hosting = launcher.hosting();
        hosting.host(hosting.terms(run.id().value(), null, 1), model -> {});
    }
}
