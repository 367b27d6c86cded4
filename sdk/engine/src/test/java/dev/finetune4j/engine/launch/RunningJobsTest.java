package dev.finetune4j.engine.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.job.Budget;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.model.ModelName;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.plan.LaunchTerms;
import dev.finetune4j.plan.Offer;
import dev.finetune4j.run.RunOutcome;
import dev.finetune4j.run.RunState;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.Billing;
import dev.finetune4j.spi.Capabilities;
import dev.finetune4j.spi.PlaceSettings;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.testkit.fake.FakeProvider;
import dev.finetune4j.testkit.fake.FakeProviderFactory;
import dev.finetune4j.testkit.fake.Life;
import dev.finetune4j.value.Money;
import dev.finetune4j.value.RunId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What runs and is paid for is told with its price, and stopped only where that was asked for and nobody here follows it. */
class RunningJobsTest {
    private static final Capabilities BILLED = new Capabilities(true, true, true, true, true, Billing.TIME);
    private static final RunId THEIRS = new RunId("theirs-0a1b2c3d-1");
    private static final Duration HOUR = Duration.ofHours(1);
    private static final FineTuneJob JOB = LaunchFixture.job("letters").toBuilder()
            .place(FakeProvider.ID, Map.of(PlaceSettings.MACHINE, "ml.g5.xlarge"))
            .build();

    @TempDir
    private Path home;

    private LaunchFixture fixture;

    @BeforeEach
    void launchesFromAnotherMachine() {
        fixture = new LaunchFixture(home, BILLED, Map.of());
        fixture.place.usually(Life.lasts());
        WorkStep train =
                new WorkStep.Train(LoraTuning.defaults(), TrainingSpec.defaults(), new ModelName("made/tiny", null));
        new FakeProviderFactory(fixture.place)
                .open(new ProviderContext(home, Map.of(), fixture.clock), Map.of(PlaceSettings.MACHINE, "ml.g5.xlarge"))
                .submit(Submission.builder(
                                THEIRS, ModelRef.parse("tiny"), new WorkOrder("d".repeat(64), List.of(train)))
                        .build());
    }

    @Test
    void tellsWhatAnotherMachineLaunchedAndLeavesItAlone() {
        fixture.clock.advance(HOUR);

        Leftovers.Entry entry = only(limits(Duration.ZERO, false));

        assertThat(entry.isRemovable()).isFalse();
        assertThat(entry.kept()).isEqualTo("whoever launched it; --running stops it with --yes");
        assertThat(entry.perHour()).isEqualTo(Money.parse("1.20 USD"));
        assertThat(entry.found().run()).isEqualTo(THEIRS);
        assertThat(Duration.between(entry.found().lastUsed(), fixture.clock.instant()))
                .isEqualTo(HOUR);
        try (Launcher launcher = fixture.launcher()) {
            assertThatThrownBy(() -> launcher.places().remove(JOB, entry)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void stopsItWhereThatIsAskedForAndItIsOldEnough() {
        assertThat(only(limits(HOUR, true)).kept()).isEqualTo("--older-than: it is younger");
        fixture.clock.advance(HOUR);

        Leftovers.Entry entry = only(limits(HOUR, true));
        try (Launcher launcher = fixture.launcher()) {
            launcher.places().remove(JOB, entry);
        }

        fixture.clock.advance(HOUR);
        assertThat(new FakeProvider(fixture.place).find(THEIRS).orElseThrow().state())
                .isEqualTo(RunState.STOPPED);
        assertThat(entries(limits(HOUR, true))).isEmpty();
    }

    @Test
    void leavesARunOfThisMachineToItsOwnCommand() throws Exception {
        RunId ours = abandonedRun();

        assertThat(entries(limits(Duration.ZERO, true)))
                .filteredOn(entry -> ours.equals(entry.found().run()))
                .singleElement()
                .satisfies(
                        entry -> assertThat(entry.kept()).isEqualTo("its run; \"finetune stop " + ours + "\" ends it"));
    }

    /** One that was launched from here and whose process died. */
    private RunId abandonedRun() {
        LaunchTerms terms = Terms.of(
                TermsTest.option("1.20", 10), new Budget(Money.parse("1.00 USD"), null), BILLED, Duration.ZERO);
        try (Launcher launcher = fixture.launcher(new CrashAfter(5))) {
            RunHandle<RunOutcome> run = launcher.launch(fixture.prepared(JOB), terms, false, List.of());
            assertThatThrownBy(run::await).hasCauseInstanceOf(CrashAfter.Crash.class);
            return run.id();
        }
    }

    private Leftovers.Entry only(Leftovers.Limits limits) {
        List<Leftovers.Entry> entries = entries(limits);
        assertThat(entries).hasSize(1);
        return entries.get(0);
    }

    private List<Leftovers.Entry> entries(Leftovers.Limits limits) {
        Offer offer = Objects.requireNonNull(TermsTest.option("1.20", 10).offer());
        try (Launcher launcher = fixture.launcher()) {
            return launcher.places().leftovers(JOB, limits, () -> List.of(offer)).stream()
                    .filter(entry -> entry.running() != null)
                    .toList();
        }
    }

    private static Leftovers.Limits limits(Duration age, boolean isRunningToo) {
        return new Leftovers.Limits(age, false, false, isRunningToo);
    }
}
