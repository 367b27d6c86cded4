package dev.finetune4j.engine.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.job.Budget;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.plan.LaunchTerms;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunOutcome;
import dev.finetune4j.spi.PlaceSettings;
import dev.finetune4j.testkit.fake.FakeProvider;
import dev.finetune4j.testkit.fake.Life;
import dev.finetune4j.value.Money;
import dev.finetune4j.value.RunId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever launches what another home has launched is told so, once it is known that it is the same job. */
class FoundJobTest {
    private static final String FIRST = "ml.g5.xlarge";
    private static final Budget BUDGET = new Budget(Money.parse("1.00 USD"), null);

    @TempDir
    private Path folder;

    private LaunchFixture one;
    private LaunchFixture other;

    @BeforeEach
    void opensTwoHomes() {
        one = new LaunchFixture(folder.resolve("one"), TermsTest.TIME, Map.of());
        other = new LaunchFixture(folder.resolve("other"), one);
    }

    @Test
    void isToldOfTheJobThatIsThere() throws Exception {
        RunId first = launch(one, FIRST).id();

        RunHandle<RunOutcome> second = launch(other, FIRST);

        assertThat(second.id()).isEqualTo(first);
        assertThat(isFound(other, first)).isTrue();
        assertThat(told(second)).containsExactly("FT0533");
        assertThat(one.place.attempts(first)).isEqualTo(1);
    }

    @Test
    void isNotToldOfAJobThatWasLaunchedAnewOnAnotherMachine() throws Exception {
        one.place.script(Life.findsNoMachine(), Life.succeeds());
        RunId first = launch(one, FIRST).id();

        RunHandle<RunOutcome> second = launch(other, "ml.g5.2xlarge");

        assertThat(second.id()).isEqualTo(first);
        assertThat(second.await()).isInstanceOf(RunOutcome.Succeeded.class);
        assertThat(isFound(other, first)).isFalse();
        assertThat(told(second)).isEmpty();
        assertThat(one.place.attempts(first)).isEqualTo(2);
    }

    @Test
    void isToldByWhoeverComesAfterAProcessThatDiedBeforeItHadTheAnswer() throws Exception {
        RunId run = launch(one, FIRST).id();
        diesOnceItIntends();

        try (Launcher launcher = other.launcher()) {
            RunHandle<RunOutcome> taken = launcher.runs().attach(other.folder(run));
            taken.await();

            assertThat(isFound(other, run)).isTrue();
            assertThat(told(taken)).containsExactly("FT0533");
        }
        assertThat(one.place.attempts(run)).isEqualTo(1);
    }

    private void diesOnceItIntends() throws InterruptedException {
        for (int entries = 1; true; entries++) {
            other = new LaunchFixture(folder.resolve("other-" + entries), one);
            try (Launcher launcher = other.launcher(CrashAfter.atOnce(entries))) {
                RunHandle<RunOutcome> dying =
                        launcher.launch(other.prepared(job(FIRST)), terms(FIRST), false, List.of());
                assertThatThrownBy(dying::await).hasCauseInstanceOf(CrashAfter.Crash.class);
            } catch (CrashAfter.Crash e) {
                continue; // nothing was staged yet
            }
            if (other.folder(other.onlyRun())
                    .read()
                    .last(JournalEntry.Intent.class)
                    .isPresent()) {
                return;
            }
        }
    }

    private static boolean isFound(LaunchFixture home, RunId run) {
        return home.folder(run)
                .read()
                .last(JournalEntry.Submitted.class)
                .orElseThrow()
                .found();
    }

    private static List<String> told(RunHandle<RunOutcome> run) throws Exception {
        return Collected.from(run.events()).await().stream()
                .filter(RunEvent.Noticed.class::isInstance)
                .map(event -> ((RunEvent.Noticed) event).problem().code())
                .toList();
    }

    private static RunHandle<RunOutcome> launch(LaunchFixture home, String machine) throws InterruptedException {
        try (Launcher launcher = home.launcher()) {
            RunHandle<RunOutcome> run = launcher.launch(home.prepared(job(machine)), terms(machine), false, List.of());
            run.await();
            return run;
        }
    }

    private static FineTuneJob job(String machine) {
        return LaunchFixture.job("letters").toBuilder()
                .budget(BUDGET)
                .place(FakeProvider.ID, Map.of(PlaceSettings.MACHINE, machine))
                .build();
    }

    private static LaunchTerms terms(String machine) {
        return Terms.of(TermsTest.option(machine, "1.20", 10), BUDGET, TermsTest.TIME, Duration.ZERO);
    }
}
