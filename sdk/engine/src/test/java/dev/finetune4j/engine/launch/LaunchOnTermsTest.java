package dev.finetune4j.engine.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.engine.launch.RunHandle.Begin;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.job.Budget;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.plan.LaunchTerms;
import dev.finetune4j.run.RunCost;
import dev.finetune4j.run.RunOutcome;
import dev.finetune4j.spi.Billing;
import dev.finetune4j.spi.Capabilities;
import dev.finetune4j.testkit.fake.FakeProvider;
import dev.finetune4j.testkit.fake.Life;
import dev.finetune4j.value.Money;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job at a place that bills is launched once, on terms that somebody agreed to, and ends within them. */
class LaunchOnTermsTest {
    private static final Capabilities BILLED = new Capabilities(true, true, true, true, true, Billing.TIME);
    private static final Capabilities TUNING = new Capabilities(false, false, true, false, false, Billing.TOKENS);
    private static final LaunchTerms TERMS = Terms.of(
            TermsTest.option("1.20", 10), new Budget(Money.parse("1.00 USD"), null), BILLED, Duration.ofMinutes(15));

    @TempDir
    private Path home;

    private LaunchFixture fixture;

    @BeforeEach
    void opensAHome() {
        fixture = new LaunchFixture(home, BILLED, Map.of());
    }

    @Test
    void launchesNothingWithoutAgreement() {
        try (Launcher launcher = fixture.launcher()) {
            assertThatThrownBy(() -> launcher.launch(fixture.prepared(), List.of()))
                    .isInstanceOf(FineTuneException.class)
                    .hasMessageContaining("FT0522: fake bills for running time");
        }
        assertThat(fixture.place.launches()).isZero();
        assertThat(fixture.store().list()).isEmpty();
    }

    @Test
    void writesTheTermsDownBeforeItLaunches() throws Exception {
        RunHandle<RunOutcome> run = launch(false);

        assertThat(run.await()).isInstanceOf(RunOutcome.Succeeded.class);
        assertThat(fixture.folder(run.id()).read().lines())
                .extracting(line -> line.kind())
                .startsWith("created", "agreed", "prepared", "intent", "submitted");
    }

    @Test
    void tellsThePlaceWhatTheDiskMustHold() throws Exception {
        RunHandle<RunOutcome> run = launch(TERMS.needing(460_000_000_000L), false);

        assertThat(fixture.place.diskBytes(run.id())).contains(460_000_000_000L);
    }

    @Test
    void tellsHowTheFirstEndedInsteadOfPayingTwice() throws Exception {
        RunHandle<RunOutcome> first = launch(false);
        first.await();

        RunHandle<RunOutcome> second = launch(false);

        assertThat(second.begin()).isEqualTo(Begin.ENDED);
        assertThat(second.id()).isEqualTo(first.id());
        assertThat(second.await()).isInstanceOf(RunOutcome.Succeeded.class);
        assertThat(fixture.place.launches()).isEqualTo(1);
    }

    @Test
    void startsAnewAfterAFailureOnlyWhereItIsSaid() throws Exception {
        fixture.place.script(Life.fails(), Life.succeeds());
        RunHandle<RunOutcome> first = launch(false);
        assertThat(first.await()).isInstanceOf(RunOutcome.Failed.class);
        assertThat(launch(false).await()).isInstanceOf(RunOutcome.Failed.class);
        assertThat(fixture.place.launches()).isEqualTo(1);

        RunHandle<RunOutcome> again = launch(true);

        assertThat(again.id()).isNotEqualTo(first.id());
        assertThat(again.await()).isInstanceOf(RunOutcome.Succeeded.class);
        assertThat(fixture.place.launches()).isEqualTo(2);
    }

    @Test
    void isOneJobWhateverMachineItIsToUse() throws Exception {
        RunHandle<RunOutcome> first = launch(false);
        first.await();
        FineTuneJob elsewhere = LaunchFixture.job("letters").toBuilder()
                .place(FakeProvider.ID, Map.of("region", "us-east-1"))
                .build();

        try (Launcher launcher = fixture.launcher()) {
            assertThat(launcher.launch(fixture.prepared(elsewhere), TERMS, false, List.of())
                            .id())
                    .isEqualTo(first.id());
        }
    }

    @Test
    void endsAtTheLimitThatTheBudgetPaysFor() throws Exception {
        fixture.place.script(Life.lasts());

        RunOutcome outcome = launch(false).await();

        assertThat(outcome).isEqualTo(new RunOutcome.Stopped("stopped after 35 min, for which the budget pays", true));
    }

    @Test
    void endsAtTheLimitOfItsPlaceWhereTheBudgetPaysForMore() throws Exception {
        fixture.place.script(Life.lasts());
        LaunchTerms halfADay = Terms.of(
                TermsTest.option("1.20", 10),
                new Budget(Money.parse("200 USD"), null),
                BILLED.runningAtMost(Duration.ofHours(12)),
                Duration.ofMinutes(15));

        RunOutcome outcome = launch(halfADay, false).await();

        assertThat(outcome)
                .isEqualTo(new RunOutcome.Stopped("stopped after 12 h, the longest that fake lets a job run", true));
    }

    @Test
    void endsByTheClockWhereNoTimeIsBilled() throws Exception {
        fixture = new LaunchFixture(home);
        fixture.place.script(Life.lasts());
        Budget fiveMinutes = new Budget(null, Duration.ofMinutes(5));

        RunOutcome outcome = launch(
                        Terms.of(TermsTest.option("1.20", 1), fiveMinutes, TermsTest.NOTHING, Duration.ZERO), false)
                .await();

        assertThat(outcome).isEqualTo(new RunOutcome.Stopped("stopped at the budget's max-time", true));
        assertThat(outcome.exitCode()).isEqualTo(ExitCode.BUDGET_STOPPED);
    }

    @Test
    void launchesNothingWithoutAgreementWhereTokensAreBilled() {
        fixture = new LaunchFixture(home, TUNING, Map.of());

        try (Launcher launcher = fixture.launcher()) {
            assertThatThrownBy(() -> launcher.launch(fixture.prepared(), List.of()))
                    .hasMessageContaining("FT0522: fake bills the tokens of the rows");
        }
        assertThat(fixture.place.launches()).isZero();
    }

    @Test
    void keepsWhatWasAgreedToOfTokens() throws Exception {
        fixture = new LaunchFixture(home, TUNING, Map.of());
        LaunchTerms terms = Terms.of(
                TermsTest.tuning("1", 90_000), new Budget(Money.parse("1 USD"), null), TermsTest.TOKENS, Duration.ZERO);

        RunHandle<RunOutcome> run = launch(terms, false);

        assertThat(run.await()).isInstanceOf(RunOutcome.Succeeded.class);
        assertThat(fixture.folder(run.id())
                        .read()
                        .last(JournalEntry.Agreed.class)
                        .map(JournalEntry.Agreed::terms))
                .contains(terms);
    }

    @Test
    void endsAtTheMaxTimeOfAJobWhoseTokensAreBilled() throws Exception {
        fixture = new LaunchFixture(home, TUNING, Map.of());
        fixture.place.script(Life.lasts());
        Budget budget = new Budget(Money.parse("1 USD"), Duration.ofHours(1));

        RunOutcome outcome = launch(
                        Terms.of(TermsTest.tuning("1", 90_000), budget, TermsTest.TOKENS, Duration.ZERO), false)
                .await();

        assertThat(outcome).isEqualTo(new RunOutcome.Stopped("stopped at the budget's max-time", true));
    }

    @Test
    void countsAMachineThatIsKeptAfterTheJobAmongWhatWasSpent() throws Exception {
        fixture.place.keepMachines(Duration.ofMinutes(10));
        LaunchTerms terms = Terms.of(
                TermsTest.option("1.20", 10),
                new Budget(Money.parse("1.00 USD"), null),
                BILLED,
                Duration.ofMinutes(25));

        FineTuneJob job = LaunchFixture.job("letters").toBuilder()
                .budget(new Budget(Money.parse("1.00 USD"), null))
                .build();
        RunHandle<RunOutcome> run;
        try (Launcher launcher = fixture.launcher()) {
            run = launcher.launch(fixture.prepared(job), terms, false, List.of());
            run.await();
        }

        Duration worked = fixture.place.billed(run.id()).values().iterator().next();
        RunCost cost = Objects.requireNonNull(fixture.view(run.id()).spent());
        assertThat(cost.spent())
                .isEqualTo(Money.parse("1.20 USD").forHours(worked.plus(Duration.ofMinutes(10))))
                .isNotEqualTo(Money.parse("1.20 USD").forHours(worked));
    }

    private RunHandle<RunOutcome> launch(boolean isAgain) throws InterruptedException {
        return launch(TERMS, isAgain);
    }

    private RunHandle<RunOutcome> launch(LaunchTerms terms, boolean isAgain) throws InterruptedException {
        try (Launcher launcher = fixture.launcher()) {
            RunHandle<RunOutcome> handle = launcher.launch(fixture.prepared(), terms, isAgain, List.of());
            try {
                handle.await();
            } catch (FineTuneException e) {
                // the caller looks
            }
            return handle;
        }
    }
}
