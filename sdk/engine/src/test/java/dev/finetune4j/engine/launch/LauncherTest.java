package dev.finetune4j.engine.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.RunStore;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.engine.models.ModelCatalogue;
import dev.finetune4j.engine.report.ForeseenAndActual;
import dev.finetune4j.engine.report.RunReport;
import dev.finetune4j.engine.report.view.ReportFiles;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.run.RunOutcome;
import dev.finetune4j.run.RunState;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.testkit.fake.FakePlace;
import dev.finetune4j.testkit.fake.FakePlace.Call;
import dev.finetune4j.testkit.fake.FakePlace.Fault;
import dev.finetune4j.testkit.fake.FakeProvider;
import dev.finetune4j.testkit.fake.FakeProviderFactory;
import dev.finetune4j.testkit.fake.Life;
import dev.finetune4j.value.ProviderId;
import dev.finetune4j.value.RunId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** From a prepared job to its outcome, and how several processes share one run. */
class LauncherTest extends HomeWithAPlace {
    @Test
    void takesAJobToAComparisonAndAReport() throws Exception {
        RunOutcome outcome = fixture.run(fixture.prepared());

        RunOutcome.Succeeded succeeded = (RunOutcome.Succeeded) outcome;
        assertThat(succeeded.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(succeeded.comparison().orElseThrow().variants())
                .extracting(one -> one.variant())
                .containsExactly(Variant.BASE_ZERO_SHOT, Variant.BASE_FEW_SHOT, Variant.TUNED);
        assertThat(succeeded.output().resolve("adapter/adapter_config.json")).exists();
        assertThat(succeeded.reports()).allSatisfy(file -> assertThat(file).exists());
        RunReport report = ReportFiles.read(fixture.folder(fixture.onlyRun()).path());
        assertThat(report.training())
                .isNotNull()
                .extracting(training -> training.completedSteps())
                .isEqualTo(10);
        assertThat(report.changedRows())
                .isNotNull()
                .extracting(changed -> changed.fixed() > 0)
                .isEqualTo(true);
        assertThat(report.provenance().digests())
                .containsKeys("data", "train rows", "test rows", "model", "adapter", "adapter config")
                .containsEntry("job", JobDigest.of(LaunchFixture.job("letters")));
        assertThat(report.provenance().versions())
                .containsEntry("finetune4j", "test")
                .containsEntry("fake", "1")
                .containsKey("Java");
        assertThat(report.provenance().host())
                .isNotNull()
                .extracting(host -> host.system())
                .isEqualTo("fake system");
        assertThat(report.origins()).containsEntry("training.epochs", "code");
        assertThat(report.ending()).isNull();
    }

    @Test
    void writesEachDecisionDownBeforeItActs() throws Exception {
        RunId id = fixture.runToEnd();

        assertThat(fixture.folder(id).read().lines())
                .extracting(line -> line.kind())
                .containsExactly(
                        "created",
                        "prepared",
                        "intent",
                        "submitted",
                        "state-seen",
                        "state-seen",
                        "state-seen",
                        "state-seen",
                        "state-seen",
                        "fetched",
                        "evaluation-done",
                        "report-written",
                        "closed");
        assertThat(fixture.view(id).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(id.value()).matches("letters-[0-9a-f]{8}-1");
    }

    @Test
    void holdsWhatARunTookAgainstWhatWasForeseenOfIt() throws Exception {
        fixture.foreseen = EstimateHistoryTest.foreseen();

        RunId id = fixture.runToEnd();

        assertThat(fixture.folder(id).read().lines())
                .extracting(line -> line.kind())
                .startsWith("created", "prepared", "foreseen", "intent");
        ForeseenAndActual figures = Objects.requireNonNull(
                ReportFiles.read(fixture.folder(id).path()).figures());
        assertThat(figures.foreseen()).isEqualTo(fixture.foreseen.orElseThrow());
        JobSnapshot submitted = Objects.requireNonNull(fixture.view(id).submitted());
        assertThat(figures.took())
                .isEqualTo(Duration.between(
                        submitted.submittedAt(),
                        SavedEvents.read(fixture.folder(id)).stream()
                                .reduce((first, second) -> second)
                                .orElseThrow()
                                .at()))
                .isPositive();
        assertThat(figures.peakBytes()).isEqualTo(1 << 20);
        assertThat(new EstimateHistory(home).read())
                .singleElement()
                .isEqualTo(new PastEstimate(
                        id, new EstimateHistory(home).read().get(0).at(), figures));
        assertThat(fixture.folder(id).path().resolve("report.md")).content().contains("## Foreseen and actual");
        assertThat(fixture.folder(id).path().resolve("report.html")).content().contains("id=\"foreseen\"");
    }

    @Test
    void aRunThatWasInterruptedTestsNoEstimate() throws Exception {
        fixture.foreseen = EstimateHistoryTest.foreseen();
        fixture.place.script(Life.fails(), Life.succeeds());
        fixture.run(fixture.prepared());
        try (Launcher launcher = fixture.launcher()) {
            assertThat(launcher.runs().resume(fixture.folder(fixture.onlyRun())).await())
                    .isInstanceOf(RunOutcome.Succeeded.class);
        }

        assertThat(new EstimateHistory(home).read()).isEmpty();
    }

    @Test
    void launchesAFinishedJobAgainAsANewAttempt() throws Exception {
        fixture.run(fixture.prepared());
        fixture.run(fixture.prepared());

        assertThat(fixture.store().list()).extracting(RunView::attempt).containsExactlyInAnyOrder(1, 2);
        assertThat(fixture.place.launches()).isEqualTo(2);
    }

    @Test
    void joinsALiveRunInsteadOfLaunchingASecond() throws Exception {
        BlockingSleeper pause = new BlockingSleeper(fixture.clock);
        try (Launcher one = fixture.launcher(pause);
                Launcher other = fixture.launcher()) {
            RunHandle<RunOutcome> first = one.launch(fixture.prepared(), List.of());
            pause.awaitSleep();
            RunHandle<RunOutcome> second = other.launch(fixture.prepared(), List.of());
            assertThat(first.begin()).isEqualTo(RunHandle.Begin.LAUNCHED);
            assertThat(second.begin()).isEqualTo(RunHandle.Begin.ATTACHED);
            assertThat(second.id()).isEqualTo(first.id());

            pause.release();

            assertThat(second.await()).isEqualTo(first.await()).isInstanceOf(RunOutcome.Succeeded.class);
            assertThat(Collected.from(second.events()).await())
                    .isEqualTo(Collected.from(first.events()).await());
        }
        assertThat(fixture.place.launches()).isEqualTo(1);
    }

    @Test
    void takesOverWhenTheDriverIsGone() throws Exception {
        BlockingSleeper pause = new BlockingSleeper(fixture.clock);
        try (Launcher one = fixture.launcher(pause);
                Launcher other = fixture.launcher()) {
            RunHandle<RunOutcome> first = one.launch(fixture.prepared(), List.of());
            pause.awaitSleep();
            RunHandle<RunOutcome> second = other.runs().attach(fixture.folder(first.id()));

            assertThat(first.outcome().cancel(true)).isTrue();

            assertThatThrownBy(first::await).isInstanceOf(CancellationException.class);
            assertThat(second.await()).as("it was not stopped").isInstanceOf(RunOutcome.Succeeded.class);
        }
        assertThat(fixture.place.launches()).isEqualTo(1);
    }

    @Test
    void findsTheLaunchedJobWhenTheAnswerIsLost() throws Exception {
        fixture.place.fail(Call.SUBMIT, Fault.ANSWER_LOST, Fault.UNREACHABLE, Fault.ANSWER_LOST);

        assertThat(fixture.run(fixture.prepared())).isInstanceOf(RunOutcome.Succeeded.class);

        assertThat(fixture.place.launches()).isEqualTo(1);
    }

    @Test
    void closesARunThatTheProviderRefuses() throws Exception {
        PreparedJob job = fixture.prepared();
        RunId taken = RunStore.id("letters", job.digest(), 1);
        WorkStep train = new WorkStep.Train(
                job.file().job().method(),
                job.file().job().training(),
                job.model().name());
        new FakeProvider(fixture.place)
                .submit(Submission.builder(
                                taken, job.file().job().model(), new WorkOrder("f".repeat(64), List.of(train)))
                        .build());

        RunOutcome outcome = fixture.run(job);

        assertThat(((RunOutcome.Failed) outcome).problem().code()).isEqualTo("FT0591");
        assertThat(fixture.view(taken).closed()).isTrue();
        assertThat(ReportFiles.read(fixture.folder(taken).path()).ending())
                .isNotNull()
                .satisfies(ending -> {
                    assertThat(ending.code()).isEqualTo("FT0591");
                    assertThat(ending.resume()).isNull();
                });
    }

    @Test
    void trainsOnlyWhereThePlaceAnswersNoRows() throws Exception {
        LaunchFixture silent = new LaunchFixture(home, FakePlace.SILENT, Map.of());

        RunOutcome.Succeeded outcome = (RunOutcome.Succeeded) silent.run(silent.prepared());

        assertThat(outcome.comparison()).isEmpty();
        try (Launcher launcher = silent.launcher()) {
            assertThat(launcher.places().propose(silent.prepared()).check().problems())
                    .anyMatch(problem -> problem.code().equals("FT0525"));
        }
        assertThat(outcome.output().resolve("model-reference.json")).exists();
        assertThat(outcome.exitCode()).isEqualTo(ExitCode.OK);
    }

    @Test
    void saysSoWhereThePlaceGivesNoReasonForAFailure() throws Exception {
        LaunchFixture silent = new LaunchFixture(home, FakePlace.SILENT, Map.of());
        silent.place.script(Life.fails());

        RunOutcome outcome = silent.run(silent.prepared());

        assertThat(((RunOutcome.Failed) outcome).problem().code()).isEqualTo("FT0514");
        assertThat(((RunOutcome.Failed) outcome).problem().causes().get(0)).contains("fake:job/letters-");
    }

    @Test
    void namesTheTargetsThatAreNotThere() {
        var elsewhere = LaunchFixture.job("letters").toBuilder()
                .targets(List.of(new ProviderId("moon")))
                .build();

        try (Launcher launcher = fixture.launcher()) {
            assertThatThrownBy(() -> launcher.launch(fixture.prepared(elsewhere), List.of()))
                    .isInstanceOf(FineTuneException.class)
                    .hasMessageContaining("moon");
        }
    }

    @Test
    void saysWhichFilesOfARunAreGone() throws Exception {
        fixture.place.script(Life.lasts());
        RunId id = fixture.abandonedRun();
        Files.delete(fixture.folder(id).order());

        try (Launcher launcher = fixture.launcher()) {
            assertThatThrownBy(() -> launcher.runs().attach(fixture.folder(id)).await())
                    .isInstanceOf(FineTuneException.class)
                    .hasMessageContaining("FT0512")
                    .hasMessageContaining("order.json");
        }
    }

    @Test
    void failsARunWhosePredictionsAreDamaged() throws Exception {
        RunId id = fixture.stagedRun();
        Path predictions = Files.createDirectories(fixture.folder(id).output().resolve("predictions"));
        Files.writeString(predictions.resolve(Variant.TUNED.fileName()), "{\"row\":");

        try (Launcher launcher = fixture.launcher()) {
            RunOutcome outcome = launcher.runs().attach(fixture.folder(id)).await();

            assertThat(((RunOutcome.Failed) outcome).problem().code()).isEqualTo("FT0701");
        }
    }

    @Test
    void tellsTheOutcomeAndTheEventsOfAnEndedRun() throws Exception {
        RunOutcome outcome = fixture.run(fixture.prepared());
        RunFolder folder = fixture.folder(fixture.onlyRun());

        try (Launcher launcher = fixture.launcher()) {
            RunHandle<RunOutcome> handle = launcher.runs().attach(folder);

            assertThat(handle.await()).isEqualTo(outcome);
            assertThat(handle.begin()).isEqualTo(RunHandle.Begin.ENDED);
            assertThat(Collected.from(handle.events()).await()).hasSizeGreaterThan(14);
        }
    }

    @Test
    void asksForTheJobAgainWhenItsRowsChangedWhileItWasStaged() throws Exception {
        PreparedJob job = fixture.prepared();
        Files.delete(job.data().folder().resolve("split.json"));

        try (Launcher launcher = fixture.launcher()) {
            assertThatThrownBy(() -> launcher.launch(job, List.of())).hasMessageContaining("FT0512");
        }

        assertThat(fixture.run(fixture.prepared())).isInstanceOf(RunOutcome.Succeeded.class);
    }

    @Test
    void refusesTwoProvidersOfOneId() {
        FakeProviderFactory fake = new FakeProviderFactory(fixture.place);
        ProviderContext context = new ProviderContext(home, Map.of(), fixture.clock);

        assertThatThrownBy(() -> new Providers(List.of(fake, fake), context, ModelCatalogue.shipped()))
                .isInstanceOf(FineTuneException.class)
                .hasMessageContaining("FT0507");
    }

    @Test
    void isClosedWhenNobodyWorksAnyMore() throws Exception {
        CountDownLatch sleeping = new CountDownLatch(1);
        AtomicBoolean isDone = new AtomicBoolean();
        Launcher launcher = fixture.launcher(pause -> {
            sleeping.countDown();
            try {
                Thread.sleep(Duration.ofHours(1).toMillis());
            } finally {
                LockSupport.parkNanos(Duration.ofMillis(200).toNanos()); // a request that is on its way
                isDone.set(true);
            }
        });
        launcher.launch(fixture.prepared(), List.of());
        sleeping.await();

        launcher.close();

        assertThat(isDone).isTrue();
        assertThat(LaunchFixture.isFree(fixture.folder(fixture.onlyRun()))).isTrue();
    }

    @Test
    void leavesNoRunBehindOnceItIsClosed() throws Exception {
        fixture.place.script(Life.fails());
        RunFolder failed = fixture.folder(fixture.runToEnd());
        byte[] journal = Files.readAllBytes(failed.journal());
        PreparedJob other = fixture.prepared(LaunchFixture.job("other"));
        Launcher launcher = fixture.launcher();
        launcher.close();

        List<ThrowingCallable> asked = List.of(
                () -> launcher.launch(other, List.of()),
                () -> launcher.runs().attach(failed),
                () -> launcher.runs().resume(failed),
                () -> launcher.series().launch(fixture.prepared(), List.of()));

        assertThat(asked)
                .allSatisfy(call -> assertThatThrownBy(call)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("the FineTuner is closed"));
        assertThat(failed.journal()).hasBinaryContent(journal);
        assertThat(fixture.onlyRun()).isEqualTo(failed.id());
    }
}
