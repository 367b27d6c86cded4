package dev.finetune4j.engine.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.engine.journal.DiskFiles;
import dev.finetune4j.engine.journal.Journal;
import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.engine.journal.JournalLine;
import dev.finetune4j.engine.journal.Redaction;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.place.PlaceProblems;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.Budget;
import dev.finetune4j.run.RunOutcome;
import dev.finetune4j.run.RunState;
import dev.finetune4j.testkit.fake.FakePlace;
import dev.finetune4j.testkit.fake.FakePlace.Call;
import dev.finetune4j.testkit.fake.FakePlace.Fault;
import dev.finetune4j.testkit.fake.FakeProvider;
import dev.finetune4j.testkit.fake.Life;
import dev.finetune4j.value.RunId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whoever is not let in to look at a run says nothing of it: the job goes on, is paid for, and is neither lost nor out of reach. */
class RefusedLookTest extends HomeWithAPlace {
    private static final RunOutcome STOPPED = new RunOutcome.Stopped("stopped by a test", false);

    @ParameterizedTest
    @EnumSource(
            value = Call.class,
            names = {"FIND", "EVENTS", "FETCH"})
    void keepsTheRunOpenForWhoeverIsLetInNext(Call call) throws Exception {
        RunId id = fixture.abandonedRun();
        fixture.place.fail(call, Fault.REFUSED);

        try (Launcher launcher = fixture.launcher()) {
            assertThatThrownBy(() -> launcher.runs().attach(fixture.folder(id)).await())
                    .hasMessageContaining("FT0599")
                    .satisfies(thrown ->
                            assertThat(((FineTuneException) thrown).exitCode()).isEqualTo(ExitCode.CREDENTIALS));
            assertThat(fixture.view(id).closed()).isFalse();

            assertThat(launcher.runs().attach(fixture.folder(id)).await()).isInstanceOf(RunOutcome.Succeeded.class);
        }
        assertThat(fixture.place.launches()).isEqualTo(1);
    }

    @Test
    void keepsTheRunOpenThatItMayNotStop() throws Exception {
        fixture = new LaunchFixture(home, FakePlace.SILENT, Map.of());
        fixture.place.script(Life.lasts());
        fixture.place.fail(Call.STOP, Fault.REFUSED);
        PreparedJob limited = fixture.prepared(LaunchFixture.job("letters").toBuilder()
                .budget(new Budget(null, Duration.ofMinutes(1)))
                .build());

        assertThatThrownBy(() -> fixture.run(limited)).hasMessageContaining("FT0599");
        assertThat(fixture.view(fixture.onlyRun()).closed()).isFalse();

        assertThat(fixture.run(limited)).isEqualTo(new RunOutcome.Stopped("stopped at the budget's max-time", true));
    }

    @Test
    void stopsTheRunOnceItIsLetIn() throws Exception {
        fixture.place.script(Life.lasts());
        RunId id = fixture.abandonedRun();
        fixture.place.fail(Call.FIND, Fault.REFUSED);

        try (Launcher launcher = fixture.launcher()) {
            assertThatThrownBy(() -> launcher.runs().stop(fixture.folder(id), "a test"))
                    .hasMessageContaining("FT0599");

            assertThat(launcher.runs().stop(fixture.folder(id), "a test").await())
                    .isEqualTo(STOPPED);
        }
        assertThat(stateAtItsPlace(id)).isEqualTo(RunState.STOPPED);
    }

    @Test
    void goesOnWithAResumeThatItCouldNotLookAt() throws Exception {
        fixture.place.script(Life.fails(), Life.succeeds());
        fixture.run(fixture.prepared());
        RunId id = fixture.onlyRun();
        fixture.place.fail(Call.FIND, Fault.ANSWER_LOST, Fault.REFUSED); // the first look goes well

        try (Launcher launcher = fixture.launcher()) {
            assertThatThrownBy(() -> launcher.runs().resume(fixture.folder(id)).await())
                    .hasMessageContaining("FT0599");
            assertThat(fixture.view(id).closed()).isFalse();

            assertThat(launcher.runs().attach(fixture.folder(id)).await()).isInstanceOf(RunOutcome.Succeeded.class);
        }
        assertThat(fixture.place.attempts(id)).isEqualTo(2);
    }

    @Test
    void doesNotGiveUpALaunchWhoseAnswerWasLostBeforeItWasRefused() throws Exception {
        fixture.place.fail(Call.SUBMIT, Fault.ANSWER_LOST, Fault.REFUSED);

        assertThatThrownBy(() -> fixture.run(fixture.prepared())).hasMessageContaining("FT0599");
        assertThat(fixture.view(fixture.onlyRun()).closed()).isFalse();

        assertThat(fixture.run(fixture.prepared())).isInstanceOf(RunOutcome.Succeeded.class);
        assertThat(fixture.place.launches()).isEqualTo(1);
    }

    @Test
    void closesALaunchThatWasRefusedAndThatThePlaceDoesNotHave() throws Exception {
        fixture.place.fail(Call.SUBMIT, Fault.UNREACHABLE, Fault.REFUSED);

        RunOutcome outcome = fixture.run(fixture.prepared());

        assertThat(outcome.exitCode()).isEqualTo(ExitCode.CREDENTIALS);
        assertThat(fixture.place.launches()).isZero();
    }

    @Test
    void stopsWhatAnEarlierVersionHadClosedWithoutItsPlacesWord() throws Exception {
        fixture.place.script(Life.lasts());
        RunId id = fixture.abandonedRun();
        closeAsEarlierVersionsDid(fixture.folder(id));

        try (Launcher launcher = fixture.launcher()) {
            assertThat(launcher.runs().stop(fixture.folder(id), "a test").await())
                    .isEqualTo(STOPPED);
            assertThat(launcher.runs().stop(fixture.folder(id), "a test").begin())
                    .isEqualTo(RunHandle.Begin.ENDED);
        }
        assertThat(stateAtItsPlace(id)).isEqualTo(RunState.STOPPED);
    }

    @Test
    void followsWhatAnEarlierVersionHadClosedWithoutItsPlacesWord() throws Exception {
        RunId id = fixture.abandonedRun();
        closeAsEarlierVersionsDid(fixture.folder(id));

        try (Launcher launcher = fixture.launcher()) {
            RunHandle<RunOutcome> handle = launcher.runs().attach(fixture.folder(id));

            assertThat(handle.begin()).isEqualTo(RunHandle.Begin.CONTINUED);
            assertThat(handle.await()).isInstanceOf(RunOutcome.Succeeded.class);
        }
        assertThat(fixture.folder(id).read().lines())
                .extracting(JournalLine::kind)
                .contains("reopened");
    }

    @Test
    void believesAnEarlierVersionWhereThePlaceSaysTheSame() throws Exception {
        fixture.place.script(Life.fails());
        RunId id = fixture.abandonedRun();
        closeAsEarlierVersionsDid(fixture.folder(id));
        fixture.clock.advance(Duration.ofHours(1));

        try (Launcher launcher = fixture.launcher()) {
            assertThat(launcher.runs().attach(fixture.folder(id)).begin()).isEqualTo(RunHandle.Begin.ENDED);
            assertThat(launcher.runs().stop(fixture.folder(id), "a test").begin())
                    .isEqualTo(RunHandle.Begin.ENDED);
            fixture.place.fail(Call.FIND, Fault.REFUSED);
            assertThatThrownBy(() -> launcher.runs().stop(fixture.folder(id), "a test"))
                    .hasMessageContaining("FT0599");
        }
    }

    private RunState stateAtItsPlace(RunId id) {
        try (FakeProvider place = new FakeProvider(fixture.place)) {
            return place.find(id).orElseThrow().state();
        }
    }

    private void closeAsEarlierVersionsDid(RunFolder run) {
        Problem problem =
                PlaceProblems.NO_REASON.error("the caller was not let in").build();
        try (Journal journal = Journal.open(run, new DiskFiles(), fixture.clock, Redaction.of(Map.of(), Set.of()))) {
            journal.append(new JournalEntry.Closed(RunState.FAILED, problem, "", false, null));
        }
        assertThat(List.of(fixture.view(run.id()).state())).containsExactly(RunState.FAILED);
    }
}
