package dev.finetune4j.engine.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunOutcome;
import dev.finetune4j.testkit.fake.FakePlace;
import dev.finetune4j.testkit.fake.FakePlace.Call;
import dev.finetune4j.testkit.fake.FakePlace.Fault;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A launch is tried again after a pause that grows, that a place may ask to be longer, and that nobody takes for the end. */
class SubmitStepTest {
    @TempDir
    private Path home;

    @Test
    void triesSixTimesWithinHalfAMinute() throws Exception {
        LaunchFixture fixture = new LaunchFixture(home);
        Fault[] away = new Fault[PatientCall.TRIES - 1];
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
            assertThat(noticed(run)).containsExactly("FT0599");
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

    /** Each call that comes before time makes many a service refuse for longer. */
    @Test
    void comesAgainNotBeforeThePlaceAskedForAndSaysSo() throws Exception {
        LaunchFixture fixture = new LaunchFixture(home);
        fixture.place.fail(Call.SUBMIT, Fault.BUSY, Fault.BUSY);
        List<Duration> pauses = new ArrayList<>();

        try (Launcher launcher = fixture.launcher(time -> {
            pauses.add(time);
            fixture.clock.advance(time);
        })) {
            RunHandle<RunOutcome> run = launcher.launch(fixture.prepared(), List.of());
            assertThat(run.await()).isInstanceOf(RunOutcome.Succeeded.class);
            assertThat(noticed(run)).as("once").containsExactly("FT0590");
        }
        assertThat(pauses).startsWith(FakePlace.BUSY_FOR, FakePlace.BUSY_FOR);
        assertThat(fixture.place.launches()).isEqualTo(1);
    }

    @Test
    void staysAwayForFiveMinutesAtMost() throws Exception {
        LaunchFixture fixture = new LaunchFixture(home);
        Fault[] always = new Fault[100];
        Arrays.fill(always, Fault.BUSY);
        fixture.place.fail(Call.SUBMIT, always);
        List<Duration> pauses = new ArrayList<>();

        try (Launcher launcher = fixture.launcher(pauses::add)) {
            RunHandle<RunOutcome> run = launcher.launch(fixture.prepared(), List.of());
            assertThatThrownBy(run::await).hasMessageContaining("FT0590").hasMessageContaining("for 90 s");
        }
        assertThat(pauses).containsOnly(FakePlace.BUSY_FOR).hasSize(3);
    }

    @Test
    void endsAPauseWhereItIsInterrupted() throws Exception {
        LaunchFixture fixture = new LaunchFixture(home);
        fixture.place.fail(Call.SUBMIT, Fault.BUSY);

        try (Launcher launcher = fixture.launcher(time -> {
            throw new InterruptedException("a test");
        })) {
            RunHandle<RunOutcome> run = launcher.launch(fixture.prepared(), List.of());
            assertThatThrownBy(run::await).isInstanceOf(CancellationException.class);
        }
        assertThat(fixture.place.launches()).isZero();
    }

    private static List<String> noticed(RunHandle<RunOutcome> run) throws Exception {
        return Collected.from(run.events()).await().stream()
                .filter(RunEvent.Noticed.class::isInstance)
                .map(event -> ((RunEvent.Noticed) event).problem().code())
                .toList();
    }
}
