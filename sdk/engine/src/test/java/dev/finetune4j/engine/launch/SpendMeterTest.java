package dev.finetune4j.engine.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.job.Budget;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.value.Money;
import dev.finetune4j.value.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpendMeterTest {
    private static final Instant BEGIN = Instant.parse("2026-11-27T02:00:00Z");
    private static final Budget BUDGET = new Budget(Money.parse("1.00 USD"), null);
    private static final Agreement AGREED = new Agreement(
            BUDGET,
            Terms.of(TermsTest.option("1.20", 10), BUDGET, TermsTest.TIME, TermsTest.WIND_DOWN),
            null,
            List.of(),
            Agreement.Elsewhere.NOWHERE);

    private final SpendMeter meter = new SpendMeter(BUDGET, () -> AGREED);

    @Test
    void tellsWhatIsSpentOnceAMinute() {
        SpendMeter large = new SpendMeter(new Budget(Money.parse("100 USD"), null), () -> AGREED);

        assertThat(read(large, RunState.TRAINING, 60)).hasSize(1).first().isInstanceOf(RunEvent.Spent.class);
        assertThat(read(large, RunState.TRAINING, 90)).isEmpty();
        assertThat(read(large, RunState.TRAINING, 120)).hasSize(1);
        assertThat(read(large, RunState.SUCCEEDED, 130))
                .as("the end is told at once")
                .hasSize(1);
    }

    @Test
    void tellsAtOnceWhatIsMuchOfTheBudget() {
        read(RunState.TRAINING, 60);

        assertThat(read(RunState.TRAINING, 65)).as("0.0017 USD of 1 USD more").isEmpty();
        assertThat(read(RunState.TRAINING, 66)).as("0.0020 USD of it").hasSize(1);
    }

    @Test
    void tellsNothingWithoutABudgetOfMoney() {
        SpendMeter free = new SpendMeter(new Budget(null, Duration.ofHours(1)), () -> AGREED);

        assertThat(free.read(job(RunState.TRAINING, 600), BEGIN)).isEmpty();
    }

    @Test
    void warnsOfEachShareOnceAndAtOnce() {
        read(RunState.TRAINING, 1498); // 0.4993 USD at 1.20 USD an hour

        assertThat(warning(read(RunState.TRAINING, 1500)))
                .isEqualTo("FT0526: 50 % of the budget are spent: 0.5000 USD of 1.00 USD; the rest lasts 25 min"
                        + " at 1.20 USD an hour, less the time to wind down; finetune stop letters-0a1b2c3d-1");
        assertThat(read(RunState.TRAINING, 1600)).hasSize(1);
        assertThat(warning(read(RunState.TRAINING, 2900)))
                .as("80 and 95 percent were passed between two looks")
                .startsWith("FT0526: 95 % of the budget are spent: 0.9667 USD");
        assertThat(read(RunState.TRAINING, 2990)).hasSize(1);
    }

    @Test
    void tellsTheMostThatAServiceCanHaveBilledOnceItTrains() {
        Agreement tokens = new Agreement(
                BUDGET,
                Terms.of(TermsTest.tuning("1", 900_000), BUDGET, TermsTest.TOKENS, Duration.ZERO),
                null,
                List.of(),
                Agreement.Elsewhere.NOWHERE);
        SpendMeter service = new SpendMeter(BUDGET, () -> tokens);

        assertThat(service.read(job(RunState.QUEUED, 0), BEGIN)).isEmpty();
        assertThat(service.read(job(RunState.TRAINING, 0), BEGIN))
                .as("nine tenths of the budget, which was agreed to: nothing to warn of")
                .containsExactly(new RunEvent.Spent(BEGIN, Money.parse("0.9000 USD"), Money.parse("1.00 USD"), true));
        assertThat(service.read(job(RunState.SUCCEEDED, 0), BEGIN)).isEmpty();
        assertThat(tokens.spentOnJob(job(RunState.SUCCEEDED, 0)))
                .as("no figure to hold estimates to")
                .isEmpty();
    }

    @Test
    void warnsOfNothingThatHasEnded() {
        assertThat(read(RunState.SUCCEEDED, 2400)).hasSize(1).first().isInstanceOf(RunEvent.Spent.class);
    }

    private static String warning(List<RunEvent> told) {
        assertThat(told).hasSize(2);
        var problem = ((RunEvent.Noticed) told.get(1)).problem();
        return problem.kind().code() + ": " + problem.summary() + "; " + String.join("; ", problem.causes()) + "; "
                + String.join("; ", problem.remedies());
    }

    private List<RunEvent> read(RunState state, long billed) {
        return read(meter, state, billed);
    }

    private static List<RunEvent> read(SpendMeter meter, RunState state, long billed) {
        return meter.read(job(state, billed), BEGIN.plusSeconds(billed));
    }

    private static JobSnapshot job(RunState state, long billed) {
        return new JobSnapshot(
                new RunId("letters-0a1b2c3d-1"),
                "d".repeat(64),
                "arn",
                state,
                BEGIN,
                state.isTerminal() ? BEGIN.plusSeconds(billed) : null,
                null,
                Duration.ofSeconds(billed),
                null,
                Duration.ZERO,
                null);
    }
}
