package dev.finetune4j.engine.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.engine.journal.JournalLine;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.job.Budget;
import dev.finetune4j.plan.LaunchTerms;
import dev.finetune4j.run.Replay;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunOutcome;
import dev.finetune4j.run.RunState;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.spi.Billing;
import dev.finetune4j.spi.Capabilities;
import dev.finetune4j.testkit.fake.FakePlace;
import dev.finetune4j.testkit.fake.FakePlace.Call;
import dev.finetune4j.testkit.fake.FakePlace.Fault;
import dev.finetune4j.testkit.fake.FakeProvider;
import dev.finetune4j.testkit.fake.Life;
import dev.finetune4j.value.Money;
import dev.finetune4j.value.RunId;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Stopping, resuming and letting go of runs, and what becomes of those that cannot be followed. */
class RunControlTest extends HomeWithAPlace {
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

    /** Where nothing but the watcher ends a job at its limit, it is ended in time though its place asks to stay away. */
    @Test
    void keepsTheBudgetThoughThePlaceAsksToStayAway() throws Exception {
        Capabilities unlimited = new Capabilities(true, true, true, false, false, Billing.TIME);
        LaunchFixture busy = new LaunchFixture(home, unlimited, Map.of());
        busy.place.script(Life.lasts());
        busy.place.askFor(Duration.ofMinutes(40));
        Budget budget = new Budget(Money.parse("5 USD"), Duration.ofMinutes(10));
        var limited = LaunchFixture.job("letters").toBuilder().budget(budget).build();
        LaunchTerms terms = Terms.of(TermsTest.option("1.20", 2), budget, unlimited, Duration.ZERO);
        Instant begin = busy.clock.instant();
        AtomicBoolean isBusy = new AtomicBoolean();

        try (Launcher launcher = busy.launcher(pause -> {
            busy.clock.advance(pause);
            if (busy.clock.instant().isAfter(begin.plus(Duration.ofMinutes(3))) && isBusy.compareAndSet(false, true)) {
                busy.place.fail(Call.FIND, Fault.BUSY, Fault.BUSY);
            }
        })) {
            RunOutcome outcome = launcher.launch(busy.prepared(limited), terms, false, List.of())
                    .await();
            assertThat(outcome.exitCode()).isEqualTo(ExitCode.BUDGET_STOPPED);
        }

        RunId id = busy.onlyRun();
        assertThat(busy.place.billed(id).values().stream().reduce(Duration.ZERO, Duration::plus))
                .isBetween(Duration.ofMinutes(10), Duration.ofMinutes(16));
    }

    @Test
    void tellsWhyARunFailedAndResumesIt() throws Exception {
        fixture.place.script(Life.fails(), Life.succeeds());
        RunOutcome failed = fixture.run(fixture.prepared());
        assertThat(((RunOutcome.Failed) failed).problem().code()).isEqualTo("FT0595");
        assertThat(failed.exitCode()).isEqualTo(ExitCode.TRAINING_FAILED);
        RunId id = fixture.onlyRun();

        try (Launcher launcher = fixture.launcher()) {
            assertThat(launcher.runs().resume(fixture.folder(id)).await()).isInstanceOf(RunOutcome.Succeeded.class);
        }

        assertThat(fixture.place.launches(id)).isEqualTo(1);
        assertThat(fixture.place.attempts(id)).isEqualTo(2);
        assertThat(fixture.view(id).resumes()).isEqualTo(1);
    }

    @Test
    void goesOnWithNoOtherBaseModel() throws Exception {
        fixture.place.script(Life.fails(), Life.succeeds());
        PreparedJob job = fixture.prepared();
        fixture.run(job);
        RunFolder folder = fixture.folder(fixture.onlyRun());
        fixture.modelDigest = Optional.of("f".repeat(64));

        try (Launcher launcher = fixture.launcher()) {
            assertThat(launcher.series().goesOn(job, folder.id())).isFalse();
            assertThatThrownBy(() -> launcher.runs().resume(folder)).hasMessageContaining("FT0541");
            assertThatThrownBy(() -> launcher.sideJobs().verify(folder)).hasMessageContaining("FT0541");
            assertThat(fixture.view(folder.id()).resumes()).isZero();

            fixture.modelDigest = Optional.of("e".repeat(64));
            assertThat(launcher.series().goesOn(job, folder.id())).isTrue();
            assertThat(launcher.runs().resume(folder).await()).isInstanceOf(RunOutcome.Succeeded.class);
        }
    }

    @Test
    void launchesWithNoOtherBaseModelWhatNobodyCameToLaunch() throws Exception {
        RunFolder folder = fixture.folder(fixture.stagedRun());
        fixture.modelDigest = Optional.of("f".repeat(64));

        try (Launcher launcher = fixture.launcher()) {
            assertThatThrownBy(() -> launcher.runs().resume(folder)).hasMessageContaining("FT0541");
            assertThat(fixture.place.launches()).isZero();

            fixture.modelDigest = Optional.of("e".repeat(64));
            assertThat(launcher.runs().resume(folder).await()).isInstanceOf(RunOutcome.Succeeded.class);
        }
    }

    @Test
    void goesOnWithARunThatWasLostTogetherWithItsFollower() throws Exception {
        fixture.place.script(Life.fails(), Life.succeeds());
        RunId id = fixture.abandonedRun();
        PreparedJob job = fixture.prepared();

        try (Launcher launcher = fixture.launcher()) {
            assertThat(launcher.series().goesOn(job, id)).as("it still waits").isFalse();
            fixture.clock.advance(Duration.ofHours(1));

            assertThat(launcher.series().goesOn(job, id)).isTrue();
            assertThat(launcher.runs().resume(fixture.folder(id)).await()).isInstanceOf(RunOutcome.Succeeded.class);
        }
        assertThat(fixture.place.launches(id)).isEqualTo(1);
        assertThat(fixture.place.attempts(id)).isEqualTo(2);
    }

    /** It was given a copy at the launch. */
    @Test
    void resumesAtAPlaceThatHasTheBaseModelItself() throws Exception {
        Capabilities cloud = new Capabilities(true, true, true, true, true, Billing.TIME);
        LaunchFixture billed = new LaunchFixture(home, cloud, Map.of());
        billed.place.script(Life.fails(), Life.succeeds());
        Budget budget = new Budget(Money.parse("5 USD"), Duration.ofMinutes(30));
        var limited = LaunchFixture.job("letters").toBuilder().budget(budget).build();
        LaunchTerms terms = Terms.of(TermsTest.option("1.20", 2), budget, cloud, Duration.ZERO);

        try (Launcher launcher = billed.launcher()) {
            launcher.launch(billed.prepared(limited), terms, false, List.of()).await();
            billed.modelDigest = Optional.of("f".repeat(64));

            assertThat(launcher.runs().resume(billed.folder(billed.onlyRun())).await())
                    .isInstanceOf(RunOutcome.Succeeded.class);
        }
    }

    @Test
    void replaysTheLastStepsOfAFailedRunAndNamesTheFirstThatWentOtherwise() throws Exception {
        fixture.place.script(Life.fails());
        fixture.run(fixture.prepared());
        RunFolder folder = fixture.folder(fixture.onlyRun());

        try (Launcher launcher = fixture.launcher()) {
            Replay replay = launcher.sideJobs().verify(folder).await();
            assertThat(replay.isEqual()).isTrue();
            assertThat(List.of(replay.fromStep(), replay.toStep())).containsExactly(4, 8);

            Files.writeString(folder.left().resolve("checkpoints/checkpoint-000008/state"), "changed");
            assertThatThrownBy(() -> launcher.sideJobs().verify(folder).await())
                    .hasMessageContaining("FT0518: steps 5 to 8 of " + folder.id() + " came out otherwise")
                    .satisfies(thrown -> assertThat(((FineTuneException) thrown)
                                    .problems()
                                    .get(0)
                                    .causes())
                            .contains("step 8 is the first with another loss or gradient norm"));
            assertThat(launcher.runs().resume(folder).await()).isInstanceOf(RunOutcome.Succeeded.class);
            assertThatThrownBy(() -> launcher.sideJobs().verify(folder).await()).hasMessageContaining("FT0509");
        }
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

    /** As a place does that holds its limit against all that ran, such as this machine. */
    @Test
    void tellsTheBudgetAgainWhereAResumedRunHasNoTimeLeft() throws Exception {
        fixture.place.script(Life.lasts(), Life.lasts());
        var limited = LaunchFixture.job("letters").toBuilder()
                .budget(new Budget(null, Duration.ofMinutes(5)))
                .build();
        fixture.run(fixture.prepared(limited));
        RunId id = fixture.onlyRun();

        try (Launcher launcher = fixture.launcher(pause -> {
            fixture.clock.advance(pause);
            try (FakeProvider place = new FakeProvider(fixture.place)) {
                place.stop(id);
            }
        })) {
            RunOutcome outcome = launcher.runs().resume(fixture.folder(id)).await();

            assertThat(outcome).isEqualTo(new RunOutcome.Stopped("stopped at the budget's max-time", true));
            assertThat(outcome.exitCode()).isEqualTo(ExitCode.BUDGET_STOPPED);
            assertThat(launcher.runs().goOn(fixture.view(id), (RunOutcome.Stopped) outcome))
                    .contains(
                            "finetune run JOB    # from the start, once budget.max-time is more than the 5 min that are"
                                    + " used up");
            assertThat(launcher.runs().goOn(fixture.view(id), new RunOutcome.Stopped("stopped by a test", false)))
                    .contains("finetune resume " + id);
        }
    }

    @Test
    void stopsARunOnRequestAndLetsItGoOnLater() throws Exception {
        fixture.place.script(Life.lasts(), Life.succeeds());
        RunId id = fixture.abandonedRun();

        try (Launcher launcher = fixture.launcher()) {
            RunHandle<RunOutcome> stopped = launcher.runs().stop(fixture.folder(id), "a test");
            assertThat(stopped.await()).isEqualTo(new RunOutcome.Stopped("stopped by a test", false));
            assertThat(launcher.runs().stop(fixture.folder(id), "a test").begin())
                    .isEqualTo(RunHandle.Begin.ENDED);

            assertThat(launcher.runs().resume(fixture.folder(id)).await()).isInstanceOf(RunOutcome.Succeeded.class);
        }
    }

    @Test
    void bringsHomeWhatAStoppedRunLeft() throws Exception {
        fixture.place.script(Life.lasts(), Life.succeeds());
        RunId id = fixture.abandonedRun();
        RunFolder run = fixture.folder(id);

        try (Launcher launcher = fixture.launcher()) {
            assertThatThrownBy(() -> launcher.runs().fetch(run)).hasMessageContaining("FT0508");
            launcher.runs().stop(run, "a test").await();

            FetchedFiles fetched = launcher.runs().fetch(run).await();

            assertThat(fetched.state()).isEqualTo(RunState.STOPPED);
            assertThat(fetched.folder()).isEqualTo(run.left()).isNotEmptyDirectory();
            assertThat(fetched.files()).isPositive();
            assertThat(fetched.bytes()).isPositive();
            assertThat(launcher.runs().resume(run).await()).isInstanceOf(RunOutcome.Succeeded.class);
            FetchedFiles whole = launcher.runs().fetch(run).await();
            assertThat(whole.state()).isEqualTo(RunState.SUCCEEDED);
            assertThat(whole.folder()).isEqualTo(run.output());
            assertThat(whole.folder().resolve(WorkOrder.CHECKPOINTS_FOLDER)).doesNotExist();
        }
    }

    @Test
    void takesARunThatEndedUnwatchedToItsEndBeforeItFetches() throws Exception {
        RunId id = fixture.abandonedRun();
        RunFolder run = fixture.folder(id);
        try (Launcher launcher = fixture.launcher()) {
            assertThatThrownBy(() -> launcher.runs().fetch(run))
                    .hasMessageContaining("FT0508")
                    .satisfies(thrown -> assertThat(((FineTuneException) thrown)
                                    .problems()
                                    .get(0)
                                    .remedies())
                            .containsExactly("finetune watch " + id));
            fixture.clock.advance(Duration.ofHours(1));

            FetchedFiles fetched = launcher.runs().fetch(run).await();

            assertThat(fetched.state()).isEqualTo(RunState.SUCCEEDED);
            assertThat(fetched.files()).isPositive();
        }
        assertThat(fixture.view(id).closed()).isTrue();
        assertThat(fixture.view(id).reports()).isNotEmpty();
    }

    @Test
    void stopsARunThatWasNeverLaunched() throws Exception {
        RunId id = fixture.stagedRun();

        try (Launcher launcher = fixture.launcher()) {
            assertThat(launcher.runs().stop(fixture.folder(id), "a test").await())
                    .isEqualTo(new RunOutcome.Stopped("stopped by a test before launch", false));
            assertThat(launcher.runs().fetch(fixture.folder(id)).await().files())
                    .isZero();
            assertThatThrownBy(() -> launcher.runs().resume(fixture.folder(id)))
                    .isInstanceOf(FineTuneException.class)
                    .hasMessageContaining("FT0509");
        }
        assertThat(fixture.place.launches()).isZero();
    }

    /** What was decided on and not done yet is not done any more, and can be decided on again. */
    @Test
    void resumesNothingThatWasStoppedBeforeItsPlaceHeardOfTheResume() throws Exception {
        RunId id = failedRun(Life.succeeds());
        try (Launcher dying = fixture.launcher(CrashAfter.atOnce(1))) {
            assertThatThrownBy(() -> dying.runs().resume(fixture.folder(id))).isInstanceOf(CrashAfter.Crash.class);
        }
        assertThat(kinds(id)).endsWith("resume-asked");

        try (Launcher launcher = fixture.launcher()) {
            assertThat(launcher.runs().stop(fixture.folder(id), "a test").await())
                    .isEqualTo(new RunOutcome.Stopped("stopped by a test before launch", false));
            assertThat(fixture.place.attempts(id)).isEqualTo(1);

            assertThat(launcher.runs().resume(fixture.folder(id)).await()).isInstanceOf(RunOutcome.Succeeded.class);
        }
        assertThat(fixture.place.attempts(id)).isEqualTo(2);
    }

    @Test
    void stopsAResumeThatItsPlaceHasAndNobodyWroteDown() throws Exception {
        RunId id = failedRun(Life.lasts());
        try (Launcher dying = fixture.launcher(new CrashAfter(1))) {
            assertThatThrownBy(() -> dying.runs().resume(fixture.folder(id)).await())
                    .hasCauseInstanceOf(CrashAfter.Crash.class);
        }
        assertThat(fixture.place.attempts(id)).isEqualTo(2);

        try (Launcher launcher = fixture.launcher()) {
            assertThat(launcher.runs().stop(fixture.folder(id), "a test").await())
                    .isInstanceOf(RunOutcome.Stopped.class);
        }
        assertThat(stateAtItsPlace(id)).isEqualTo(RunState.STOPPED);
        assertThat(fixture.place.attempts(id)).isEqualTo(2);
    }

    private RunId failedRun(Life next) throws InterruptedException {
        fixture.place.script(Life.fails(), next);
        fixture.run(fixture.prepared());
        return fixture.onlyRun();
    }

    /** A place may show a job late. Whoever comes after the stop that found nothing stops it once it is there. */
    @Test
    void stopsWhatItsPlaceShowsOnlyAfterItsRunWasStopped() throws Exception {
        fixture.place.script(Life.lasts());
        try (Launcher dying = fixture.launcher(new CrashAfter(3))) {
            assertThatThrownBy(() -> dying.launch(fixture.prepared(), List.of()).await())
                    .hasCauseInstanceOf(CrashAfter.Crash.class);
        }
        RunId id = fixture.onlyRun();
        assertThat(kinds(id)).endsWith("intent");
        assertThat(fixture.place.launches(id)).isEqualTo(1);
        fixture.place.fail(Call.FIND, Fault.NOT_YET_LISTED, Fault.NOT_YET_LISTED);

        try (Launcher launcher = fixture.launcher()) {
            assertThat(launcher.runs().stop(fixture.folder(id), "a test").await())
                    .isEqualTo(new RunOutcome.Stopped("stopped by a test before launch", false));
            assertThat(stateAtItsPlace(id).isTerminal()).as("it goes on").isFalse();

            RunHandle<RunOutcome> again = launcher.runs().stop(fixture.folder(id), "a test");

            assertThat(again.begin()).isEqualTo(RunHandle.Begin.CONTINUED);
            assertThat(again.await()).isInstanceOf(RunOutcome.Stopped.class);
            assertThat(stateAtItsPlace(id)).isEqualTo(RunState.STOPPED);
            assertThat(kinds(id)).contains("reopened");
            assertThat(launcher.runs().stop(fixture.folder(id), "a test").begin())
                    .isEqualTo(RunHandle.Begin.ENDED);
        }
    }

    private RunState stateAtItsPlace(RunId id) {
        try (FakeProvider place = new FakeProvider(fixture.place)) {
            return place.find(id).orElseThrow().state();
        }
    }

    private List<String> kinds(RunId id) {
        return fixture.folder(id).read().lines().stream().map(JournalLine::kind).toList();
    }

    /** Each that follows a run is told all its states from the first. */
    @Test
    void writesEachStateDownOnceWhoeverFollows() throws Exception {
        RunId id = fixture.abandonedRun();
        fixture.clock.advance(Duration.ofSeconds(30));

        try (Launcher launcher = fixture.launcher()) {
            assertThat(launcher.runs().attach(fixture.folder(id)).await()).isInstanceOf(RunOutcome.Succeeded.class);
        }

        List<RunState> told = SavedEvents.read(fixture.folder(id)).stream()
                .filter(RunEvent.StateChanged.class::isInstance)
                .map(event -> ((RunEvent.StateChanged) event).state())
                .toList();
        assertThat(fixture.folder(id)
                        .read()
                        .entries()
                        .filter(JournalEntry.StateSeen.class::isInstance)
                        .map(entry -> ((JournalEntry.StateSeen) entry).state()))
                .containsExactlyElementsOf(told)
                .contains(RunState.QUEUED, RunState.TRAINING, RunState.SUCCEEDED)
                .doesNotHaveDuplicates();
    }

    @Test
    void refusesToResumeWhatHasSucceeded() throws Exception {
        RunId done = fixture.runToEnd();
        try (Launcher launcher = fixture.launcher()) {
            assertThatThrownBy(() -> launcher.runs().resume(fixture.folder(done)))
                    .hasMessageContaining("FT0509");
        }
    }

    @Test
    void refusesToResumeWhatAnotherProcessDrives() throws Exception {
        BlockingSleeper pause = new BlockingSleeper(fixture.clock);
        try (Launcher one = fixture.launcher(pause);
                Launcher other = fixture.launcher()) {
            RunHandle<RunOutcome> live = one.launch(fixture.prepared(), List.of());

            assertThatThrownBy(() -> other.runs().resume(fixture.folder(live.id())))
                    .hasMessageContaining("FT0505");

            pause.release();
            live.await();
        }
    }

    @Test
    void refusesToResumeWhereThePlaceCannot() throws Exception {
        LaunchFixture silent = new LaunchFixture(home, FakePlace.SILENT, Map.of());
        silent.place.script(Life.fails());
        RunId id = silent.runToEnd();

        try (Launcher launcher = silent.launcher()) {
            assertThatThrownBy(() -> launcher.runs().resume(silent.folder(id)))
                    .isInstanceOf(FineTuneException.class)
                    .hasMessageContaining("FT0510");
        }
    }

    @Test
    void closesARunWhoseJobIsGone() throws Exception {
        fixture.place.script(Life.lasts());
        RunId id = fixture.abandonedRun();
        fixture.place.forget(id);

        try (Launcher launcher = fixture.launcher()) {
            RunOutcome outcome = launcher.runs().attach(fixture.folder(id)).await();

            assertThat(((RunOutcome.Failed) outcome).problem().code()).isEqualTo("FT0506");
        }
        assertThat(fixture.place.launches(id)).isEqualTo(1);
    }

    @Test
    void keepsARunOpenThatCannotBeFollowedNow() throws Exception {
        fixture.place.script(Life.lasts());
        RunId id = fixture.abandonedRun();
        Fault[] outage = new Fault[500];
        java.util.Arrays.fill(outage, Fault.UNREACHABLE);
        fixture.place.fail(Call.FIND, outage);

        try (Launcher launcher = fixture.launcher()) {
            assertThatThrownBy(() -> launcher.runs().attach(fixture.folder(id)).await())
                    .isInstanceOf(FineTuneException.class)
                    .hasMessageContaining("FT0513");
        }

        assertThat(fixture.view(id).closed()).isFalse();
    }

    @Test
    void letsGoOfARunWithoutStoppingIt() throws Exception {
        fixture.place.script(Life.lasts());

        RunId id = fixture.abandonedRun();

        assertThat(fixture.view(id).closed()).isFalse();
        assertThat(fixture.place.ids()).containsExactly(id);
    }

    @Test
    void showsARunThatNobodyFollowsInTheStateThatItsPlaceTells() throws Exception {
        RunId id = fixture.abandonedRun();
        try (Launcher launcher = fixture.launcher()) {
            assertThat(fixture.view(id).state()).isEqualTo(RunState.QUEUED);

            fixture.clock.advance(Duration.ofSeconds(30));
            assertThat(launcher.runs().seenNow(fixture.view(id)).state()).isEqualTo(RunState.TRAINING);

            fixture.clock.advance(Duration.ofHours(1));
            assertThat(launcher.runs().seenNow(fixture.view(id)).state()).isEqualTo(RunState.UPLOADING);

            fixture.place.fail(Call.FIND, Fault.UNREACHABLE);
            assertThat(launcher.runs().seenNow(fixture.view(id))).isEqualTo(fixture.view(id));
        }
    }

    @Test
    void stopsAnOverdueRunEvenIfThePlaceMissesTheFirstCalls() throws Exception {
        LaunchFixture silent = new LaunchFixture(home, FakePlace.SILENT, Map.of());
        silent.place.script(Life.lasts());
        silent.place.fail(Call.STOP, Fault.UNREACHABLE, Fault.UNREACHABLE);
        var limited = LaunchFixture.job("letters").toBuilder()
                .budget(new Budget(null, Duration.ofMinutes(1)))
                .build();

        assertThat(silent.run(silent.prepared(limited)))
                .isEqualTo(new RunOutcome.Stopped("stopped at the budget's max-time", true));
    }
}
