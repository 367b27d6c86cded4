package dev.finetune4j.engine.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.plan.Offer;
import dev.finetune4j.plan.PlanOption;
import dev.finetune4j.spi.Billing;
import dev.finetune4j.spi.Capabilities;
import dev.finetune4j.spi.DiskSize;
import dev.finetune4j.spi.PlaceSettings;
import dev.finetune4j.testkit.fake.FakePlace;
import dev.finetune4j.testkit.fake.FakeProvider;
import dev.finetune4j.value.ProviderId;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What places say of a job before anything of it is launched. */
class JobPlacesTest {
    @TempDir
    private Path home;

    @Test
    void doesNotSayThatNothingHasToBeAllowedWhereItDoesNotKnow() {
        Capabilities bills = new Capabilities(true, true, true, true, true, Billing.TIME);

        try (Launcher launcher = new LaunchFixture(home, bills, Map.of()).launcher()) {
            assertThatThrownBy(() -> launcher.places().policies(LaunchFixture.job("letters")))
                    .isInstanceOf(FineTuneException.class)
                    .hasMessageContaining("FT0510");
        }
        try (Launcher launcher = new LaunchFixture(home, FakePlace.EVERYTHING, Map.of()).launcher()) {
            assertThat(launcher.places().policies(LaunchFixture.job("letters"))).isEmpty();
        }
    }

    /** Another place is a way out only where it runs the same worker, lets machines by time, and prepares nothing otherwise. */
    @Test
    void takesNoPlaceForAnotherThatDoesOtherThings() {
        Capabilities machines = new Capabilities(true, true, true, true, true, Billing.TIME);
        assertThat(areInterchangeable(machines, machines)).isTrue();

        Capabilities noResume = new Capabilities(true, true, true, false, true, Billing.TIME);
        assertThat(areInterchangeable(machines, noResume)).isFalse();
        assertThat(areInterchangeable(machines, TermsTest.TOKENS))
                .as("as bedrock")
                .isFalse();
        assertThat(areInterchangeable(TermsTest.TOKENS, TermsTest.TOKENS)).isFalse();
        assertThat(areInterchangeable(TermsTest.NOTHING, TermsTest.NOTHING))
                .as("as this machine")
                .isFalse();
        Capabilities scripts = new Capabilities(false, true, true, true, true, Billing.TIME);
        assertThat(areInterchangeable(scripts, scripts)).as("as jumpstart").isFalse();
    }

    private boolean areInterchangeable(Capabilities one, Capabilities other) {
        ProviderId there = new ProviderId("other");
        LaunchFixture fixture = new LaunchFixture(home, one, Map.of());
        fixture.elsewhere = new FakePlace(there, fixture.clock, other);
        try (Launcher launcher = fixture.launcher()) {
            JobPlaces places = launcher.places();
            FineTuneJob job = LaunchFixture.job("letters");
            assertThat(places.areInterchangeable(FakeProvider.ID, new ProviderId("nobody"), job))
                    .isFalse();
            return places.areInterchangeable(FakeProvider.ID, there, job);
        }
    }

    @Test
    void refusesAMachineWhoseDiskTheSettingsMakeTooSmall() {
        PlanOption option = TermsTest.option("1.20", 10);
        FineTuneJob said = LaunchFixture.job("letters").toBuilder()
                .place(FakeProvider.ID, Map.of(FakeProvider.DISK, "1000"))
                .build();

        try (Launcher launcher = new LaunchFixture(home, FakePlace.EVERYTHING, Map.of()).launcher()) {
            JobPlaces places = launcher.places();
            assertThat(places.terms(option, said, 100, 1_000_000_000_000L).diskBytes())
                    .isEqualTo(1_000_000_000_000L);
            assertThat(places.terms(option, said, 100, null).diskBytes())
                    .as("of a plan of an earlier version")
                    .isNull();
            assertThat(places.terms(option, LaunchFixture.job("letters"), 100, 3_800_000_000_001L)
                            .diskBytes())
                    .as("the place lets a disk that is large enough")
                    .isEqualTo(3_800_000_000_001L);
            assertThatThrownBy(() -> places.terms(option, said, 100, 3_800_000_000_001L))
                    .isInstanceOfSatisfying(FineTuneException.class, refusal -> {
                        Problem problem = refusal.problems().get(0);
                        assertThat(problem.code()).isEqualTo("FT0484");
                        assertThat(problem.isError()).isTrue();
                        assertThat(problem.summary())
                                .isEqualTo(option.name()
                                        + " would have a disk of 1,000 GB, and the job needs up to 3,801 GB");
                        assertThat(problem.place()).contains(Location.ofKey("places.fake.disk-gb"));
                        assertThat(problem.remedies()).containsExactly("places.fake.disk-gb: 3810");
                    });
        }
    }

    /** Which machine it will be is otherwise for a plan to say, and what the job needs is told from all its rows. */
    @Test
    void refusesAtACheckASmallDiskOfTheMachineThatTheJobNames() {
        MachineOffer machine = (MachineOffer)
                Objects.requireNonNull(TermsTest.option("1.20", 10).offer());
        FineTuneJob named = LaunchFixture.job("letters").toBuilder()
                .place(FakeProvider.ID, Map.of(PlaceSettings.MACHINE, machine.name()))
                .build();
        FineTuneJob said = LaunchFixture.job("letters").toBuilder()
                .place(FakeProvider.ID, Map.of(PlaceSettings.MACHINE, machine.name(), FakeProvider.DISK, "50"))
                .build();
        Supplier<List<Offer>> offers = () -> List.of(machine);
        LaunchFixture fixture = new LaunchFixture(home, FakePlace.EVERYTHING, Map.of());

        try (Launcher launcher = fixture.launcher()) {
            JobPlaces places = launcher.places();
            PreparedJob small =
                    places.withSmallDisk(fixture.prepared(said), offers, checked -> Optional.of(50_000_000_001L));
            assertThat(small.check().problems())
                    .filteredOn(problem -> problem.code().equals("FT0484"))
                    .singleElement()
                    .satisfies(problem -> {
                        assertThat(problem.isError()).isTrue();
                        assertThat(problem.summary())
                                .isEqualTo("ml.g5.xlarge would have a disk of 50 GB, and the job needs up to 51 GB");
                        assertThat(problem.remedies()).containsExactly("places.fake.disk-gb: 60");
                    });
            PreparedJob job = fixture.prepared(said);
            assertThat(places.withSmallDisk(job, offers, checked -> Optional.of(50_000_000_000L)))
                    .as("large enough")
                    .isSameAs(job);
            assertThat(places.withSmallDisk(job, offers, checked -> Optional.empty()))
                    .as("nobody can tell")
                    .isSameAs(job);
            assertThat(places.withSmallDisk(job, List::of, checked -> Optional.of(50_000_000_001L)))
                    .as("a machine that nobody lets")
                    .isSameAs(job);
            PreparedJob unsaid = fixture.prepared(named);
            assertThat(places.withSmallDisk(unsaid, offers, checked -> {
                        throw new AssertionError("counted, though the disk is as large as the job needs");
                    }))
                    .isSameAs(unsaid);
            PreparedJob open = fixture.prepared(LaunchFixture.job("letters"));
            assertThat(places.withSmallDisk(
                            open,
                            () -> {
                                throw new AssertionError("read, though a plan chooses the machine");
                            },
                            checked -> Optional.empty()))
                    .isSameAs(open);
        }
    }

    @Test
    void tellsTheDisksWhoseSizeTheSettingsSay() {
        MachineOffer machine = (MachineOffer)
                Objects.requireNonNull(TermsTest.option("1.20", 10).offer());
        MachineOffer elsewhere =
                (MachineOffer) Objects.requireNonNull(TermsTest.option(new ProviderId("elsewhere"), "large", "1.20", 10)
                        .offer());
        FineTuneJob said = LaunchFixture.job("letters").toBuilder()
                .place(FakeProvider.ID, Map.of(FakeProvider.DISK, "50"))
                .build();

        try (Launcher launcher = new LaunchFixture(home, FakePlace.EVERYTHING, Map.of()).launcher()) {
            assertThat(launcher.places().outlook().disks(said, List.of(machine, elsewhere)))
                    .containsExactly(Map.entry(machine.id(), new DiskSize(FakeProvider.DISK, 50)));
            assertThat(launcher.places().outlook().disks(LaunchFixture.job("letters"), List.of(machine)))
                    .isEmpty();
        }
    }

    @Test
    void hasNoTermsOfAPlaceThatNoProviderServes() {
        PlanOption elsewhere = TermsTest.option(new ProviderId("elsewhere"), "large", "1.20", 10);

        try (Launcher launcher = new LaunchFixture(home, FakePlace.EVERYTHING, Map.of()).launcher()) {
            assertThatThrownBy(() -> launcher.places().terms(elsewhere, LaunchFixture.job("letters"), 100, null))
                    .isInstanceOfSatisfying(FineTuneException.class, refusal -> {
                        Problem problem = refusal.problems().get(0);
                        assertThat(problem.code()).isEqualTo("FT0523");
                        assertThat(problem.causes())
                                .containsExactly("no provider on the class path is called elsewhere");
                    });
        }
    }
}
