package dev.finetune4j.engine.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.engine.journal.RunProblems;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Retry;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunOutcome;
import dev.finetune4j.testkit.fake.FakePlace.Call;
import dev.finetune4j.testkit.fake.FakePlace.Fault;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A launch is tried again after a pause that grows, that a place may ask to be longer, and that nobody takes for the end. */
class SubmitStepTest {
    @TempDir
    private Path home;

    @Test
    void waitsAsLongAsThePlaceAskedForButNotForLong() {
        Duration usual = Duration.ofSeconds(2);

        assertThat(SubmitStep.pause(failure(Retry.NEVER), usual)).isEqualTo(usual);
        assertThat(SubmitStep.pause(failure(Retry.after(Duration.ofSeconds(1))), usual))
                .isEqualTo(usual);
        assertThat(SubmitStep.pause(failure(Retry.after(Duration.ofSeconds(9))), usual))
                .isEqualTo(Duration.ofSeconds(9));
        assertThat(SubmitStep.pause(failure(Retry.after(Duration.ofMinutes(5))), usual))
                .isEqualTo(Duration.ofSeconds(10));
        assertThat(SubmitStep.pause(
                        failure(Retry.after(Duration.ofSeconds(3)), Retry.after(Duration.ofSeconds(7))), usual))
                .as("the longer of two")
                .isEqualTo(Duration.ofSeconds(7));
        assertThat(SubmitStep.pause(failure(Retry.NEVER), Duration.ofSeconds(16)))
                .isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void triesSixTimesWithinHalfAMinute() throws Exception {
        LaunchFixture fixture = new LaunchFixture(home);
        Fault[] away = new Fault[SubmitStep.TRIES - 1];
        Arrays.fill(away, Fault.UNREACHABLE);
        fixture.place.fail(Call.SUBMIT, away);
        List<Duration> pauses = new ArrayList<>();

        try (Launcher launcher = fixture.launcher(time -> {
            pauses.add(time);
            fixture.clock.advance(time);
        })) {
            assertThat(launcher.launch(fixture.prepared(), List.of()).await()).isInstanceOf(RunOutcome.Succeeded.class);
        }

        assertThat(pauses.subList(0, away.length))
                .allSatisfy(pause -> assertThat(pause).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(10)))
                .isSorted();
        assertThat(fixture.place.launches()).isEqualTo(1);
    }

    /** Longer than for an outage, and not in silence. */
    @Test
    void waitsMinutesForARightThatIsOnItsWayAndSaysSo() throws Exception {
        LaunchFixture fixture = new LaunchFixture(home);
        Fault[] early = new Fault[20];
        Arrays.fill(early, Fault.NOT_YET_LET_IN);
        fixture.place.fail(Call.SUBMIT, early);

        try (Launcher launcher = fixture.launcher(fixture.clock::advance)) {
            RunHandle<RunOutcome> run = launcher.launch(fixture.prepared(), List.of());
            assertThat(run.await()).isInstanceOf(RunOutcome.Succeeded.class);
            assertThat(Collected.from(run.events()).await())
                    .filteredOn(RunEvent.Noticed.class::isInstance)
                    .extracting(event -> ((RunEvent.Noticed) event).problem().code())
                    .containsExactly("FT0599");
        }
        assertThat(fixture.place.launches()).isEqualTo(1);
    }

    @Test
    void givesUpOnARightThatNeverComes() throws Exception {
        LaunchFixture fixture = new LaunchFixture(home);
        Fault[] never = new Fault[100];
        Arrays.fill(never, Fault.NOT_YET_LET_IN);
        fixture.place.fail(Call.SUBMIT, never);
        Instant before = fixture.clock.instant();

        try (Launcher launcher = fixture.launcher(fixture.clock::advance)) {
            RunHandle<RunOutcome> run = launcher.launch(fixture.prepared(), List.of());
            assertThatThrownBy(run::await).hasMessageContaining("FT0599");
        }
        assertThat(Duration.between(before, fixture.clock.instant()))
                .isBetween(Duration.ofMinutes(5), Duration.ofMinutes(6));
    }

    private static FineTuneException failure(Retry... retries) {
        List<Problem> problems = new ArrayList<>();
        for (Retry retry : retries) {
            problems.add(RunProblems.UNREADABLE.error("a test").retry(retry).build());
        }
        return new FineTuneException(problems, null);
    }
}
