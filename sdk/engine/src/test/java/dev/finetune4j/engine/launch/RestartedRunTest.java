package dev.finetune4j.engine.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.engine.report.RunStory;
import dev.finetune4j.engine.watch.Sleeper;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.Budget;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.RecoverySpec;
import dev.finetune4j.plan.LaunchTerms;
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
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job that fails with an exit code that it lists is begun anew on its machine, as often as it says, and within the budget. */
class RestartedRunTest {
    private static final Capabilities BILLED = new Capabilities(true, true, true, true, true, Billing.TIME);
    private static final Capabilities SCRIPTS = new Capabilities(false, true, true, false, true, true, Billing.TIME);
    private static final Budget BUDGET = new Budget(Money.parse("1.00 USD"), null);
    private static final String MACHINE = "ml.g5.xlarge";
    private static final int LISTED = 75;

    @TempDir
    private Path home;

    @Test
    void isToldWhereNoExitCodeWillBeSeen() {
        assertThat(proposed(job(1), TermsTest.NOTHING)).singleElement().satisfies(problem -> {
            assertThat(problem.isError()).isFalse();
            assertThat(problem.code()).isEqualTo("FT0534");
            assertThat(problem.summary())
                    .isEqualTo("fake tells no exit code, so that none of [75] begins the job anew");
            assertThat(problem.place()).contains(Location.ofKey("recovery.exit-codes"));
        });
        assertThat(proposed(job(1), BILLED)).isEmpty();
        assertThat(proposed(LaunchFixture.job("letters"), TermsTest.NOTHING)).isEmpty();
    }

    private List<Problem> proposed(FineTuneJob job, Capabilities place) {
        LaunchFixture fixture = new LaunchFixture(home, place, Map.of());
        try (Launcher launcher = fixture.launcher()) {
            return launcher.places().propose(fixture.prepared(job)).check().problems().stream()
                    .filter(problem -> problem.kind().equals(LaunchProblems.NO_RESTARTS))
                    .toList();
        }
    }

    @Test
    void goesOnFromItsCheckpointOnTheSameMachine() throws Exception {
        LaunchFixture fixture = fixture(BILLED);
        fixture.place.script(Life.failsWith(LISTED), Life.succeeds());

        RunId run = launch(fixture, job(1), terms(BUDGET));

        assertThat(fixture.view(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(fixture.place.attempts(run)).isEqualTo(2);
        assertThat(fixture.place.launches()).isEqualTo(1);
        assertThat(fixture.place.machine(run)).isEqualTo(MACHINE);
        assertThat(moves(fixture, run)).singleElement().satisfies(again -> {
            assertThat(again.isRestart()).isTrue();
            assertThat(again.verdict()).isEqualTo(MachineVerdict.UNRELATED);
            assertThat(again.billed()).isEqualTo(Duration.ofSeconds(30));
            assertThat(again.spent()).isEqualTo(Money.parse("0.0100 USD"));
            assertThat(again.after()).isEqualTo("fake:job/" + run);
            assertThat(again.terms().timeLimit())
                    .as("0.99 USD last 49 min and 30 s at 1.20 USD an hour")
                    .isEqualTo(Duration.ofSeconds(2970));
        });
        List<RunStory.Chapter> story = RunStory.of(fixture.folder(run).read()).chapters();
        assertThat(story)
                .extracting(RunStory.Chapter::what)
                .containsSubsequence(
                        "failed",
                        "begun anew on fake ml.g5.xlarge in eu-central-1 at 1.20 USD an hour",
                        "launched",
                        "ended: succeeded");
        assertThat(story)
                .flatExtracting(RunStory.Chapter::because)
                .contains("exit code 75 is listed for another try: restart 1 of 1, from its last checkpoint")
                .noneMatch(reason -> reason.startsWith(RunStory.BLOCKED));
    }

    @Test
    void endsOnceItsRestartsAreUsedUp() throws Exception {
        LaunchFixture fixture = fixture(BILLED);
        fixture.place.usually(Life.failsWith(LISTED));

        RunId run = launch(fixture, job(2), terms(BUDGET));

        assertThat(fixture.place.attempts(run)).isEqualTo(3);
        assertThat(causes(fixture, run))
                .contains("exit code 75 is listed for another try, but its 2 restarts are used up");
    }

    @Test
    void isNotBegunAnewForAnyOtherCode() throws Exception {
        LaunchFixture fixture = fixture(BILLED);
        fixture.place.script(Life.failsWith(LISTED + 1), Life.succeeds());

        RunId run = launch(fixture, job(1), terms(BUDGET));

        assertThat(fixture.view(run).state()).isEqualTo(RunState.FAILED);
        assertThat(fixture.place.attempts(run)).isEqualTo(1);
        assertThat(causes(fixture, run)).isEmpty();
    }

    @Test
    void isNotBegunAnewWhereWhatIsLeftDoesNotLast() throws Exception {
        LaunchFixture fixture = fixture(SCRIPTS);
        Budget tight = new Budget(Money.parse("0.40 USD"), null); // 20 min, of which nine jobs in ten need 17
        fixture.place.script(
                new Life(List.of(new Life.Stage(RunState.TRAINING, Duration.ofMinutes(8))), RunState.FAILED, LISTED));

        RunId run = launch(
                fixture,
                job(1).toBuilder().budget(tight).build(),
                Terms.of(TermsTest.option("1.20", 10), tight, SCRIPTS, Duration.ZERO));

        assertThat(fixture.place.attempts(run)).isEqualTo(1);
        assertThat(causes(fixture, run))
                .contains(
                        "exit code 75 is listed for another try, but 0.1600 USD are spent, and what is left of the most that was"
                                + " agreed to does not last for all of it, from the start");
    }

    /** Where time alone is limited, what the terms said at most limits what the machines cost that are kept after each try. */
    @Test
    void costsNoMoreThanItsTermsSaid() throws Exception {
        LaunchFixture fixture = fixture(BILLED);
        Budget hour = new Budget(null, Duration.ofHours(1));
        LaunchTerms terms = Terms.of(TermsTest.option("1.20", 10), hour, BILLED, Duration.ZERO);
        fixture.place.keepMachines(Duration.ofMinutes(15));
        fixture.place.script(Life.failsWith(LISTED), Life.succeeds());

        RunId run = launch(fixture, job(1).toBuilder().budget(hour).build(), terms);

        assertThat(terms.worstCost()).isEqualTo(Money.parse("1.2000 USD"));
        assertThat(moves(fixture, run)).singleElement().satisfies(again -> {
            assertThat(again.kept()).isEqualTo(Duration.ofMinutes(15));
            assertThat(again.spent()).isEqualTo(Money.parse("0.3100 USD"));
            assertThat(again.terms().timeLimit())
                    .isEqualTo(Duration.ofMinutes(44).plusSeconds(30));
        });
    }

    /** At a place that bills for bringing a machine, and tells nobody, each launch is taken to have cost the most of it. */
    @Test
    void paysForWhatNobodyTellsOfEachTry() throws Exception {
        LaunchFixture fixture = fixture(BILLED);
        fixture.place.billUntold(Duration.ofMinutes(10));
        fixture.place.script(Life.failsWith(LISTED), Life.succeeds());

        RunId run = launch(fixture, job(1), terms(BUDGET));

        assertThat(moves(fixture, run)).singleElement().satisfies(again -> {
            assertThat(again.spent()).as("30 s, and 10 min").isEqualTo(Money.parse("0.2100 USD"));
            assertThat(again.terms().timeLimit())
                    .as("0.79 USD at 1.20 USD an hour")
                    .isEqualTo(Duration.ofSeconds(2370));
        });
    }

    /** What somebody else has launched and given up is not begun anew by whoever finds it. */
    @Test
    void isNotBegunAnewByWhoeverFindsItFailed() throws Exception {
        LaunchFixture first = new LaunchFixture(home.resolve("first"), BILLED, Map.of());
        first.place.usually(Life.failsWith(LISTED));
        RunId run = launch(first, job(1), terms(BUDGET));
        LaunchFixture second = new LaunchFixture(home.resolve("second"), first);

        assertThat(launch(second, job(3), terms(BUDGET))).isEqualTo(run);

        assertThat(second.view(run).state()).isEqualTo(RunState.FAILED);
        assertThat(first.place.attempts(run)).isEqualTo(2);
    }

    /** Nothing is left at the place by a refusal that another machine could be found to follow, but the try before. */
    @Test
    void goesToTheNextMachineWhereItsOwnIsNoMoreToBeHad() throws Exception {
        LaunchFixture fixture = fixture(BILLED);
        fixture.place.script(Life.failsWith(LISTED), Life.succeeds());
        LaunchTerms terms = terms(BUDGET)
                .alternatives(List.of(
                        Terms.of(TermsTest.option("ml.g5.2xlarge", "1.333", 10), BUDGET, BILLED, Duration.ZERO)));
        Sleeper once = pause -> { // it was launched
            fixture.clock.advance(pause);
            fixture.place.withhold(MACHINE);
        };

        RunId run = launch(fixture.launcher(once), fixture, job(1), terms);

        assertThat(fixture.view(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(fixture.place.attempts(run)).isEqualTo(2);
        assertThat(fixture.place.machine(run)).isEqualTo("ml.g5.2xlarge");
        assertThat(moves(fixture, run))
                .extracting(JournalEntry.Moved::isRestart)
                .containsExactly(true, false);
        assertThat(moves(fixture, run)).extracting(JournalEntry.Moved::after).containsOnly("fake:job/" + run);
    }

    /** Whoever comes after a process that died at any entry of the journal finishes the run; no try is made twice. */
    @Test
    @Tag("long")
    void survivesADeathAtEveryEntry() throws Exception {
        int entries = 3; // before, nothing is staged that could be attached to
        boolean isDone = false;
        while (!isDone) {
            LaunchFixture dying = new LaunchFixture(home.resolve("run-" + entries), BILLED, Map.of());
            dying.place.script(Life.failsWith(LISTED), Life.failsWith(LISTED), Life.succeeds());
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
            entries++;
        }
        assertThat(entries).isGreaterThan(15);
    }

    /** How often it is tried changes nothing of what it makes: the runs of a job keep their names. */
    @Test
    void isTheSameJob() {
        assertThat(JobDigest.of(job(2)))
                .isEqualTo(JobDigest.of(
                        LaunchFixture.job("letters").toBuilder().budget(BUDGET).build()));
    }

    private static boolean isDoneBeforeItDies(LaunchFixture fixture, CrashAfter death) throws InterruptedException {
        try (Launcher launcher = fixture.launcher(death)) {
            launcher.launch(fixture.prepared(job(2)), terms(BUDGET), false, List.of())
                    .await();
            return true;
        } catch (CrashAfter.Crash | CompletionException e) {
            return false;
        }
    }

    private LaunchFixture fixture(Capabilities place) {
        return new LaunchFixture(home, place, Map.of());
    }

    private static RunId launch(LaunchFixture fixture, FineTuneJob job, LaunchTerms terms) throws InterruptedException {
        return launch(fixture.launcher(), fixture, job, terms);
    }

    private static RunId launch(Launcher follower, LaunchFixture fixture, FineTuneJob job, LaunchTerms terms)
            throws InterruptedException {
        try (follower) {
            RunHandle<RunOutcome> handle = follower.launch(fixture.prepared(job), terms, false, List.of());
            handle.await();
            return handle.id();
        }
    }

    private static FineTuneJob job(int maxRestarts) {
        return LaunchFixture.job("letters").toBuilder()
                .budget(BUDGET)
                .recovery(new RecoverySpec(List.of(LISTED), maxRestarts))
                .place(FakeProvider.ID, Map.of(PlaceSettings.MACHINE, MACHINE))
                .build();
    }

    private static LaunchTerms terms(Budget budget) {
        return Terms.of(TermsTest.option("1.20", 10), budget, BILLED, Duration.ZERO);
    }

    private static List<String> causes(LaunchFixture fixture, RunId run) {
        return Objects.requireNonNull(fixture.view(run).problem()).causes();
    }

    private static List<JournalEntry.Moved> moves(LaunchFixture fixture, RunId run) {
        return fixture.folder(run)
                .read()
                .entries()
                .filter(JournalEntry.Moved.class::isInstance)
                .map(JournalEntry.Moved.class::cast)
                .toList();
    }
}
