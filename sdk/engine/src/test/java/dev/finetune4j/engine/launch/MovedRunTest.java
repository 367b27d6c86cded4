package dev.finetune4j.engine.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.engine.journal.Block;
import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.engine.report.RunStory;
import dev.finetune4j.engine.report.view.ReportFiles;
import dev.finetune4j.engine.watch.Sleeper;
import dev.finetune4j.job.Budget;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.plan.LaunchTerms;
import dev.finetune4j.plan.PlanOption;
import dev.finetune4j.plan.TrainerSettings;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunOutcome;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.Billing;
import dev.finetune4j.spi.Capabilities;
import dev.finetune4j.spi.MachineVerdict;
import dev.finetune4j.spi.PlaceSettings;
import dev.finetune4j.testkit.fake.FakePlace.Call;
import dev.finetune4j.testkit.fake.FakePlace.Fault;
import dev.finetune4j.testkit.fake.FakeProvider;
import dev.finetune4j.testkit.fake.Life;
import dev.finetune4j.value.Money;
import dev.finetune4j.value.RunId;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a machine is not to be had, the run goes to the next one that was agreed to, once, and within the budget. */
class MovedRunTest {
    private static final Capabilities BILLED = new Capabilities(true, true, true, true, true, Billing.TIME);
    private static final Budget BUDGET = new Budget(Money.parse("1.00 USD"), null);
    private static final String FIRST = "ml.g5.xlarge";

    @TempDir
    private Path home;

    private LaunchFixture fixture;

    @BeforeEach
    void opensAHome() {
        fixture = new LaunchFixture(home, BILLED, Map.of());
    }

    @Test
    void goesToTheNextMachineWhereTheAccountMayNotHaveTheFirst() throws Exception {
        fixture.place.withhold(FIRST);

        RunHandle<RunOutcome> run = launch(fixture);

        assertThat(run.await()).isInstanceOf(RunOutcome.Succeeded.class);
        assertThat(fixture.place.machine(run.id())).isEqualTo("ml.g5.2xlarge");
        assertThat(fixture.place.launches()).isEqualTo(1);
        assertThat(kinds(run.id())).startsWith("created", "agreed", "prepared", "intent", "moved", "submitted");
        assertThat(fixture.view(run.id()).job().settingsOf(FakeProvider.ID))
                .containsEntry(PlaceSettings.MACHINE, "ml.g5.2xlarge");
        assertThat(Agreement.of(BUDGET, fixture.folder(run.id()).read()).setup())
                .as("what is sent there is computed as was planned for that machine")
                .extracting(TrainerSettings::microBatch)
                .isEqualTo(2);
    }

    @Test
    void goesOnFromItsCheckpointOnTheNextMachine() throws Exception {
        fixture.place.script(Life.losesItsMachineForGood(), Life.findsNoMachine(), Life.succeeds());

        RunHandle<RunOutcome> run = launch(fixture);

        assertThat(run.await()).isInstanceOf(RunOutcome.Succeeded.class);
        assertThat(fixture.place.machine(run.id())).isEqualTo("ml.g6.xlarge");
        assertThat(fixture.place.attempts(run.id())).isEqualTo(3);
        assertThat(fixture.place.launches()).isEqualTo(1);
        List<JournalEntry.Moved> moves = moves(run.id());
        assertThat(moves).extracting(JournalEntry.Moved::billed).containsOnly(Duration.ofSeconds(30));
        assertThat(moves).extracting(JournalEntry.Moved::spent).containsOnly(Money.parse("0.0100 USD"));
        assertThat(moves.get(0).terms().timeLimit())
                .as("0.99 USD last 44 min and 33 s at 1.333 USD an hour")
                .isEqualTo(Duration.ofSeconds(2673));
    }

    @Test
    void tellsWhatAJobMayCostOnTheNextMachineThatItsPlaceMayBillForLonger() throws Exception {
        fixture.place.billFor(Duration.ofHours(2));
        fixture.place.script(Life.losesItsMachineForGood(), Life.succeeds());

        RunHandle<RunOutcome> run = launch(fixture);

        JournalEntry.Moved move = moves(run.id()).get(0);
        assertThat(move.terms().worstCost())
                .as("2 h at 1.333 USD an hour, less the 30 s that were billed before")
                .isEqualTo(Money.parse("2.6549 USD"));
        assertThat(move.terms().timeLimit()).as("0.99 USD last 44 min and 33 s").isEqualTo(Duration.ofSeconds(2673));
    }

    @Test
    void tellsWhyItWentWhereItIs() throws Exception {
        fixture.place.script(Life.losesItsMachineForGood(), Life.succeeds());

        RunHandle<RunOutcome> run = launch(fixture);

        List<RunStory.Chapter> story =
                RunStory.of(fixture.folder(run.id()).read()).chapters();
        assertThat(story)
                .extracting(RunStory.Chapter::what)
                .containsSubsequence(
                        "asked for by a program",
                        "agreed to fake ml.g5.xlarge in eu-central-1 at 1.20 USD an hour",
                        "told fake to launch it",
                        "training",
                        "interrupted",
                        "failed",
                        "moved to fake ml.g5.2xlarge in eu-central-1 at 1.333 USD an hour",
                        "launched",
                        "succeeded",
                        "ended: succeeded");
        for (int i = 1; i < story.size(); i++) {
            assertThat(story.get(i).what()).isNotEqualTo(story.get(i - 1).what());
        }
        assertThat(story)
                .filteredOn(chapter -> chapter.what().startsWith("moved"))
                .flatExtracting(RunStory.Chapter::because)
                .containsSequence("FT0597: no ml.g5.xlarge was free")
                .contains(
                        "0.0100 USD were spent until then, for 30 s",
                        "ended after 44 min 33 s, at most 0.9898 USD",
                        "blocked: ml.g5.xlarge in eu-central-1 for every job, for 30 min while there is another");
    }

    @Test
    void tellsOfEveryMachineWhereNoneIsToBeHad() throws Exception {
        fixture.place.usually(Life.findsNoMachine());

        RunOutcome outcome = launch(fixture).await();

        assertThat(outcome)
                .isInstanceOfSatisfying(
                        RunOutcome.Failed.class,
                        failed -> assertThat(failed.problem().causes())
                                .containsExactly(
                                        "before: no ml.g5.xlarge was free", "before: no ml.g5.2xlarge was free"));
        assertThat(fixture.place.attempts(fixture.onlyRun())).isEqualTo(3);
        assertThat(missed()).as("so that the next run begins elsewhere").hasSize(3);
        fixture.clock.advance(Block.MACHINE_LASTS.plusSeconds(1));
        assertThat(missed()).isEmpty();
    }

    @Test
    void remembersAMachineThatTheQuotaDoesNotLeaveUntilItDoes() throws Exception {
        fixture.place.withhold(FIRST);

        RunHandle<RunOutcome> run = launch(fixture);

        assertThat(moves(run.id())).extracting(JournalEntry.Moved::verdict).containsExactly(MachineVerdict.NOT_ALLOWED);
        assertThat(blocked(run.id()))
                .containsExactly(
                        "blocked: ml.g5.xlarge in eu-central-1 for every job while there is another, for 30 min"
                                + " and until the quota leaves one, or for 24 h where that is not told");
        fixture.clock.advance(Block.MACHINE_LASTS.plusSeconds(1));
        assertThat(missed()).as("that half an hour is over changes no quota").hasSize(1);
        fixture.place.allow(FIRST);
        assertThat(missed()).isEmpty();
    }

    @Test
    void remembersAMachineForADayWhereNobodyTellsTheQuota() throws Exception {
        fixture.place.withhold(FIRST);
        fixture.place.hideQuotas();

        RunHandle<RunOutcome> run = launch(fixture);

        fixture.place.allow(FIRST);
        Duration since = Duration.between(
                Block.of(fixture.folder(run.id()).read()).get(0).at(), fixture.clock.instant());
        fixture.clock.advance(Block.QUOTA_LASTS.minus(since));
        assertThat(missed()).hasSize(1);
        fixture.clock.advance(Duration.ofSeconds(1));
        assertThat(missed()).isEmpty();
    }

    @Test
    void remembersNoMachineThatOnlyThisJobMayNotHave() throws Exception {
        fixture.place.declareUnfit(FIRST);

        RunHandle<RunOutcome> run = launch(fixture);

        assertThat(run.await()).isInstanceOf(RunOutcome.Succeeded.class);
        assertThat(fixture.place.machine(run.id())).isEqualTo("ml.g5.2xlarge");
        assertThat(moves(run.id())).extracting(JournalEntry.Moved::verdict).containsExactly(MachineVerdict.NOT_SUITED);
        assertThat(missed()).as("others may have it").isEmpty();
        assertThat(blocked(run.id())).containsExactly("blocked: ml.g5.xlarge in eu-central-1 for this run");
    }

    private Map<String, Instant> missed() {
        try (Launcher launcher = fixture.launcher()) {
            return launcher.places().outlook().missed();
        }
    }

    @Test
    void failsOfAnythingElseWhereItIs() throws Exception {
        fixture.place.script(Life.fails());

        assertThat(launch(fixture).await()).isInstanceOf(RunOutcome.Failed.class);

        assertThat(fixture.place.attempts(fixture.onlyRun())).isEqualTo(1);
        assertThat(moves(fixture.onlyRun())).isEmpty();
        assertThat(missed()).isEmpty();
        assertThat(blocked(fixture.onlyRun()))
                .containsExactly("blocked: this run as it is, on every machine, until somebody resumes it");
    }

    @Test
    void asksForNoOtherMachineOfAPlaceThatDoesNotLetItIn() throws Exception {
        fixture.place.fail(Call.SUBMIT, Fault.REFUSED);

        RunHandle<RunOutcome> run = launch(fixture);

        assertThat(run.await()).isInstanceOf(RunOutcome.Failed.class);
        assertThat(fixture.place.ids()).isEmpty();
        assertThat(blocked(run.id())).containsExactly("blocked: fake for this run, until it is let in there");
    }

    private List<String> blocked(RunId id) {
        return RunStory.of(fixture.folder(id).read()).chapters().stream()
                .flatMap(chapter -> chapter.because().stream())
                .filter(reason -> reason.startsWith(RunStory.BLOCKED))
                .toList();
    }

    @Test
    void saysNothingOfTheEstimateForTheFirstMachine() throws Exception {
        fixture.foreseen = EstimateHistoryTest.foreseen();
        fixture.place.script(Life.findsNoMachine(), Life.succeeds());

        assertThat(launch(fixture).await()).isInstanceOf(RunOutcome.Succeeded.class);

        try (Launcher launcher = fixture.launcher()) {
            assertThat(launcher.estimates().read()).isEmpty();
        }
    }

    @Test
    void tellsWhatItCostsWhileItRuns() throws Exception {
        fixture.place.script(Life.losesItsMachineForGood(), Life.succeeds());

        RunHandle<RunOutcome> run = launch(fixture);

        List<RunEvent> events = SavedEvents.read(fixture.folder(run.id()));
        assertThat(events)
                .filteredOn(RunEvent.Spent.class::isInstance)
                .last()
                .isInstanceOfSatisfying(RunEvent.Spent.class, last -> {
                    // 30 s at 1.20 USD an hour, then 85 s at 1.333 USD an hour
                    assertThat(last.spent()).isEqualTo(Money.parse("0.0415 USD"));
                    assertThat(last.budget()).isEqualTo(Money.parse("1.00 USD"));
                });
        assertThat(fixture.view(run.id()).spent())
                .isNotNull()
                .satisfies(known -> assertThat(known.spent()).isEqualTo(Money.parse("0.0415 USD")));
        assertThat(ReportFiles.read(fixture.folder(run.id()).path()).spent()).isNotNull();
    }

    @Test
    void whoeverLooksOnFollowsItToTheNextMachine() throws Exception {
        fixture.place.script(Life.losesItsMachineForGood(), Life.succeeds());
        BlockingSleeper pause = new BlockingSleeper(fixture.clock);
        try (Launcher one = fixture.launcher(pause);
                Launcher other = fixture.launcher()) {
            RunHandle<RunOutcome> driving = one.launch(fixture.prepared(job()), terms(), false, List.of());
            pause.awaitSleep();
            RunHandle<RunOutcome> looking = other.runs().attach(fixture.folder(driving.id()));
            awaitState(looking, RunState.FAILED);
            pause.release();

            assertThat(looking.begin()).isEqualTo(RunHandle.Begin.ATTACHED);
            assertThat(looking.await()).isEqualTo(driving.await()).isInstanceOf(RunOutcome.Succeeded.class);
            List<RunEvent> seen = Collected.from(looking.events()).await();
            List<RunEvent> told = Collected.from(driving.events()).await();
            assertThat(states(seen)).isEqualTo(states(told)).contains(RunState.FAILED, RunState.SUCCEEDED);
            assertThat(lastSpent(seen)).isEqualTo(lastSpent(told)).isEqualTo(Money.parse("0.0415 USD"));
            assertThat(spent(seen))
                    .as("what was told of the first machine is not told again on the next")
                    .doesNotHaveDuplicates();
            assertThat(steps(seen)).isEqualTo(steps(told)).isNotEmpty();
        }
    }

    @Test
    void whoeverLooksAwayMeanwhileIsToldOfTheNextMachineAllTheSame() throws Exception {
        fixture.place.script(Life.losesItsMachineForGood(), Life.succeeds());
        BlockingSleeper pause = new BlockingSleeper(fixture.clock);
        BlockingSleeper away = new BlockingSleeper(fixture.clock);
        Sleeper betweenWatches = time -> {
            if (time.equals(RunObserver.PAUSE)) {
                away.sleep(time);
            } else {
                fixture.clock.advance(time);
            }
        };
        try (Launcher one = fixture.launcher(pause);
                Launcher other = fixture.launcher(betweenWatches)) {
            RunHandle<RunOutcome> driving = one.launch(fixture.prepared(job()), terms(), false, List.of());
            pause.awaitSleep();
            RunHandle<RunOutcome> looking = other.runs().attach(fixture.folder(driving.id()));
            awaitState(looking, RunState.FAILED);
            away.awaitSleep();
            pause.release();
            RunOutcome outcome = driving.await();
            away.release();

            assertThat(looking.await()).isEqualTo(outcome).isInstanceOf(RunOutcome.Succeeded.class);
            List<RunEvent> seen = Collected.from(looking.events()).await();
            List<RunEvent> told = Collected.from(driving.events()).await();
            assertThat(states(seen)).isEqualTo(states(told)).contains(RunState.FAILED, RunState.SUCCEEDED);
            assertThat(steps(seen)).isEqualTo(steps(told)).isNotEmpty();
        }
    }

    private static void awaitState(RunHandle<RunOutcome> run, RunState wanted) throws InterruptedException {
        CountDownLatch seen = new CountDownLatch(1);
        run.events().subscribe(new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                subscription.request(Long.MAX_VALUE);
            }

            @Override
            public void onNext(RunEvent event) {
                if (event instanceof RunEvent.StateChanged change && change.state() == wanted) {
                    seen.countDown();
                }
            }

            @Override
            public void onError(Throwable failure) {
                seen.countDown();
            }

            @Override
            public void onComplete() {
                seen.countDown();
            }
        });
        seen.await();
    }

    private static List<RunState> states(List<RunEvent> events) {
        return events.stream()
                .filter(RunEvent.StateChanged.class::isInstance)
                .map(event -> ((RunEvent.StateChanged) event).state())
                .toList();
    }

    private static List<Money> spent(List<RunEvent> events) {
        return events.stream()
                .filter(RunEvent.Spent.class::isInstance)
                .map(event -> ((RunEvent.Spent) event).spent())
                .toList();
    }

    private static Money lastSpent(List<RunEvent> events) {
        return spent(events).stream().reduce((earlier, later) -> later).orElseThrow();
    }

    private static List<RunEvent> steps(List<RunEvent> events) {
        return events.stream()
                .filter(event -> !(event instanceof RunEvent.StateChanged) && !(event instanceof RunEvent.Spent))
                .toList();
    }

    /** Between two machines nothing runs: a stop must not be what launches the second, nor a fetch. */
    @Test
    void launchesNothingMoreThatWasStoppedBetweenTwoMachines() throws Exception {
        RunId id = diedOnceItHadMoved();

        try (Launcher launcher = fixture.launcher()) {
            assertThatThrownBy(() -> launcher.runs().fetch(fixture.folder(id)).await())
                    .hasMessageContaining("FT0508");
            assertThat(launcher.runs().stop(fixture.folder(id), "a test").await())
                    .isEqualTo(new RunOutcome.Stopped("stopped by a test before launch", false));
            assertThat(launcher.runs().attach(fixture.folder(id)).await()).isInstanceOf(RunOutcome.Stopped.class);
        }
        assertThat(fixture.place.attempts(id)).isEqualTo(1);
    }

    private RunId diedOnceItHadMoved() throws InterruptedException {
        for (int entries = 5; true; entries++) {
            fixture = new LaunchFixture(home.resolve("between-" + entries), BILLED, Map.of());
            fixture.place.script(Life.losesItsMachineForGood(), Life.succeeds());
            assertThat(isDoneBeforeItDies(fixture, CrashAfter.atOnce(entries)))
                    .as("never between two machines")
                    .isFalse();
            RunId id = fixture.onlyRun();
            List<String> kinds = kinds(id);
            if (kinds.get(kinds.size() - 1).equals("moved")) {
                return id;
            }
        }
    }

    /** Whoever comes after a process that died at any entry of the journal finishes the run; no machine is asked for twice. */
    @Test
    void survivesADeathAtEveryEntry() throws Exception {
        int entries = 3; // before, nothing is staged that could be attached to
        boolean isDone = false;
        while (!isDone) {
            LaunchFixture dying = new LaunchFixture(home.resolve("run-" + entries), BILLED, Map.of());
            dying.place.script(Life.losesItsMachineForGood(), Life.findsNoMachine(), Life.succeeds());
            dying.place.fail(Call.SUBMIT, Fault.ANSWER_LOST);
            isDone = isDoneBeforeItDies(dying, new CrashAfter(entries));
            RunId id = dying.onlyRun();
            try (Launcher launcher = dying.launcher()) {
                assertThat(launcher.runs().attach(dying.folder(id)).await())
                        .as("after %s entries", entries)
                        .isInstanceOf(RunOutcome.Succeeded.class);
            }
            assertThat(dying.place.launches(id)).as("after %s entries", entries).isEqualTo(1);
            assertThat(dying.place.attempts(id)).as("after %s entries", entries).isEqualTo(3);
            assertThat(dying.place.machine(id)).isEqualTo("ml.g6.xlarge");
            entries++;
        }
        assertThat(entries).isGreaterThan(15);
    }

    private static boolean isDoneBeforeItDies(LaunchFixture fixture, CrashAfter death) throws InterruptedException {
        try (Launcher launcher = fixture.launcher(death)) {
            launcher.launch(fixture.prepared(job()), terms(), false, List.of()).await();
            return true;
        } catch (CrashAfter.Crash | CompletionException e) {
            return false;
        }
    }

    /** A move is told before the next machine has the job: whoever lets go then would leave it nowhere. */
    @Test
    void isNotLaunchedBeforeTheNextMachineHasIt() throws Exception {
        fixture.place.withhold(FIRST);
        try (Launcher launcher = fixture.launcher()) {
            RunHandle<RunOutcome> handle = launcher.launch(fixture.prepared(job()), terms(), false, List.of());

            handle.awaitLaunch();

            assertThat(handle.goesOn()).isTrue();
            assertThat(fixture.place.attempts(handle.id())).isEqualTo(1);
            handle.await();
        }
    }

    private static RunHandle<RunOutcome> launch(LaunchFixture fixture) throws InterruptedException {
        try (Launcher launcher = fixture.launcher()) {
            RunHandle<RunOutcome> handle = launcher.launch(fixture.prepared(job()), terms(), false, List.of());
            handle.await();
            return handle;
        }
    }

    private static FineTuneJob job() {
        return LaunchFixture.job("letters").toBuilder()
                .budget(BUDGET)
                .place(FakeProvider.ID, Map.of(PlaceSettings.MACHINE, FIRST))
                .build();
    }

    private static LaunchTerms terms() {
        return terms(AlternativesTest.setUp(TermsTest.option("1.20", 10), 8))
                .alternatives(List.of(
                        terms(AlternativesTest.setUp(TermsTest.option("ml.g5.2xlarge", "1.333", 10), 2)),
                        terms(TermsTest.option("ml.g6.xlarge", "1.50", 10))));
    }

    private static LaunchTerms terms(PlanOption option) {
        return Terms.of(option, BUDGET, TermsTest.TIME, Duration.ZERO);
    }

    private List<String> kinds(RunId id) {
        return fixture.folder(id).read().lines().stream()
                .map(line -> line.kind())
                .toList();
    }

    private List<JournalEntry.Moved> moves(RunId id) {
        return fixture.folder(id)
                .read()
                .entries()
                .filter(JournalEntry.Moved.class::isInstance)
                .map(JournalEntry.Moved.class::cast)
                .toList();
    }
}
