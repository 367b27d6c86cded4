package dev.finetune4j.engine.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.engine.report.RunReport;
import dev.finetune4j.engine.report.view.ReportFiles;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.run.RunOutcome;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.Billing;
import dev.finetune4j.spi.Capabilities;
import dev.finetune4j.testkit.fake.FakePlace;
import dev.finetune4j.testkit.fake.Life;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a place only trains and gives the tuned model away, this machine compares it with its base. */
class HomeComparisonTest {
    private static final Capabilities TRAINS = new Capabilities(false, true, true, false, true, true, Billing.NOTHING);

    @TempDir
    Path home;

    private LaunchFixture fixture;
    private FakePlace here;

    @BeforeEach
    void opensAHome() {
        fixture = new LaunchFixture(home, TRAINS, Map.of());
        here = new FakePlace(fixture.clock, FakePlace.EVERYTHING);
        fixture.here = here;
    }

    @Test
    void comparesWhatCameHome() throws Exception {
        RunOutcome.Succeeded outcome = (RunOutcome.Succeeded) fixture.run(fixture.prepared());

        assertThat(outcome.comparison())
                .hasValueSatisfying(report -> assertThat(report.rows()).isEqualTo(40));
        assertThat(outcome.output().resolve("predictions/tuned.jsonl")).exists();
        assertThat(fixture.place.launches()).isEqualTo(1);
        assertThat(here.ids())
                .singleElement()
                .satisfies(id -> assertThat(id.value()).matches(fixture.onlyRun() + "-compare-[0-9a-f]{8}"));
        assertThat(ReportFiles.read(folder().path()).ending()).isNull();
        assertThat(problems()).isEmpty();
    }

    @Test
    void endsWellWithoutAComparisonAndMakesUpForItLater() throws Exception {
        here.script(Life.fails());

        RunOutcome.Succeeded outcome = (RunOutcome.Succeeded) fixture.run(fixture.prepared());

        assertThat(outcome.comparison()).isEmpty();
        assertThat(outcome.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(ReportFiles.read(folder().path()).ending()).isNotNull().satisfies(ending -> {
            assertThat(ending.code()).isEqualTo("FT0709");
            assertThat(ending.causes().get(0)).contains("FT0595");
            assertThat(ending.remedies().get(0)).startsWith("finetune eval " + fixture.onlyRun() + " ");
        });
        try (Launcher launcher = fixture.launcher()) {
            assertThat(launcher.questions()
                            .heldOutEvaluation(folder())
                            .start()
                            .await()
                            .rows())
                    .isEqualTo(40);
        }
        RunReport late = ReportFiles.read(folder().path());
        assertThat(late.ending()).isNull();
        assertThat(late.evaluation()).isNotNull();
        assertThat(late.changedRows()).isNotNull();
        assertThat(fixture.view(fixture.onlyRun()).evaluation()).isNotNull();
    }

    @Test
    void leavesARunAloneThatHasNotEnded() throws Exception {
        here.usually(Life.lasts());
        try (Launcher launcher = fixture.launcher(new BlockingSleeper(fixture.clock))) {
            launcher.launch(fixture.prepared(), List.of()).awaitLaunch();
        }
        RunView open = fixture.view(fixture.onlyRun());

        assertThat(open.closed()).isFalse();
        assertThat(LateComparison.isDue(open)).isFalse();
        assertThat(LateComparison.isDue(open.seenAs(RunState.SUCCEEDED))).isFalse();
    }

    @Test
    void saysBeforeALaunchThatItWillHaveNoRoom() {
        here.takeRowsUpTo(-1);

        assertThat(problems()).singleElement().satisfies(problem -> {
            assertThat(problem.code()).isEqualTo("FT0709");
            assertThat(problem.isError()).isFalse();
            assertThat(problem.causes().get(0)).contains("takes no row of 0 tokens");
        });
        fixture.here = null;
        assertThat(problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.causes().get(0)).contains("FT0507"));
    }

    @Test
    void canBeStopped() throws Exception {
        here.usually(Life.lasts());
        AtomicBoolean isAsked = new AtomicBoolean();

        try (Launcher other = fixture.launcher();
                Launcher launcher = fixture.launcher(pause -> {
                    if (here.launches() == 1 && !isAsked.getAndSet(true)) {
                        other.runs().stop(folder(), "the test");
                    }
                    fixture.clock.advance(pause);
                })) {
            RunOutcome.Succeeded outcome = (RunOutcome.Succeeded)
                    launcher.launch(fixture.prepared(), List.of()).await();

            assertThat(outcome.comparison()).isEmpty();
            assertThat(ReportFiles.read(folder().path()).ending()).isNotNull();
        }
    }

    @Test
    void hasNothingToCompareWhereThePlaceKeepsTheModel() throws Exception {
        LaunchFixture silent = new LaunchFixture(home.resolve("silent"), FakePlace.SILENT, Map.of());
        silent.here = here;
        silent.run(silent.prepared());

        try (Launcher launcher = silent.launcher()) {
            RunFolder run = silent.folder(silent.onlyRun());
            assertThatThrownBy(() -> launcher.questions().heldOutEvaluation(run).start())
                    .isInstanceOf(FineTuneException.class)
                    .hasMessageContaining("FT0510");
        }
    }

    private RunFolder folder() {
        return fixture.folder(fixture.onlyRun());
    }

    private List<Problem> problems() {
        try (Launcher launcher = fixture.launcher()) {
            return launcher.places().propose(fixture.prepared()).check().problems();
        }
    }
}
