package dev.finetune4j.engine.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.Budget;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.plan.DurationRange;
import dev.finetune4j.plan.LaunchTerms;
import dev.finetune4j.plan.PlanOption;
import dev.finetune4j.plan.PlanPhase;
import dev.finetune4j.spi.Capabilities;
import dev.finetune4j.spi.PlaceSettings;
import dev.finetune4j.testkit.fake.FakeProvider;
import dev.finetune4j.value.Money;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that may be cut short is launched only where it has kept something by then. */
class FirstCheckpointTest {
    private static final PlanOption OPTION = withPhases(TermsTest.option("1.20", 60));
    private static final LaunchTerms TERMS =
            Terms.of(OPTION, new Budget(Money.parse("5 USD"), null), TermsTest.TIME, TermsTest.WIND_DOWN);
    private static final LaunchTerms SPOT = new LaunchTerms(
            TERMS.option(),
            TERMS.target(),
            TERMS.name(),
            TERMS.region(),
            TERMS.time(),
            TERMS.cost(),
            TERMS.perHour(),
            TERMS.tokens(),
            TERMS.timeLimit(),
            TERMS.longestRun(),
            TERMS.onlyWatched(),
            TERMS.worstCost(),
            TERMS.costOfTwo(),
            TERMS.afterwards(),
            Map.of(PlaceSettings.SPOT, "true"),
            TERMS.setup(),
            TERMS.diskBytes(),
            List.of());

    @TempDir
    private Path home;

    @Test
    void refusesSpotWhoseFirstCheckpointNeverComes() {
        assertThatThrownBy(() -> FirstCheckpoint.refuseTooLate(OPTION, SPOT, 1000, 1000))
                .isInstanceOfSatisfying(
                        FineTuneException.class,
                        e -> assertThat(e.problems()).singleElement().satisfies(problem -> {
                            assertThat(problem.code()).isEqualTo("FT0532");
                            assertThat(problem.summary())
                                    .endsWith("the first checkpoint would come after step 1,000 of 1,000");
                            assertThat(problem.place()).contains(Location.ofKey("training.checkpoint-every"));
                            assertThat(problem.remedies()).containsExactly("training.checkpoint-every: 0");
                        }));
        assertThatCode(() -> FirstCheckpoint.refuseTooLate(OPTION, SPOT, 999, 1000))
                .doesNotThrowAnyException();
        assertThatCode(() -> FirstCheckpoint.refuseTooLate(OPTION, SPOT, 0, 1000))
                .doesNotThrowAnyException();
        assertThatCode(() -> FirstCheckpoint.refuseTooLate(OPTION, TERMS, 1000, 1000))
                .doesNotThrowAnyException();
    }

    @Test
    void refusesALimitThatMayComeBeforeTheFirstCheckpoint() {
        LaunchTerms brief = TERMS.limit(Duration.ofMinutes(65), null);

        // Ten minutes until the first step, and 100 for the steps: half of them are done after an hour.
        assertThatCode(() -> FirstCheckpoint.refuseTooLate(OPTION, brief, 500, 1000))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> FirstCheckpoint.refuseTooLate(OPTION, brief, 600, 1000))
                .hasMessageContaining(
                        "FT0532: the first checkpoint may come after 1 h 10 min, and the run is ended after 1 h 5 min");
        assertThatThrownBy(() -> FirstCheckpoint.refuseTooLate(OPTION, brief, 1000, 1000))
                .hasMessageContaining("the first checkpoint may come after 2 h");
        assertThatCode(() -> FirstCheckpoint.refuseTooLate(OPTION, brief, 0, 1000))
                .doesNotThrowAnyException();
    }

    @Test
    void isAskedForWhereAPlaceBillsTimeAndKeepsCheckpoints() {
        FineTuneJob job = LaunchFixture.job("letters").toBuilder()
                .training(TrainingSpec.builder().checkpointEvery(1000).build())
                .budget(new Budget(null, Duration.ofMinutes(65)))
                .build();

        assertThatThrownBy(() -> terms(TermsTest.TIME, job)).hasMessageContaining("FT0532");
        assertThat(terms(TermsTest.NOTHING, job).timeLimit()).isEqualTo(Duration.ofMinutes(65));
    }

    /** Before anything is planned: a job file may ask for such a machine. */
    @Test
    void isToldOfAJobThatAsksForSpot() {
        assertThat(proposed(100_000, "true", TermsTest.TIME)).singleElement().satisfies(problem -> {
            assertThat(problem.isError()).isTrue();
            assertThat(problem.code()).isEqualTo("FT0532");
            assertThat(problem.summary())
                    .startsWith(
                            "a spot machine of fake may be taken back, and the first checkpoint would come after step 100,000 of ");
            assertThat(problem.remedies()).containsExactly("training.checkpoint-every: 0", "places.fake.spot: false");
        });
        assertThat(proposed(1, "true", TermsTest.TIME)).isEmpty();
        assertThat(proposed(0, "true", TermsTest.TIME)).isEmpty();
        assertThat(proposed(100_000, "false", TermsTest.TIME)).isEmpty();
        assertThat(proposed(100_000, "true", TermsTest.NOTHING)).isEmpty();
    }

    private List<Problem> proposed(int every, String spot, Capabilities place) {
        FineTuneJob job = LaunchFixture.job("letters").toBuilder()
                .training(TrainingSpec.builder().checkpointEvery(every).build())
                .place(FakeProvider.ID, Map.of(PlaceSettings.SPOT, spot))
                .build();
        LaunchFixture fixture = new LaunchFixture(home, place, Map.of());
        try (Launcher launcher = fixture.launcher()) {
            return launcher.places().propose(fixture.prepared(job)).check().problems().stream()
                    .filter(problem -> problem.kind().equals(LaunchProblems.LATE_CHECKPOINT))
                    .toList();
        }
    }

    private LaunchTerms terms(Capabilities place, FineTuneJob job) {
        try (Launcher launcher = new LaunchFixture(home, place, Map.of()).launcher()) {
            return launcher.places().terms(OPTION, job, 1000, null);
        }
    }

    private static PlanOption withPhases(PlanOption option) {
        return new PlanOption(
                option.id(),
                option.target(),
                option.name(),
                option.region(),
                option.offer(),
                option.otherModel(),
                option.settings(),
                option.fit(),
                option.neededMemory(),
                option.usableMemory(),
                option.memory(),
                List.of(
                        phase(PlanPhase.Name.QUEUE, 50, false),
                        phase(PlanPhase.Name.START_UP, 4, true),
                        phase(PlanPhase.Name.DOWNLOAD, 6, true),
                        phase(PlanPhase.Name.TRAINING, 100, true)),
                option.time(),
                option.costs(),
                option.cost(),
                option.tokens(),
                option.hosting(),
                option.standing(),
                option.missedAt(),
                option.missingQuota(),
                option.notes());
    }

    private static PlanPhase phase(PlanPhase.Name name, int highMinutes, boolean isBilled) {
        Duration high = Duration.ofMinutes(highMinutes);
        return new PlanPhase(name, new DurationRange(high.dividedBy(4), high.dividedBy(2), high), isBilled, "a test");
    }
}
