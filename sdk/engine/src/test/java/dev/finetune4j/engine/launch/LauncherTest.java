package dev.finetune4j.engine.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.engine.data.PreparedData;
import dev.finetune4j.engine.journal.DiskFiles;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.RunLock;
import dev.finetune4j.engine.journal.RunStore;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.engine.report.RunReport;
import dev.finetune4j.engine.report.view.ReportFiles;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.evaluation.EvaluationReport;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.job.Budget;
import dev.finetune4j.run.GeneratedText;
import dev.finetune4j.run.RunOutcome;
import dev.finetune4j.run.RunState;
import dev.finetune4j.run.Sampling;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.run.WorkStep;
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
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LauncherTest {
    @TempDir
    Path home;

    private LaunchFixture fixture;

    @BeforeEach
    void opensAHome() {
        fixture = new LaunchFixture(home);
    }

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
        RunReport report = ReportFiles.read(fixture.folder(onlyRun(outcome)).path());
        assertThat(report.training())
                .isNotNull()
                .extracting(training -> training.completedSteps())
                .isEqualTo(10);
        assertThat(report.changedRows())
                .isNotNull()
                .extracting(changed -> changed.fixed() > 0)
                .isEqualTo(true);
        assertThat(report.provenance().digests()).containsKeys("job", "data", "model", "adapter");
    }

    @Test
    void writesEachDecisionDownBeforeItActs() throws Exception {
        RunId id = onlyRun(fixture.run(fixture.prepared()));

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
            RunHandle<RunOutcome> second = other.attach(fixture.folder(first.id()));

            first.detach();

            assertThat(second.await()).isInstanceOf(RunOutcome.Succeeded.class);
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
        WorkStep train =
                new WorkStep.Train(job.file().job().method(), job.file().job().training());
        new FakeProvider(fixture.place)
                .submit(Submission.builder(
                                taken, job.file().job().model(), new WorkOrder("f".repeat(64), List.of(train)))
                        .build());

        RunOutcome outcome = fixture.run(job);

        assertThat(((RunOutcome.Failed) outcome).problem().code()).isEqualTo("FT0591");
        assertThat(fixture.view(taken).closed()).isTrue();
    }

    @Test
    void keepsTheBudgetItselfWhereThePlaceDoesNot() throws Exception {
        LaunchFixture silent = new LaunchFixture(home, FakePlace.SILENT, Map.of());
        silent.place.script(Life.lasts());
        var limited = LaunchFixture.job("letters").toBuilder()
                .budget(new Budget(null, Duration.ofMinutes(1)))
                .build();

        RunOutcome outcome = silent.run(silent.prepared(limited));

        assertThat(outcome).isEqualTo(new RunOutcome.Stopped("stopped at the budget's max-time", true));
        assertThat(outcome.exitCode()).isEqualTo(ExitCode.BUDGET_STOPPED);
    }

    @Test
    void trainsOnlyWhereThePlaceAnswersNoRows() throws Exception {
        LaunchFixture silent = new LaunchFixture(home, FakePlace.SILENT, Map.of());

        RunOutcome.Succeeded outcome = (RunOutcome.Succeeded) silent.run(silent.prepared());

        assertThat(outcome.comparison()).isEmpty();
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
    void tellsWhyARunFailedAndResumesIt() throws Exception {
        fixture.place.script(Life.fails(), Life.succeeds());
        RunOutcome failed = fixture.run(fixture.prepared());
        assertThat(((RunOutcome.Failed) failed).problem().code()).isEqualTo("FT0595");
        assertThat(failed.exitCode()).isEqualTo(ExitCode.TRAINING_FAILED);
        RunId id = onlyRun(failed);

        try (Launcher launcher = fixture.launcher()) {
            assertThat(launcher.resume(fixture.folder(id)).await()).isInstanceOf(RunOutcome.Succeeded.class);
        }

        assertThat(fixture.place.launches(id)).isEqualTo(1);
        assertThat(fixture.place.attempts(id)).isEqualTo(2);
        assertThat(fixture.view(id).resumes()).isEqualTo(1);
    }

    @Test
    void stopsAtTheBudgetAndSaysSo() throws Exception {
        fixture.place.script(Life.lasts());
        var limited = LaunchFixture.job("letters").toBuilder()
                .budget(new Budget(null, Duration.ofMinutes(5)))
                .build();

        RunOutcome outcome = fixture.run(fixture.prepared(limited));

        assertThat(outcome).isEqualTo(new RunOutcome.Stopped("stopped at the budget's max-time", true));
        assertThat(outcome.exitCode()).isEqualTo(ExitCode.BUDGET_STOPPED);
    }

    @Test
    void stopsARunOnRequestAndLetsItGoOnLater() throws Exception {
        fixture.place.script(Life.lasts(), Life.succeeds());
        RunId id = abandonedRun();

        try (Launcher launcher = fixture.launcher()) {
            RunHandle<RunOutcome> stopped = launcher.stop(fixture.folder(id), "a test");
            assertThat(stopped.await()).isEqualTo(new RunOutcome.Stopped("stopped by a test", false));
            assertThat(launcher.stop(fixture.folder(id), "a test").begin()).isEqualTo(RunHandle.Begin.ENDED);

            assertThat(launcher.resume(fixture.folder(id)).await()).isInstanceOf(RunOutcome.Succeeded.class);
        }
    }

    @Test
    void stopsARunThatWasNeverLaunched() throws Exception {
        RunId id = stagedRun();

        try (Launcher launcher = fixture.launcher()) {
            assertThat(launcher.stop(fixture.folder(id), "a test").await())
                    .isEqualTo(new RunOutcome.Stopped("stopped by a test before launch", false));
            assertThatThrownBy(() -> launcher.resume(fixture.folder(id)))
                    .isInstanceOf(FineTuneException.class)
                    .hasMessageContaining("FT0509");
        }
        assertThat(fixture.place.launches()).isZero();
    }

    @Test
    void refusesToResumeWhatHasSucceeded() throws Exception {
        RunId done = onlyRun(fixture.run(fixture.prepared()));
        try (Launcher launcher = fixture.launcher()) {
            assertThatThrownBy(() -> launcher.resume(fixture.folder(done))).hasMessageContaining("FT0509");
        }
    }

    @Test
    void refusesToResumeWhatAnotherProcessDrives() throws Exception {
        BlockingSleeper pause = new BlockingSleeper(fixture.clock);
        try (Launcher one = fixture.launcher(pause);
                Launcher other = fixture.launcher()) {
            RunHandle<RunOutcome> live = one.launch(fixture.prepared(), List.of());

            assertThatThrownBy(() -> other.resume(fixture.folder(live.id()))).hasMessageContaining("FT0505");

            pause.release();
            live.await();
        }
    }

    @Test
    void refusesToResumeWhereThePlaceCannot() throws Exception {
        LaunchFixture silent = new LaunchFixture(home, FakePlace.SILENT, Map.of());
        silent.place.script(Life.fails());
        RunId id = onlyRun(silent, silent.run(silent.prepared()));

        try (Launcher launcher = silent.launcher()) {
            assertThatThrownBy(() -> launcher.resume(silent.folder(id)))
                    .isInstanceOf(FineTuneException.class)
                    .hasMessageContaining("FT0510");
        }
    }

    @Test
    void closesARunWhoseJobIsGone() throws Exception {
        fixture.place.script(Life.lasts());
        RunId id = abandonedRun();
        fixture.place.forget(id);

        try (Launcher launcher = fixture.launcher()) {
            RunOutcome outcome = launcher.attach(fixture.folder(id)).await();

            assertThat(((RunOutcome.Failed) outcome).problem().code()).isEqualTo("FT0506");
        }
        assertThat(fixture.place.launches(id)).isEqualTo(1);
    }

    @Test
    void keepsARunOpenThatCannotBeFollowedNow() throws Exception {
        fixture.place.script(Life.lasts());
        RunId id = abandonedRun();
        Fault[] outage = new Fault[500];
        java.util.Arrays.fill(outage, Fault.UNREACHABLE);
        fixture.place.fail(Call.FIND, outage);

        try (Launcher launcher = fixture.launcher()) {
            assertThatThrownBy(() -> launcher.attach(fixture.folder(id)).await())
                    .isInstanceOf(FineTuneException.class)
                    .hasMessageContaining("FT0513");
        }

        assertThat(fixture.view(id).closed()).isFalse();
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
        RunId id = abandonedRun();
        Files.delete(fixture.folder(id).order());

        try (Launcher launcher = fixture.launcher()) {
            assertThatThrownBy(() -> launcher.attach(fixture.folder(id)).await())
                    .isInstanceOf(FineTuneException.class)
                    .hasMessageContaining("FT0512")
                    .hasMessageContaining("order.json");
        }
    }

    @Test
    void failsARunWhosePredictionsAreDamaged() throws Exception {
        RunId id = stagedRun();
        Path predictions = Files.createDirectories(fixture.folder(id).output().resolve("predictions"));
        Files.writeString(predictions.resolve(Variant.TUNED.fileName()), "{\"row\":");

        try (Launcher launcher = fixture.launcher()) {
            RunOutcome outcome = launcher.attach(fixture.folder(id)).await();

            assertThat(((RunOutcome.Failed) outcome).problem().code()).isEqualTo("FT0701");
        }
    }

    @Test
    void tellsTheOutcomeAndTheEventsOfAnEndedRun() throws Exception {
        RunOutcome outcome = fixture.run(fixture.prepared());
        RunFolder folder = fixture.folder(onlyRun(outcome));

        try (Launcher launcher = fixture.launcher()) {
            RunHandle<RunOutcome> handle = launcher.attach(folder);

            assertThat(handle.await()).isEqualTo(outcome);
            assertThat(handle.begin()).isEqualTo(RunHandle.Begin.ENDED);
            assertThat(Collected.from(handle.events()).await()).hasSizeGreaterThan(14);
        }
    }

    @Test
    void letsGoOfARunWithoutStoppingIt() throws Exception {
        fixture.place.script(Life.lasts());

        RunId id = abandonedRun();

        assertThat(fixture.view(id).closed()).isFalse();
        assertThat(fixture.place.ids()).containsExactly(id);
    }

    @Test
    void comparesTheModelsOfARunOnOtherRows() throws Exception {
        RunFolder folder = fixture.folder(onlyRun(fixture.run(fixture.prepared())));
        PreparedData other = fixture.prepared(LaunchFixture.job("other")).data();

        try (Launcher launcher = fixture.launcher()) {
            RunHandle<EvaluationReport> handle = launcher.evaluate(folder, other);

            assertThat(handle.id().value()).matches(folder.id() + "-eval-[0-9a-f]{8}");
            assertThat(handle.await().rows()).isEqualTo(40);
            assertThat(launcher.evaluate(folder, other).await()).isEqualTo(handle.await());
            assertThat(fixture.place.launches(handle.id())).isEqualTo(1);
        }
    }

    @Test
    void letsBaseAndTunedModelAnswer() throws Exception {
        RunFolder folder = fixture.folder(onlyRun(fixture.run(fixture.prepared())));

        try (Launcher launcher = fixture.launcher()) {
            RunHandle<List<GeneratedText>> handle = launcher.generate(
                    folder,
                    List.of(Variant.BASE_ZERO_SHOT, Variant.TUNED),
                    List.of(new Message(Role.USER, "letter")),
                    "",
                    Sampling.greedy(8));

            assertThat(handle.await())
                    .extracting(GeneratedText::variant)
                    .containsExactly(Variant.BASE_ZERO_SHOT, Variant.TUNED);
        }
    }

    @Test
    void triesASideJobAgainThatFailed() throws Exception {
        RunFolder folder = fixture.folder(onlyRun(fixture.run(fixture.prepared())));
        PreparedData other = fixture.prepared(LaunchFixture.job("other")).data();
        fixture.place.script(Life.fails(), Life.succeeds());

        try (Launcher launcher = fixture.launcher()) {
            assertThatThrownBy(() -> launcher.evaluate(folder, other).await()).hasMessageContaining("FT0595");
            assertThat(launcher.evaluate(folder, other).await().rows()).isEqualTo(40);
        }
    }

    @Test
    void refusesWorkWithAModelThatIsNotHere() throws Exception {
        fixture.place.script(Life.fails());
        RunFolder folder = fixture.folder(onlyRun(fixture.run(fixture.prepared())));

        try (Launcher launcher = fixture.launcher()) {
            assertThatThrownBy(
                            () -> launcher.evaluate(folder, fixture.prepared().data()))
                    .isInstanceOf(FineTuneException.class)
                    .hasMessageContaining("FT0512");
        }
    }

    @Test
    void removesAnEndedRunHereAndAtItsPlace() throws Exception {
        RunFolder folder = fixture.folder(onlyRun(fixture.run(fixture.prepared())));
        PreparedData other = fixture.prepared(LaunchFixture.job("other")).data();

        try (Launcher launcher = fixture.launcher()) {
            launcher.evaluate(folder, other).await();
            launcher.clean(folder, false);
        }

        assertThat(folder.path()).doesNotExist();
        assertThat(fixture.place.ids()).isEmpty();
    }

    @Test
    void removesNoLiveRunAndADamagedOneOnlyByForce() throws Exception {
        fixture.place.script(Life.lasts());
        RunId id = abandonedRun();
        RunFolder folder = fixture.folder(id);
        try (Launcher launcher = fixture.launcher()) {
            assertThatThrownBy(() -> launcher.clean(folder, false)).hasMessageContaining("FT0508");

            Files.writeString(
                    folder.journal(), Files.readString(folder.journal()).replace("intent", "indent"));
            assertThatThrownBy(() -> launcher.clean(folder, false)).hasMessageContaining("FT0502");
            launcher.clean(folder, true);
        }

        assertThat(folder.path()).doesNotExist();
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

        assertThatThrownBy(() -> new Providers(List.of(fake, fake), context))
                .isInstanceOf(FineTuneException.class)
                .hasMessageContaining("FT0507");
    }

    /** A run that was launched and is followed by nobody. */
    private RunId abandonedRun() throws InterruptedException {
        BlockingSleeper pause = new BlockingSleeper(fixture.clock);
        try (Launcher launcher = fixture.launcher(pause)) {
            RunHandle<RunOutcome> handle = launcher.launch(fixture.prepared(), List.of());
            pause.awaitSleep();
            handle.detach();
            pause.awaitInterrupt();
            while (!isFree(fixture.folder(handle.id()))) {
                Thread.onSpinWait();
            }
            return handle.id();
        }
    }

    private static boolean isFree(RunFolder folder) {
        Optional<RunLock> lock = RunLock.tryTake(folder, new DiskFiles());
        lock.ifPresent(RunLock::close);
        return lock.isPresent();
    }

    /** A run that was staged by a process that died before the launch. */
    private RunId stagedRun() throws InterruptedException {
        CrashAfter crash = new CrashAfter(2);
        try (Launcher launcher = fixture.launcher(crash)) {
            RunHandle<RunOutcome> handle = launcher.launch(fixture.prepared(), List.of());
            assertThatThrownBy(handle::await).hasCauseInstanceOf(CrashAfter.Crash.class);
            return handle.id();
        }
    }

    private RunId onlyRun(RunOutcome outcome) {
        return onlyRun(fixture, outcome);
    }

    private static RunId onlyRun(LaunchFixture fixture, RunOutcome outcome) {
        assertThat(outcome).isNotNull();
        assertThat(fixture.store().list()).hasSize(1);
        return fixture.store().list().get(0).id();
    }
}
