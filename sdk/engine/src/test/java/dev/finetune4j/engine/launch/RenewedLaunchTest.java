package dev.finetune4j.engine.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.engine.journal.JournalLine;
import dev.finetune4j.engine.launch.RunHandle.Begin;
import dev.finetune4j.engine.report.RunStory;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.job.Budget;
import dev.finetune4j.plan.LaunchTerms;
import dev.finetune4j.run.RunOutcome;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.Billing;
import dev.finetune4j.spi.Capabilities;
import dev.finetune4j.spi.PlaceSettings;
import dev.finetune4j.testkit.fake.FakePlace.Call;
import dev.finetune4j.testkit.fake.FakePlace.Fault;
import dev.finetune4j.testkit.fake.FakeProvider;
import dev.finetune4j.testkit.fake.Life;
import dev.finetune4j.value.Money;
import dev.finetune4j.value.RunId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What no place ever had is launched by the same command once its cause was mended, under the same name and as it is asked for now. */
class RenewedLaunchTest {
    private static final Capabilities BILLED = new Capabilities(true, true, true, true, true, Billing.TIME);
    private static final LaunchTerms TERMS = terms("1.20");
    private static final LaunchTerms DEARER = terms("1.50");

    @TempDir
    Path home;

    private LaunchFixture fixture;

    @BeforeEach
    void opensAHome() {
        fixture = new LaunchFixture(home, BILLED, Map.of());
    }

    @Test
    void launchesWhatWasRefusedOnceItIsMended() throws Exception {
        fixture.place.fail(Call.SUBMIT, Fault.REFUSED);
        RunHandle<RunOutcome> refused = launch("small", TERMS);
        assertThat(refused.await().exitCode()).isEqualTo(ExitCode.CREDENTIALS);

        RunHandle<RunOutcome> mended = launch("small", TERMS);

        assertThat(mended.await()).isInstanceOf(RunOutcome.Succeeded.class);
        assertThat(mended.id()).isEqualTo(refused.id());
        assertThat(fixture.place.launches()).isEqualTo(1);
        assertThat(kinds(mended.id())).containsSubsequence("closed", "renewed", "agreed", "prepared", "intent");
        assertThat(RunStory.of(fixture.folder(mended.id()).read()).chapters())
                .extracting(RunStory.Chapter::what)
                .contains("begun anew, as no place had it");
        assertThat(launch("small", TERMS).begin()).isEqualTo(Begin.ENDED);
    }

    @Test
    void goesByTheJobAndTheTermsOfNowWhereTheLaunchWasLeftOpen() throws Exception {
        unreachable();
        RunHandle<RunOutcome> open = launch("small", TERMS);
        assertThatThrownBy(open::await).hasMessageContaining("FT0590");
        assertThat(fixture.view(open.id()).closed()).isFalse();

        RunHandle<RunOutcome> mended = launch("large", DEARER);

        assertThat(mended.await()).isInstanceOf(RunOutcome.Succeeded.class);
        assertThat(mended.id()).isEqualTo(open.id());
        assertThat(fixture.place.machine(open.id())).isEqualTo("large");
        assertThat(Agreement.of(
                                new Budget(null, null),
                                fixture.folder(open.id()).read())
                        .terms())
                .isEqualTo(DEARER);
        assertThat(fixture.place.launches()).isEqualTo(1);
    }

    @Test
    void isTheSameRunWhereNothingWasMended() throws Exception {
        unreachable();
        assertThatThrownBy(launch("small", TERMS)::await).hasMessageContaining("FT0590");

        assertThat(launch("small", TERMS).await()).isInstanceOf(RunOutcome.Succeeded.class);

        assertThat(kinds(fixture.onlyRun())).doesNotContain("renewed");
    }

    @Test
    void takesUpTheJobThatIsThereAfterAllAsItWasAgreedTo() throws Exception {
        lost();
        RunHandle<RunOutcome> open = launch("small", TERMS);
        assertThatThrownBy(open::await).hasMessageContaining("FT0590");

        assertThat(launch("large", DEARER).await()).isInstanceOf(RunOutcome.Succeeded.class);

        assertThat(fixture.place.machine(open.id())).isEqualTo("small");
        assertThat(Agreement.of(
                                new Budget(null, null),
                                fixture.folder(open.id()).read())
                        .terms())
                .isEqualTo(TERMS);
        assertThat(fixture.place.launches()).isEqualTo(1);
    }

    @Test
    void doesNotGuessWhereThePlaceDoesNotSayWhetherItHasTheJob() throws Exception {
        lost();
        RunHandle<RunOutcome> open = launch("small", TERMS);
        assertThatThrownBy(open::await).hasMessageContaining("FT0590");
        fixture.place.fail(Call.FIND, Fault.REFUSED);

        try (Launcher launcher = fixture.launcher()) {
            assertThatThrownBy(() -> launcher.launch(job("large"), DEARER, false, List.of()))
                    .hasMessageContaining("FT0599");
        }

        assertThat(launch("large", DEARER).await()).isInstanceOf(RunOutcome.Succeeded.class);
        assertThat(fixture.place.launches()).isEqualTo(1);
    }

    @Test
    void findsByItsNameWhatARefusedRunHadLaunched() throws Exception {
        fixture.place.fail(Call.SUBMIT, Fault.ANSWER_LOST, Fault.REFUSED);
        fixture.place.fail(
                Call.FIND,
                Fault.NOT_YET_LISTED, // before the launch
                Fault.NOT_YET_LISTED); // so that it counts as refused for good
        RunHandle<RunOutcome> refused = launch("small", TERMS);
        assertThat(refused.await().exitCode()).isEqualTo(ExitCode.CREDENTIALS);

        assertThat(launch("large", DEARER).await()).isInstanceOf(RunOutcome.Succeeded.class);

        assertThat(fixture.place.machine(refused.id())).isEqualTo("small");
        assertThat(kinds(refused.id())).contains("reopened").doesNotContain("renewed");
        assertThat(fixture.place.launches()).isEqualTo(1);
    }

    @Test
    void launchesWhatWasStoppedBeforeItsLaunchAndForgetsTheStop() throws Exception {
        unreachable();
        RunHandle<RunOutcome> open = launch("small", TERMS);
        assertThatThrownBy(open::await).hasMessageContaining("FT0590");
        try (Launcher launcher = fixture.launcher()) {
            assertThat(launcher.runs().stop(fixture.folder(open.id()), "a test").await())
                    .isEqualTo(new RunOutcome.Stopped("stopped by a test before launch", false));
        }
        fixture.place.script(Life.lasts());

        RunOutcome outcome = launch("small", TERMS).await();

        assertThat(outcome).isEqualTo(new RunOutcome.Stopped("stopped after 35 min, for which the budget pays", true));
        assertThat(fixture.onlyRun()).isEqualTo(open.id());
    }

    @Test
    void saysHowARefusedRunIsLaunchedInsteadOfResumed() throws Exception {
        fixture.place.fail(Call.SUBMIT, Fault.REFUSED);
        RunHandle<RunOutcome> refused = launch("small", TERMS);
        refused.await();

        try (Launcher launcher = fixture.launcher()) {
            assertThatThrownBy(() -> launcher.runs().resume(fixture.folder(refused.id())))
                    .hasMessageContaining("FT0509")
                    .satisfies(RenewedLaunchTest::namesTheLaunch);
        }
        assertThat(fixture.view(refused.id()).state()).isEqualTo(RunState.FAILED);
    }

    private static void namesTheLaunch(Throwable thrown) {
        assertThat(((FineTuneException) thrown).problems().get(0).remedies()).containsExactly("finetune launch JOB");
    }

    /** No try to launch arrives. */
    private void unreachable() {
        Fault[] outage = new Fault[PatientCall.TRIES];
        Arrays.fill(outage, Fault.UNREACHABLE);
        fixture.place.fail(Call.SUBMIT, outage);
    }

    /** The place has the job, and no answer comes back. */
    private void lost() {
        Fault[] outage = new Fault[PatientCall.TRIES];
        Arrays.fill(outage, Fault.ANSWER_LOST);
        fixture.place.fail(Call.SUBMIT, outage);
    }

    private RunHandle<RunOutcome> launch(String machine, LaunchTerms terms) throws InterruptedException {
        try (Launcher launcher = fixture.launcher()) {
            RunHandle<RunOutcome> handle = launcher.launch(job(machine), terms, false, List.of());
            try {
                handle.await();
            } catch (FineTuneException e) {
                // the caller looks
            }
            return handle;
        }
    }

    private PreparedJob job(String machine) {
        return fixture.prepared(LaunchFixture.job("letters").toBuilder()
                .place(FakeProvider.ID, Map.of(PlaceSettings.MACHINE, machine))
                .build());
    }

    private List<String> kinds(RunId run) {
        return fixture.folder(run).read().lines().stream()
                .map(JournalLine::kind)
                .toList();
    }

    private static LaunchTerms terms(String perHour) {
        return Terms.of(
                TermsTest.option(perHour, 10),
                new Budget(Money.parse("1.00 USD"), null),
                BILLED,
                Duration.ofMinutes(15));
    }
}
