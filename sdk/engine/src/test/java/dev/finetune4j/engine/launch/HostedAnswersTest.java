package dev.finetune4j.engine.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.engine.chat.Chat;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.evaluation.EvaluationReport;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.job.MetricName;
import dev.finetune4j.run.GeneratedText;
import dev.finetune4j.run.Sampling;
import dev.finetune4j.testkit.fake.FakePlace;
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
            SideJobs jobs = launcher.sideJobs();
            List<Variant> both = List.of(Variant.BASE_ZERO_SHOT, Variant.TUNED);
            assertThatThrownBy(() -> jobs.generate(run, both, GREETING, "", Sampling.greedy(9)))
                    .hasMessageContaining("FT0510")
                    .hasMessageContaining("not hosted");
            host(launcher);

            assertThat(jobs.generate(run, both, GREETING, "", Sampling.greedy(9))
                            .await())
                    .extracting(GeneratedText::text)
                    .containsExactly("BASE_ZERO_SHOT heard hello after 0", "TUNED heard hello after 0");
            assertThatThrownBy(() -> jobs.generate(run, both, List.of(), "once", Sampling.greedy(9)))
                    .hasMessageContaining("FT0510");
            try (Chat chat = jobs.chat(run)) {
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
            SideJobs jobs = launcher.sideJobs();
            AnswerTerms terms = jobs.answerTerms(run, null).orElseThrow();
            assertThat(terms.questions()).isEqualTo(80);
            assertThat(terms.mostWritten())
                    .as("a label of 5 bytes, and 16 around it")
                    .isEqualTo(80 * 21);
            assertThat(terms.isKnown())
                    .as("what the tuned model reads has no price")
                    .isFalse();

            EvaluationReport report = jobs.evaluateHeldOut(run).await();

            assertThat(report.rows()).isEqualTo(40);
            assertThat(report.mainMetric()).isEqualTo(MetricName.MACRO_F1);
            assertThat(fixture.view(run.id()).evaluation()).isEqualTo(report);
            assertThat(run.path().resolve("report.json")).content().contains("\"macro-f1\"");
            assertThat(jobs.answerTerms(run, null).orElseThrow().questions()).isZero();
            assertThat(jobs.evaluateHeldOut(run).await()).isEqualTo(report);
        }
    }

    @Test
    void asksEachOnceThoughTwoAskAtTheSameTime() throws Exception {
        try (Launcher launcher = fixture.launcher();
                Launcher other = fixture.launcher()) {
            host(launcher);
            RunHandle<EvaluationReport> one = launcher.sideJobs().evaluateHeldOut(run);
            RunHandle<EvaluationReport> two = other.sideJobs().evaluateHeldOut(run);
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
            SideJobs jobs = launcher.sideJobs();
            EvaluationReport report = jobs.evaluateHeldOut(run).await();
            Path file = run.output().resolve("predictions").resolve(Variant.TUNED.fileName());
            List<String> whole = Files.readAllLines(file);
            Files.write(file, whole.subList(0, 7));
            Files.writeString(file, "{\"row\":", StandardOpenOption.APPEND);

            assertThat(jobs.answerTerms(run, null).orElseThrow().questions()).isEqualTo(33);
            assertThat(jobs.evaluateHeldOut(run).await()).isEqualTo(report);
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

    private void host(Launcher launcher) throws InterruptedException {
        ModelHosting hosting = launcher.hosting();
        hosting.host(hosting.terms(run.id().value(), null, 1), model -> {});
    }
}
