package dev.finetune4j.engine.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.engine.evaluate.EvaluationProblems;
import dev.finetune4j.engine.journal.JournalLine;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.report.Ending;
import dev.finetune4j.engine.report.RunReport;
import dev.finetune4j.engine.report.TrainingHistory;
import dev.finetune4j.engine.report.view.ReportFiles;
import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.job.Budget;
import dev.finetune4j.job.DataSpec;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunOutcome;
import dev.finetune4j.run.RunState;
import dev.finetune4j.testkit.fake.FakePlace;
import dev.finetune4j.testkit.fake.Life;
import dev.finetune4j.value.RunId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Runs without all their results are reported too: what happened, how far they came, and how they go on. */
class EndingReportTest extends HomeWithAPlace {
    @Test
    void aFailedRunSaysWhyHowFarItCameAndHowItGoesOn() throws Exception {
        fixture.place.script(Life.fails());
        RunId id = fixture.runToEnd();

        RunReport report = report(id);

        assertThat(report.state()).isEqualTo(RunState.FAILED);
        Ending ending = Objects.requireNonNull(report.ending());
        assertThat(ending.code()).isEqualTo("FT0595");
        assertThat(ending.remedies()).isNotEmpty();
        assertThat(ending.resume()).isEqualTo("finetune resume " + id);
        assertThat(report.training())
                .extracting(TrainingHistory::completedSteps)
                .isEqualTo(10);
        assertThat(report.data()).isNotNull();
        assertThat(report.provenance().digests())
                .containsKeys("job", "data", "model")
                .doesNotContainKey("adapter");
        assertThat(fixture.view(id).reports())
                .hasSize(3)
                .allSatisfy(file -> assertThat(file).exists());
        assertThat(fixture.folder(id).read().lines())
                .extracting(JournalLine::kind)
                .endsWith("report-written", "closed");
    }

    @Test
    void itsRemediesNameTheJobFile() throws Exception {
        fixture.place.script(Life.fails());
        PreparedJob inCode = fixture.prepared();
        JobFile file = inCode.file();
        fixture.run(new PreparedJob(
                new JobFile("jobs/letters.yaml", file.job(), file.baseFolder(), file.resolved()),
                inCode.data(),
                inCode.model(),
                inCode.check()
                        .withProblems(List.of(EvaluationProblems.ONE_ANSWER
                                .warning("all rows are alike")
                                .build())),
                inCode.speaks(),
                inCode.answering(),
                inCode.answers(),
                inCode.variation()));

        assertThat(report(fixture.onlyRun()).findings())
                .singleElement()
                .satisfies(notice -> assertThat(notice.remedy()).startsWith("finetune sweep jobs/letters.yaml --"));
    }

    @Test
    void aStoppedRunSaysWhoStoppedIt() throws Exception {
        fixture.place.script(Life.lasts());
        RunId id = fixture.abandonedRun();

        try (Launcher launcher = fixture.launcher()) {
            launcher.runs().stop(fixture.folder(id), "a test").await();
        }

        Ending ending = Objects.requireNonNull(report(id).ending());
        assertThat(report(id).state()).isEqualTo(RunState.STOPPED);
        assertThat(ending.code()).isNull();
        assertThat(ending.summary()).isEqualTo("stopped by a test");
        assertThat(ending.resume()).isEqualTo("finetune resume " + id);
    }

    @Test
    void aRunThatItsBudgetStoppedSaysSo() throws Exception {
        fixture.place.script(Life.lasts());
        fixture.run(fixture.prepared(LaunchFixture.job("letters").toBuilder()
                .budget(new Budget(null, Duration.ofMinutes(5)))
                .build()));

        assertThat(report(fixture.onlyRun()).ending()).isNotNull().satisfies(ending -> {
            assertThat(ending.byBudget()).isTrue();
            assertThat(ending.resume()).as("its time is used up").isNull();
            assertThat(ending.remedies())
                    .as("as the terminal says it")
                    .containsExactly("finetune run JOB    # from the start, once budget.max-time is more than the 5 min"
                            + " that are used up");
        });
        Path folder = fixture.folder(fixture.onlyRun()).path();
        for (String name : new String[] {ReportFiles.HTML, ReportFiles.JSON, ReportFiles.MARKDOWN}) {
            assertThat(folder.resolve(name)).content().contains("once budget.max-time is more than the 5 min");
        }
    }

    @Test
    void aRunThatWasStoppedBeforeItsLaunchIsReportedToo() throws Exception {
        RunId id = fixture.stagedRun();

        try (Launcher launcher = fixture.launcher()) {
            launcher.runs().stop(fixture.folder(id), "a test").await();
        }

        RunReport report = report(id);
        assertThat(report.training()).isNull();
        assertThat(report.data()).isNotNull();
        assertThat(Objects.requireNonNull(report.ending()).resume()).isNull();
        assertThat(fixture.view(id).closed()).isTrue();
    }

    @Test
    void nothingIsPromisedWhereThePlaceCannotResume() throws Exception {
        LaunchFixture silent = new LaunchFixture(home, FakePlace.SILENT, Map.of());
        silent.place.script(Life.fails());

        RunId id = silent.runToEnd();

        assertThat(Objects.requireNonNull(
                                ReportFiles.read(silent.folder(id).path()).ending())
                        .resume())
                .isNull();
    }

    @Test
    void theReportOfAnEarlierEndIsReplacedByTheLater() throws Exception {
        fixture.place.script(Life.fails(), Life.succeeds());
        RunId id = fixture.runToEnd();
        try (Launcher launcher = fixture.launcher()) {
            RunHandle<RunOutcome> resumed = launcher.runs().resume(fixture.folder(id));
            resumed.await();
        }

        assertThat(report(id).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(report(id).ending()).isNull();
        assertThat(report(id).comparison()).isPresent();
    }

    @Test
    void theReportOfAnEarlierEndIsGoneWhileTheRunGoesOn() throws Exception {
        fixture.place.script(Life.fails(), Life.lasts());
        RunId id = fixture.runToEnd();
        BlockingSleeper pause = new BlockingSleeper(fixture.clock);
        try (Launcher launcher = fixture.launcher(pause)) {
            RunHandle<RunOutcome> resumed = launcher.runs().resume(fixture.folder(id));
            pause.awaitSleep();

            assertThat(fixture.folder(id).path().resolve(ReportFiles.JSON)).doesNotExist();
            assertThat(fixture.view(id).reports()).isEmpty();
            resumed.detach();
            pause.awaitInterrupt();
        }
    }

    @Test
    void aReportThatCannotBeWrittenDoesNotKeepTheRunFromItsEnd() throws Exception {
        fixture.place.script(Life.fails());
        RunId id = fixture.stagedRun();
        RunFolder folder = fixture.folder(id);
        Files.createDirectories(
                folder.path().resolve(ReportFiles.MARKDOWN + ".partial").resolve("in the way"));

        try (Launcher launcher = fixture.launcher()) {
            RunHandle<RunOutcome> handle = launcher.runs().attach(folder);
            RunOutcome outcome = handle.await();

            assertThat(((RunOutcome.Failed) outcome).problem().code()).isEqualTo("FT0595");
            assertThat(Collected.from(handle.events()).await())
                    .filteredOn(RunEvent.Noticed.class::isInstance)
                    .extracting(event -> ((RunEvent.Noticed) event).problem().code())
                    .containsExactly("FT0721");
        }
        assertThat(fixture.view(id).closed()).isTrue();
        assertThat(fixture.view(id).reports()).isEmpty();
    }

    @Test
    void secretsThatTheEnvironmentHoldsStayOutOfTheReport() throws Exception {
        String secret = "hunter2-hunter2";
        LaunchFixture secretive = new LaunchFixture(home, FakePlace.EVERYTHING, Map.of("FAKE_TOKEN", secret));
        secretive.place.script(Life.fails());
        FineTuneJob job = LaunchFixture.job("letters");
        RunOutcome outcome = secretive.run(secretive.prepared(
                FineTuneJob.builder(job.name(), job.model(), job.task(), DataSpec.ofFile(secret + ".jsonl"))
                        .targets(job.targets())
                        .build()));

        assertThat(outcome).isInstanceOf(RunOutcome.Failed.class);
        Path folder = secretive.folder(secretive.onlyRun()).path();
        for (String name : new String[] {ReportFiles.HTML, ReportFiles.JSON, ReportFiles.MARKDOWN}) {
            assertThat(folder.resolve(name)).content().doesNotContain(secret).contains("letters");
        }
    }

    private RunReport report(RunId id) {
        return ReportFiles.read(fixture.folder(id).path());
    }
}
