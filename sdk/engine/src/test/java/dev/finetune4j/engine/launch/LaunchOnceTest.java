package dev.finetune4j.engine.launch;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.engine.launch.RunHandle.Begin;
import dev.finetune4j.run.RunOutcome;
import dev.finetune4j.testkit.fake.Life;
import dev.finetune4j.value.RunId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** The same job, data, model and version is trained once. */
class LaunchOnceTest extends HomeWithAPlace {
    @Test
    void handsOutTheRunThatHasSucceeded() throws Exception {
        RunOutcome outcome = fixture.run(fixture.prepared());

        try (Launcher launcher = fixture.launcher()) {
            RunHandle<RunOutcome> again = launcher.launchOnce(fixture.prepared(), List.of(), run -> true);

            assertThat(again.begin()).isEqualTo(Begin.ENDED);
            assertThat(again.await()).isEqualTo(outcome);
        }
        assertThat(fixture.place.launches()).isEqualTo(1);
    }

    @Test
    void looksPastALaterAttemptThatFailed() throws Exception {
        fixture.place.script(Life.succeeds(), Life.fails());
        RunId succeeded = fixture.runToEnd();
        fixture.run(fixture.prepared());

        assertThat(launchOnce(run -> true).id()).isEqualTo(succeeded);
    }

    @Test
    void launchesAgainWhereTheOnlyAttemptFailed() throws Exception {
        fixture.place.script(Life.fails(), Life.succeeds());
        fixture.run(fixture.prepared());

        assertThat(launchOnce(run -> true).begin()).isEqualTo(Begin.LAUNCHED);
    }

    @Test
    void launchesAgainWhereTheOutputIsGone() throws Exception {
        RunId id = fixture.runToEnd();
        Path output = requireNonNull(fixture.view(id).output());
        Files.move(output, output.resolveSibling("moved"));

        assertThat(launchOnce(run -> true).begin()).isEqualTo(Begin.LAUNCHED);
    }

    @Test
    void launchesAgainForAnotherVersion() throws Exception {
        fixture.run(fixture.prepared());

        try (Launcher newer = fixture.launcherOfVersion("newer")) {
            RunHandle<RunOutcome> handle = newer.launchOnce(fixture.prepared(), List.of(), run -> true);

            assertThat(handle.begin()).isEqualTo(Begin.LAUNCHED);
            handle.await();
        }
    }

    @Test
    void launchesAgainWhereTheCallerWantsAnother() throws Exception {
        fixture.run(fixture.prepared());

        assertThat(launchOnce(run -> false).begin()).isEqualTo(Begin.LAUNCHED);
    }

    @Test
    void letsOneOfTwoProgramsLaunch() throws Exception {
        BlockingSleeper pause = new BlockingSleeper(fixture.clock);
        try (Launcher one = fixture.launcher(pause);
                Launcher other = fixture.launcher()) {
            RunHandle<RunOutcome> first = one.launchOnce(fixture.prepared(), List.of(), run -> true);
            pause.awaitSleep();
            RunHandle<RunOutcome> second = other.launchOnce(fixture.prepared(), List.of(), run -> true);
            pause.release();

            assertThat(second.await()).isEqualTo(first.await());
            assertThat(second.id()).isEqualTo(first.id());
        }
        assertThat(launchOnce(run -> true).begin()).isEqualTo(Begin.ENDED);
        assertThat(fixture.place.launches()).isEqualTo(1);
    }

    private RunHandle<RunOutcome> launchOnce(Predicate<RunView> reusable) throws InterruptedException {
        try (Launcher launcher = fixture.launcher()) {
            RunHandle<RunOutcome> handle = launcher.launchOnce(fixture.prepared(), List.of(), reusable);
            handle.await();
            return handle;
        }
    }
}
