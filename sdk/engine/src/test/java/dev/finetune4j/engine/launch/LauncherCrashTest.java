package dev.finetune4j.engine.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.engine.journal.JournalLine;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.run.RunOutcome;
import dev.finetune4j.run.RunState;
import dev.finetune4j.testkit.fake.FakePlace.Call;
import dev.finetune4j.testkit.fake.FakePlace.Fault;
import dev.finetune4j.testkit.fake.Life;
import dev.finetune4j.value.RunId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process may die at any entry of the journal; whoever comes next finishes the run, and nothing happens twice. */
@Tag("long")
class LauncherCrashTest {
    private static final int ENTRIES = 13;

    @TempDir
    Path home;

    @Test
    void runAgainAfterACrashAtEachEntryFinishesTheSameRun() throws Exception {
        for (int entries = 0; entries < ENTRIES; entries++) {
            LaunchFixture fixture = new LaunchFixture(home.resolve("run-" + entries));
            crash(fixture, entries);

            RunOutcome outcome = fixture.run(fixture.prepared());

            assertThat(outcome).as("after %s entries", entries).isInstanceOf(RunOutcome.Succeeded.class);
            assertDoneOnce(fixture, entries);
        }
    }

    @Test
    void attachAfterACrashAtEachEntryFinishesTheSameRun() throws Exception {
        for (int entries = 2; entries < ENTRIES; entries++) {
            LaunchFixture fixture = new LaunchFixture(home.resolve("attach-" + entries));
            RunId id = crash(fixture, entries);

            try (Launcher launcher = fixture.launcher()) {
                assertThat(launcher.runs().attach(fixture.folder(id)).await())
                        .as("after %s entries", entries)
                        .isInstanceOf(RunOutcome.Succeeded.class);
            }

            assertDoneOnce(fixture, entries);
        }
    }

    @Test
    void aRunThatDiedBeforeItsDataWasStagedAsksForTheJobAgain() {
        LaunchFixture fixture = new LaunchFixture(home);
        RunId id = crash(fixture, 1);

        try (Launcher launcher = fixture.launcher()) {
            assertThat(org.assertj.core.api.Assertions.catchThrowable(
                            () -> launcher.runs().attach(fixture.folder(id)).await()))
                    .hasMessageContaining("FT0512");
        }
    }

    @Test
    void aResumeThatDiedIsNeitherLostNorDoneTwice() throws Exception {
        for (int entries = 0; entries < 3; entries++) {
            LaunchFixture fixture = new LaunchFixture(home.resolve("resume-" + entries));
            fixture.place.script(Life.fails(), Life.succeeds());
            assertThat(fixture.run(fixture.prepared())).isInstanceOf(RunOutcome.Failed.class);
            RunId id = fixture.store().list().get(0).id();
            try (Launcher dying = fixture.launcher(new CrashAfter(entries))) {
                dying.runs().resume(fixture.folder(id)).await();
            } catch (CrashAfter.Crash | CompletionException e) {
                assertThat(entries).isLessThan(3);
            }

            try (Launcher launcher = fixture.launcher()) {
                RunOutcome outcome = entries == 0
                        ? launcher.runs().resume(fixture.folder(id)).await()
                        : launcher.runs().attach(fixture.folder(id)).await();
                assertThat(outcome).as("after %s entries", entries).isInstanceOf(RunOutcome.Succeeded.class);
            }

            assertThat(fixture.place.attempts(id))
                    .as("after %s entries", entries)
                    .isEqualTo(2);
            assertThat(fixture.place.launches(id)).isEqualTo(1);
        }
    }

    @Test
    void randomCrashesAndLostAnswersNeverLaunchTwice() throws Exception {
        Random random = new Random(23);
        int crashes = 0;
        for (int schedule = 0; schedule < 200; schedule++) {
            LaunchFixture fixture = new LaunchFixture(home.resolve("random-" + schedule));
            for (int crash = random.nextInt(4); crash >= 0; crash--) {
                if (random.nextBoolean()) {
                    fixture.place.fail(Call.SUBMIT, Fault.ANSWER_LOST);
                    fixture.place.fail(Call.FIND, Fault.UNREACHABLE, Fault.NOT_YET_LISTED);
                }
                try (Launcher dying = fixture.launcher(new CrashAfter(random.nextInt(6)))) {
                    dying.launch(fixture.prepared(), List.of()).await();
                } catch (CrashAfter.Crash | CompletionException e) {
                    crashes++;
                }
            }

            List<RunView> runs = fixture.store().list();
            if (runs.isEmpty() || !runs.stream().allMatch(RunView::closed)) {
                fixture.run(fixture.prepared());
            }

            for (RunView run : fixture.store().list()) {
                assertThat(fixture.place.launches(run.id()))
                        .as("schedule %s", schedule)
                        .isEqualTo(1);
                assertThat(run.state()).as("schedule %s", schedule).isEqualTo(RunState.SUCCEEDED);
            }
        }
        assertThat(crashes).isGreaterThan(100);
    }

    /** Launches in a process that dies after so many entries of the journal. */
    private static RunId crash(LaunchFixture fixture, int entries) {
        PreparedJob job = fixture.prepared();
        try (Launcher dying = fixture.launcher(new CrashAfter(entries))) {
            dying.launch(job, List.of()).await();
            throw new AssertionError("the process should have died after " + entries + " entries");
        } catch (CrashAfter.Crash | CompletionException e) {
            return fixture.store().attempts("letters", job.digest()).get(0);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void assertDoneOnce(LaunchFixture fixture, int entries) {
        List<RunView> runs = fixture.store().list();
        assertThat(runs).as("after %s entries", entries).hasSize(1);
        RunId id = runs.get(0).id();
        assertThat(fixture.place.launches(id)).as("after %s entries", entries).isEqualTo(1);
        assertThat(fixture.place.attempts(id)).as("after %s entries", entries).isEqualTo(1);
        List<String> kinds = new ArrayList<>(fixture.folder(id).read().lines().stream()
                .map(JournalLine::kind)
                .filter(kind -> !kind.equals("state-seen"))
                .toList());
        assertThat(kinds)
                .as("after %s entries", entries)
                .containsExactly(
                        "created",
                        "prepared",
                        "intent",
                        "submitted",
                        "fetched",
                        "evaluation-done",
                        "report-written",
                        "closed");
    }
}
