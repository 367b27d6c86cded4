package dev.finetune4j.engine.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.engine.journal.JournalContent;
import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.engine.watch.Sleeper;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.job.Budget;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.plan.LaunchTerms;
import dev.finetune4j.run.RunOutcome;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.Billing;
import dev.finetune4j.spi.Capabilities;
import dev.finetune4j.spi.LogPage;
import dev.finetune4j.spi.PlaceSettings;
import dev.finetune4j.testkit.fake.FakePlace;
import dev.finetune4j.testkit.fake.FakePlace.Call;
import dev.finetune4j.testkit.fake.FakePlace.Fault;
import dev.finetune4j.testkit.fake.FakeProvider;
import dev.finetune4j.testkit.fake.Life;
import dev.finetune4j.value.Money;
import dev.finetune4j.value.ProviderId;
import dev.finetune4j.value.RunId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the place that a run left said of it is not taken for the word of the place where it goes. */
class MovedElsewhereTest {
    private static final Capabilities BILLED = new Capabilities(true, true, true, true, true, Billing.TIME);
    private static final Budget BUDGET = new Budget(Money.parse("1.00 USD"), null);
    private static final ProviderId OTHER = new ProviderId("other");
    private static final String FIRST = "ml.g5.xlarge";
    private static final String THERE = "large";
    private static final String LARGER = "larger";

    @TempDir
    private Path home;

    private LaunchFixture fixture;
    private FakePlace other;

    @BeforeEach
    void opensAHomeThatKnowsTwoPlaces() {
        begin("home");
    }

    private void begin(String name) {
        fixture = new LaunchFixture(home.resolve(name), BILLED, Map.of());
        other = new FakePlace(OTHER, fixture.clock, BILLED);
        fixture.elsewhere = other;
        fixture.here = new FakePlace(fixture.clock, FakePlace.EVERYTHING);
        fixture.place.script(Life.losesItsMachineForGood());
    }

    @Test
    void goesOnAtTheOtherPlaceOnceItIsWrittenDown() throws Exception {
        RunId run = launchedToItsEnd();

        assertThat(fixture.view(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(fixture.view(run).launchedAt()).isEqualTo(OTHER);
        assertThat(kinds(run)).containsSubsequence("submitted", "moved", "intent", "submitted", "closed");
        assertThat(fixture.folder(run)
                        .read()
                        .last(JournalEntry.Intent.class)
                        .orElseThrow()
                        .provider())
                .isEqualTo(OTHER);
    }

    /** Two machines at the other place after one at the first; each place keeps one for a minute, as it tells of the job. */
    @Test
    void countsWhatAllMachinesOfBothPlacesCost() throws Exception {
        fixture.place.keepMachines(Duration.ofMinutes(1));
        other.keepMachines(Duration.ofMinutes(1));
        other.script(Life.losesItsMachineForGood(), Life.succeeds());

        RunId run = launchedToItsEnd();

        List<JournalEntry.Moved> moves = fixture.folder(run)
                .read()
                .entries()
                .filter(JournalEntry.Moved.class::isInstance)
                .map(JournalEntry.Moved.class::cast)
                .toList();
        assertThat(moves)
                .extracting(JournalEntry.Moved::billed)
                .containsExactly(Duration.ofSeconds(30), Duration.ofSeconds(60));
        assertThat(moves)
                .extracting(JournalEntry.Moved::kept)
                .containsExactly(Duration.ofSeconds(60), Duration.ofSeconds(120));
        assertThat(moves)
                .extracting(JournalEntry.Moved::spent)
                .as("90 s at 1.20 USD an hour at each place")
                .containsExactly(Money.parse("0.0300 USD"), Money.parse("0.0600 USD"));
        assertThat(fixture.view(run).spent())
                .isNotNull()
                .satisfies(known -> assertThat(known.spent())
                        .as("and 85 s at 2.40 USD an hour, where no further minute is told")
                        .isEqualTo(Money.parse("0.1167 USD")));
    }

    @Test
    void endsWhereTheOtherPlaceLetsNobodyIn() throws Exception {
        other.fail(Call.SUBMIT, Fault.REFUSED);

        RunId run = launchedToItsEnd();

        assertIsAboutThePlaceThatItLeft(run);
    }

    @Test
    void endsWhereTheOtherPlaceRefusesItForGood() throws Exception {
        other.withhold(THERE);
        other.withhold(LARGER);

        RunId run = launchedToItsEnd();

        assertIsAboutThePlaceThatItLeft(run);
    }

    private void assertIsAboutThePlaceThatItLeft(RunId run) throws InterruptedException {
        RunView view = fixture.view(run);
        assertThat(view.closed()).isTrue();
        assertThat(view.state()).isEqualTo(RunState.FAILED);
        assertThat(view.provider()).isEqualTo(OTHER);
        assertThat(view.isLaunchedHere()).isFalse();
        try (Launcher launcher = fixture.launcher()) {
            assertThat(launcher.runs().goOn(view, new RunOutcome.Stopped("stopped by a test", false)))
                    .isEmpty();
            assertThatThrownBy(() -> launcher.runs().resume(fixture.folder(run)))
                    .isInstanceOfSatisfying(FineTuneException.class, refusal -> {
                        assertThat(refusal.problems().get(0).code()).isEqualTo("FT0509");
                        assertThat(refusal.problems().get(0).causes())
                                .containsExactly("it left fake and was never launched at other; \"finetune fetch\""
                                        + " brings what it left at fake");
                        assertThat(refusal.problems().get(0).remedies()).containsExactly("finetune launch JOB --again");
                    });
            assertThat(kinds(run)).doesNotContain("resume-asked");
            assertThat(launcher.runs().fetch(fixture.folder(run)).await().folder())
                    .as("what was trained at the first place")
                    .isNotEmptyDirectory();
            launcher.runs().clean(fixture.folder(run), false);
        }
        assertThat(fixture.place.ids()).isEmpty();
    }

    /** Whoever comes after a process that died at any entry finishes the run, with one launch at each place. */
    @Test
    void survivesADeathAtEveryEntry() throws Exception {
        int entries = 3; // before, nothing is staged that could be attached to
        boolean isDone = false;
        while (!isDone) {
            begin("run-" + entries);
            other.fail(Call.SUBMIT, Fault.ANSWER_LOST);
            isDone = isDoneBeforeItDies(new CrashAfter(entries));
            RunId run = fixture.onlyRun();
            try (Launcher launcher = fixture.launcher()) {
                assertThat(launcher.runs().attach(fixture.folder(run)).await())
                        .as("after %s entries", entries)
                        .isInstanceOf(RunOutcome.Succeeded.class);
            }
            assertThat(fixture.place.launches()).as("after %s entries", entries).isEqualTo(1);
            assertThat(other.launches()).as("after %s entries", entries).isEqualTo(1);
            entries++;
        }
        assertThat(entries).isGreaterThan(12);
    }

    /** Between two places nothing runs: a stop must not be what launches it at the second. */
    @Test
    void launchesNothingMoreThatWasStoppedBetweenTwoPlaces() throws Exception {
        RunId run = diedAfter("moved");

        try (Launcher launcher = fixture.launcher()) {
            assertThat(launcher.runs().stop(fixture.folder(run), "a test").await())
                    .isEqualTo(new RunOutcome.Stopped("stopped by a test before launch", false));
        }
        assertThat(other.launches()).isZero();
        assertThat(fixture.view(run).closed()).isTrue();
    }

    /** The driver waits for the other place to answer: whoever looks on meanwhile asks nothing there, and a stop is not lost in silence. */
    @Test
    void isNotSoughtAtAPlaceThatItIsOnItsWayTo() throws Exception {
        other.fail(Call.SUBMIT, Fault.UNREACHABLE);
        HeldOnceMoved pause = new HeldOnceMoved();
        List<Duration> looks = new CopyOnWriteArrayList<>();
        CountDownLatch looked = new CountDownLatch(20);
        Sleeper looking = time -> {
            looks.add(time);
            looked.countDown();
            Thread.sleep(1);
        };
        try (Launcher driver = fixture.launcher(pause);
                Launcher second = fixture.launcher(looking)) {
            RunHandle<RunOutcome> driven = driver.launch(fixture.prepared(job()), terms(), false, List.of());
            pause.held.await();
            assertThat(kinds(driven.id())).endsWith("moved", "intent");

            assertThatThrownBy(() -> second.runs().stop(fixture.folder(driven.id()), "a test"))
                    .hasMessageContaining("FT0505");
            RunHandle<RunOutcome> watched = second.runs().attach(fixture.folder(driven.id()));
            looked.await();
            pause.released.countDown();

            assertThat(driven.await()).isInstanceOf(RunOutcome.Succeeded.class);
            assertThat(watched.await()).isEqualTo(driven.await());
            assertThat(looks.subList(0, 20)).as("pauses of one that waits").containsOnly(looks.get(0));
        }
    }

    @Test
    void goesOnTellingWhatItPrintsAtTheOtherPlace() throws Exception {
        other.fail(Call.SUBMIT, Fault.UNREACHABLE);
        HeldOnceMoved pause = new HeldOnceMoved();
        try (Launcher driver = fixture.launcher(pause);
                Launcher second = fixture.launcher()) {
            RunHandle<RunOutcome> driven = driver.launch(fixture.prepared(job()), terms(), false, List.of());
            pause.held.await();

            LogPage left = second.runs().logs(fixture.folder(driven.id()), LogPage.START);
            assertThat(left.lines()).containsExactly("attempt 1 at fake");
            LogPage between = second.runs().logs(fixture.folder(driven.id()), left.next());
            assertThat(between.lines()).isEmpty();
            pause.released.countDown();
            driven.await();

            LogPage there = second.runs().logs(fixture.folder(driven.id()), between.next());
            assertThat(there.lines()).containsExactly("attempt 1 at other");
            assertThat(second.runs()
                            .logs(fixture.folder(driven.id()), there.next())
                            .lines())
                    .isEmpty();
        }
    }

    /** A driver that is held in its first pause after the move. */
    private final class HeldOnceMoved implements Sleeper {
        private final CountDownLatch held = new CountDownLatch(1);
        private final CountDownLatch released = new CountDownLatch(1);

        @Override
        public void sleep(Duration pause) throws InterruptedException {
            if (kinds(fixture.onlyRun()).contains("moved")) {
                held.countDown();
                released.await();
            }
            fixture.clock.advance(pause);
        }
    }

    private RunId diedAfter(String last) throws InterruptedException {
        for (int entries = 5; true; entries++) {
            begin("between-" + entries);
            assertThat(isDoneBeforeItDies(CrashAfter.atOnce(entries)))
                    .as("never after %s", last)
                    .isFalse();
            RunId run = fixture.onlyRun();
            List<String> kinds = kinds(run);
            if (kinds.get(kinds.size() - 1).equals(last)) {
                return run;
            }
        }
    }

    private boolean isDoneBeforeItDies(CrashAfter death) throws InterruptedException {
        try (Launcher launcher = fixture.launcher(death)) {
            launcher.launch(fixture.prepared(job()), terms(), false, List.of()).await();
            return true;
        } catch (CrashAfter.Crash | CompletionException e) {
            return false;
        }
    }

    private RunId launchedToItsEnd() throws InterruptedException {
        try (Launcher launcher = fixture.launcher()) {
            RunHandle<RunOutcome> handle = launcher.launch(fixture.prepared(job()), terms(), false, List.of());
            handle.await();
            return handle.id();
        }
    }

    private static FineTuneJob job() {
        return LaunchFixture.job("letters").toBuilder()
                .budget(BUDGET)
                .targets(List.of(FakeProvider.ID, OTHER))
                .place(FakeProvider.ID, Map.of(PlaceSettings.MACHINE, FIRST))
                .build();
    }

    private static LaunchTerms terms() {
        LaunchTerms there = Terms.of(TermsTest.option(OTHER, THERE, "1.20", 10), BUDGET, TermsTest.TIME, Duration.ZERO);
        LaunchTerms larger =
                Terms.of(TermsTest.option(OTHER, LARGER, "2.40", 10), BUDGET, TermsTest.TIME, Duration.ZERO);
        return Terms.of(TermsTest.option("1.20", 10), BUDGET, TermsTest.TIME, Duration.ZERO)
                .alternatives(List.of(there, larger));
    }

    private List<String> kinds(RunId run) {
        JournalContent content = fixture.folder(run).read();
        return content.lines().stream().map(line -> line.kind()).toList();
    }
}
