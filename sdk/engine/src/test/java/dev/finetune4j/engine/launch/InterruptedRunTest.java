package dev.finetune4j.engine.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.engine.journal.DiskFiles;
import dev.finetune4j.engine.journal.Journal;
import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.engine.journal.Redaction;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.RunLock;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunOutcome;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.Billing;
import dev.finetune4j.spi.Capabilities;
import dev.finetune4j.testkit.fake.FakePlace.Call;
import dev.finetune4j.testkit.fake.FakePlace.Fault;
import dev.finetune4j.testkit.fake.Life;
import dev.finetune4j.value.RunId;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which run goes on from its checkpoint where a series asks for its job again. */
class InterruptedRunTest extends HomeWithAPlace {
    private static final Capabilities WITHOUT_RESUME = new Capabilities(true, true, true, false, true, Billing.NOTHING);

    @Test
    void isTheLastThatFailed() throws Exception {
        RunId failed = ended(Life.fails()).id();

        assertThat(goesOn(failed)).isTrue();
    }

    @Test
    void isNoneWhereAnEarlierOneHasSucceeded() throws Exception {
        fixture.place.script(Life.succeeds(), Life.fails());
        fixture.run(fixture.prepared());
        fixture.run(fixture.prepared());
        assertThat(fixture.place.launches()).isEqualTo(2);

        assertThat(fixture.store().list()).hasSize(2).noneMatch(run -> goesOn(run.id()));
    }

    @Test
    void isNoneThatAnotherHasFollowedThoughItsPlaceDoesNotAnswer() throws Exception {
        RunId first = ended(Life.fails(), Life.fails()).id();
        fixture.run(fixture.prepared());
        assertThat(fixture.place.launches()).isEqualTo(2);
        fixture.place.fail(Call.FIND, Fault.UNREACHABLE);

        assertThat(goesOn(first)).isFalse();
    }

    /** The fake place goes on where it ended; others go over the steps since the last checkpoint again. */
    @Test
    void isNoneThatOnlyWentOverStepsAgainWhenItWasResumed() throws Exception {
        RunFolder folder = ended(Life.fails());
        List<RunEvent> events = new ArrayList<>(SavedEvents.read(folder));
        RunEvent end = events.get(events.size() - 1);
        assertThat(end)
                .isInstanceOfSatisfying(
                        RunEvent.StateChanged.class,
                        change -> assertThat(change.state()).isEqualTo(RunState.FAILED));
        List<RunEvent.StepCompleted> steps = steps(events);
        RunEvent.StepCompleted last = steps.get(steps.size() - 1);

        events.add(new RunEvent.StateChanged(end.at(), RunState.TRAINING, ""));
        events.add(new RunEvent.Resumed(end.at(), last.step() / 2));
        events.addAll(steps.subList(last.step() / 2, steps.size()));
        events.add(end);
        SavedEvents.write(folder, events);
        assertThat(goesOn(folder.id())).isFalse();

        events.add(events.size() - 1, following(last));
        SavedEvents.write(folder, events);
        assertThat(goesOn(folder.id())).as("a step further").isTrue();
    }

    @Test
    void isNoneWhoseTrainingDiverged() throws Exception {
        RunId diverged = ended(Life.diverges()).id();

        assertThat(goesOn(diverged)).isFalse();
    }

    @Test
    void isHandedOutWithoutItsLockWhereItDiverged() throws Exception {
        RunFolder folder = ended(Life.diverges());
        Files.delete(folder.lock());
        Files.createDirectory(folder.lock()); // which nobody can take
        try (Launcher launcher = fixture.launcher()) {
            RunHandle<RunOutcome> handle = launcher.series().launch(fixture.prepared(), List.of());

            assertThat(handle.begin()).isEqualTo(RunHandle.Begin.ENDED);
            assertThat(handle.id()).isEqualTo(folder.id());
        }
    }

    /** Whose files may be many gigabytes. */
    @Test
    void isLookedAtWithoutItsBaseModelWhereItsPlaceLetsNoneGoOn() throws Exception {
        fixture = new LaunchFixture(home, WITHOUT_RESUME, Map.of());
        RunId failed = ended(Life.fails()).id();
        fixture.modelDigests.set(0);

        assertThat(goesOn(failed)).isFalse();
        assertThat(fixture.modelDigests).hasValue(0);
    }

    /** It came a step further there, which would do for a run that failed of anything else. */
    @Test
    void isHandedOutWhereItDivergedAtAnotherProcessMeanwhile() throws Exception {
        RunFolder folder = ended(Life.fails(), Life.diverges());
        try (Launcher launcher = fixture.launcher();
                Launcher other = fixture.launcher()) {
            assertThat(launcher.series().goesOn(fixture.prepared(), folder.id()))
                    .isTrue();
            assertThat(other.runs().resume(folder).await()).isInstanceOf(RunOutcome.Failed.class);
            List<RunEvent> events = new ArrayList<>(SavedEvents.read(folder));
            List<RunEvent.StepCompleted> steps = steps(events);
            events.add(events.size() - 1, following(steps.get(steps.size() - 1)));
            SavedEvents.write(folder, events);

            assertThat(launcher.series().tryGoOn(fixture.prepared(), folder, List.of()))
                    .isEmpty();
            RunHandle<RunOutcome> handle = launcher.series().launch(fixture.prepared(), List.of());
            assertThat(handle.begin()).isEqualTo(RunHandle.Begin.ENDED);
            assertThat(handle.id()).isEqualTo(folder.id());
        }
        assertThat(fixture.place.launches()).isEqualTo(1);
        assertThat(fixture.view(folder.id()).resumes()).isEqualTo(1);
    }

    @Test
    void isLookedAtAgainOnceItIsThisProcessThatHasIt() throws Exception {
        RunFolder folder = ended(Life.fails(), Life.succeeds());
        try (Launcher launcher = fixture.launcher();
                Launcher other = fixture.launcher()) {
            assertThat(launcher.series().goesOn(fixture.prepared(), folder.id()))
                    .isTrue();
            other.runs().resume(folder).await();

            assertThat(launcher.series().tryGoOn(fixture.prepared(), folder, List.of()))
                    .isEmpty();
            RunHandle<RunOutcome> handle = launcher.series().launch(fixture.prepared(), List.of());
            assertThat(handle.begin()).isEqualTo(RunHandle.Begin.ENDED);
            assertThat(handle.id()).isEqualTo(folder.id());
        }
        assertThat(fixture.place.launches()).isEqualTo(1);
    }

    @Test
    void isLookedOnAtWhereAnotherProcessIsAboutToLetItGoOn() throws Exception {
        RunFolder folder = ended(Life.fails(), Life.succeeds());
        try (Launcher launcher = fixture.launcher()) {
            RunHandle<RunOutcome> handle;
            try (RunLock lock = RunLock.tryTake(folder, new DiskFiles()).orElseThrow();
                    Journal journal =
                            Journal.open(folder, new DiskFiles(), fixture.clock, Redaction.of(Map.of(), Set.of()))) {
                assertThat(lock).isNotNull();
                handle = launcher.series().launch(fixture.prepared(), List.of());
                journal.append(new JournalEntry.ResumeAsked(1));
            }

            assertThat(handle.begin()).isEqualTo(RunHandle.Begin.ATTACHED);
            assertThat(handle.id()).isEqualTo(folder.id());
            assertThat(handle.await()).as("it died thereafter").isInstanceOf(RunOutcome.Succeeded.class);
        }
        assertThat(fixture.place.launches()).isEqualTo(1);
        assertThat(fixture.place.attempts(folder.id())).isEqualTo(2);
    }

    /** That process hears of its end, so that nobody else needs an answer of the place, which has none now. */
    @Test
    void isLookedOnAtWithoutAWordOfItsPlaceWhereAnotherProcessFollowsIt() throws Exception {
        RunFolder folder = fixture.folder(fixture.abandonedRun());
        fixture.place.fail(Call.FIND, Fault.UNREACHABLE);
        try (Launcher launcher = fixture.launcher()) {
            RunHandle<RunOutcome> handle = launchedWhileAnotherHas(folder, launcher);

            assertThat(handle.begin()).isEqualTo(RunHandle.Begin.ATTACHED);
            assertThat(handle.id()).isEqualTo(folder.id());
            assertThat(handle.await()).isInstanceOf(RunOutcome.Succeeded.class);
        }
        assertThat(fixture.place.launches()).isEqualTo(1);
    }

    @Test
    void goesOnOnceAnotherProcessHasOnlyLookedAtIt() throws Exception {
        RunFolder folder = ended(Life.fails(), Life.succeeds());
        try (Launcher launcher = fixture.launcher()) {
            RunHandle<RunOutcome> handle = launchedWhileAnotherHas(folder, launcher);

            assertThat(handle.id()).isEqualTo(folder.id());
            assertThat(handle.await()).isInstanceOf(RunOutcome.Succeeded.class);
        }
        assertThat(fixture.place.launches()).isEqualTo(1);
        assertThat(fixture.place.attempts(folder.id())).isEqualTo(2);
        assertThat(fixture.view(folder.id()).resumes()).isEqualTo(1);
    }

    @Test
    void isLeftToTheNextWhoAsksWhereItsPlaceDoesNotAnswer() throws Exception {
        RunFolder folder = ended(Life.fails());
        fixture.place.fail(Call.FIND, Fault.UNREACHABLE);
        try (Launcher launcher = fixture.launcher()) {
            assertThatThrownBy(() -> launcher.series().launch(fixture.prepared(), List.of()))
                    .hasMessageContaining("did not answer FIND");

            assertThat(LaunchFixture.isFree(folder)).isTrue();
        }
        assertThat(fixture.onlyRun()).isEqualTo(folder.id());
        assertThat(fixture.view(folder.id()).resumes()).isZero();
    }

    @Test
    void isFollowedByOneMoreWhereItsPlaceLetsNoneGoOn() throws Exception {
        fixture = new LaunchFixture(home, WITHOUT_RESUME, Map.of());
        RunFolder folder = ended(Life.fails(), Life.succeeds());
        try (Launcher launcher = fixture.launcher()) {
            RunHandle<RunOutcome> handle = launcher.series().launch(fixture.prepared(), List.of());

            assertThat(LaunchFixture.isFree(folder)).isTrue();
            assertThat(handle.begin()).isEqualTo(RunHandle.Begin.LAUNCHED);
            assertThat(handle.id()).isNotEqualTo(folder.id());
            assertThat(handle.await()).isInstanceOf(RunOutcome.Succeeded.class);
        }
        assertThat(fixture.place.launches()).isEqualTo(2);
        assertThat(fixture.place.attempts(folder.id())).isEqualTo(1);
    }

    /** A run that the first of these lives has ended; the next are of what becomes of its job. */
    private RunFolder ended(Life... lives) throws InterruptedException {
        fixture.place.script(lives);
        return fixture.folder(fixture.runToEnd());
    }

    private RunHandle<RunOutcome> launchedWhileAnotherHas(RunFolder run, Launcher launcher) {
        try (RunLock lock = RunLock.tryTake(run, new DiskFiles()).orElseThrow()) {
            assertThat(lock).isNotNull();
            return launcher.series().launch(fixture.prepared(), List.of());
        }
    }

    private static List<RunEvent.StepCompleted> steps(List<RunEvent> events) {
        return events.stream()
                .filter(RunEvent.StepCompleted.class::isInstance)
                .map(RunEvent.StepCompleted.class::cast)
                .toList();
    }

    private static RunEvent following(RunEvent.StepCompleted step) {
        return new RunEvent.StepCompleted(
                step.at(),
                step.step() + 1,
                step.steps(),
                step.epoch(),
                step.loss(),
                step.learningRate(),
                step.gradientNorm(),
                step.tokens(),
                step.tokensPerSecond(),
                step.residentBytes());
    }

    private boolean goesOn(RunId run) {
        try (Launcher launcher = fixture.launcher()) {
            return launcher.series().goesOn(fixture.prepared(), run);
        }
    }
}
