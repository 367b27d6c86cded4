package dev.finetune4j.engine.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.engine.estimate.Architecture;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.run.Rehearsal;
import dev.finetune4j.run.WorkStep.Rehearse.Extent;
import dev.finetune4j.testkit.fake.FakeProvider;
import dev.finetune4j.testkit.fake.Life;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A rehearsal is done beside the runs, leaves its figures and nothing else. */
class RehearsalJobTest extends HomeWithAPlace {
    private static final Extent EXTENT = new Extent(4, 8, Duration.ofSeconds(45), Duration.ofSeconds(20));

    @Test
    void keepsWhatItMeasuredForTheVerySameJob() throws Exception {
        PreparedJob job = fixture.prepared();
        try (Launcher launcher = fixture.launcher()) {
            Rehearsal rehearsal =
                    launcher.rehearse(job, FakeProvider.ID, EXTENT).await();

            assertThat(rehearsal.training().steps()).isEqualTo(4);
            assertThat(rehearsal.answers())
                    .extracting(Rehearsal.AnswerPace::rows)
                    .containsOnly(8L);
            assertThat(launcher.rehearsals().find(figures(job))).contains(rehearsal);
            assertThat(launcher.rehearsals().find(figures(ofOtherSettings())))
                    .as("of other settings")
                    .isEmpty();
        }
        try (Launcher other = fixture.launcherOfVersion("next")) {
            assertThat(other.rehearsals().find(figures(job)))
                    .as("of another version")
                    .isEmpty();
        }
    }

    @Test
    void leavesNoRunNoJobAndNoRows() throws Exception {
        try (Launcher launcher = fixture.launcher()) {
            launcher.rehearse(fixture.prepared(), FakeProvider.ID, EXTENT).await();

            assertThat(fixture.store().list()).isEmpty();
            assertThat(fixture.place.ids()).isEmpty();
        }
        try (Stream<Path> left = Files.list(home.resolve("rehearsals"))) {
            assertThat(left.map(path -> path.getFileName().toString()))
                    .singleElement()
                    .asString()
                    .endsWith(".json");
        }
    }

    @Test
    void anEarlierOneThatFailedIsDoneAnew() throws Exception {
        fixture.place.script(Life.fails());
        try (Launcher launcher = fixture.launcher()) {
            assertThatThrownBy(() -> launcher.rehearse(fixture.prepared(), FakeProvider.ID, EXTENT)
                            .await())
                    .hasMessageContaining("failed by script");
            assertThat(launcher.rehearsals().find(figures(fixture.prepared()))).isEmpty();

            assertThat(launcher.rehearse(fixture.prepared(), FakeProvider.ID, EXTENT)
                            .await()
                            .training()
                            .steps())
                    .isEqualTo(4);
        }
    }

    @Test
    void removesWhatAnotherLeftThatIsOver() throws Exception {
        fixture.place.script(Life.fails());
        try (Launcher launcher = fixture.launcher()) {
            assertThatThrownBy(() -> launcher.rehearse(fixture.prepared(), FakeProvider.ID, EXTENT)
                            .await())
                    .hasMessageContaining("failed by script");
            assertThat(fixture.place.ids()).hasSize(1);

            launcher.rehearse(ofOtherSettings(), FakeProvider.ID, EXTENT).await();

            assertThat(fixture.place.ids()).isEmpty();
        }
        try (Stream<Path> left = Files.list(home.resolve("rehearsals"))) {
            assertThat(left).allSatisfy(path -> assertThat(path).isRegularFile());
        }
    }

    @Test
    void leavesAnotherThatGoesOn() throws Exception {
        fixture.place.script(Life.lasts());
        BlockingSleeper pause = new BlockingSleeper(fixture.clock);
        try (Launcher launcher = fixture.launcher(pause);
                Launcher other = fixture.launcher()) {
            RunHandle<Rehearsal> going = launcher.rehearse(fixture.prepared(), FakeProvider.ID, EXTENT);
            pause.awaitSleep();

            other.rehearse(ofOtherSettings(), FakeProvider.ID, EXTENT).await();

            assertThat(fixture.place.ids()).containsExactly(going.id());
            assertThat(home.resolve("rehearsals").resolve(going.id().value())).isDirectory();
            going.detach();
            pause.awaitInterrupt();
        }
    }

    @Test
    void aDamagedFileIsNoRehearsal() throws Exception {
        PreparedJob job = fixture.prepared();
        try (Launcher launcher = fixture.launcher()) {
            launcher.rehearse(job, FakeProvider.ID, EXTENT).await();
            for (String damaged : List.of("", "{}", "[1]", "{\"at\": 3}", "null")) {
                Files.writeString(onlyFile(), damaged);

                assertThat(launcher.rehearsals().find(figures(job))).as(damaged).isEmpty();
            }
        }
    }

    private PreparedJob ofOtherSettings() {
        return fixture.prepared(LaunchFixture.job("letters").toBuilder()
                .training(TrainingSpec.builder().epochs(7).build())
                .build());
    }

    private Path onlyFile() throws IOException {
        try (Stream<Path> files = Files.list(home.resolve("rehearsals"))) {
            return files.findFirst().orElseThrow();
        }
    }

    private static JobFigures figures(PreparedJob job) {
        return new JobFigures(
                job.file(), RowFigures.of(job), new ModelFacts(Architecture.ofSizes(64, 2, 256), null, job.model()));
    }
}
