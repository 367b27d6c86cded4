package dev.finetune4j.engine.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.plan.PlanOption;
import dev.finetune4j.spi.Billing;
import dev.finetune4j.spi.Capabilities;
import dev.finetune4j.testkit.fake.FakePlace;
import dev.finetune4j.testkit.fake.FakeProvider;
import dev.finetune4j.value.ProviderId;
import java.nio.file.Path;
import java.util.Map;
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
