package dev.finetune4j.engine.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.job.Budget;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.RecoverySpec;
import dev.finetune4j.plan.LaunchTerms;
import dev.finetune4j.plan.PlanOption;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.Billing;
import dev.finetune4j.spi.Capabilities;
import dev.finetune4j.spi.PlaceSettings;
import dev.finetune4j.testkit.fake.FakePlace.Call;
import dev.finetune4j.testkit.fake.FakePlace.Fault;
import dev.finetune4j.testkit.fake.FakeProvider;
import dev.finetune4j.testkit.fake.Life;
import dev.finetune4j.value.Money;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever prices, lives of machines, lost answers and deaths of the watcher: a run never costs more than its budget and the bound that
 * is stated with the terms. By day the place's own limit keeps that, where it has none the watcher does.
 */
class BudgetScheduleTest {
    private static final Capabilities LIMITED = new Capabilities(true, true, true, true, true, Billing.TIME);
    private static final Capabilities WATCHED = new Capabilities(true, true, true, true, false, Billing.TIME);

    /** Exit codes of processes that fail, of which all but the last ask for another try. */
    private static final List<Integer> CODES = List.of(75, 137, 1);

    /** Calls of each kind that may be lost. */
    private static final int MOST_LOST = 3;

    /**
     * Of a watcher alone: a look every minute at least, each lost call to look or to stop puts it off by another, half a minute of grace
     * after the limit, ten seconds in which a job winds down.
     */
    private static final Duration OVERSHOOT = Duration.ofSeconds(60 * (1 + 3 * MOST_LOST) + 30 + 10);

    @TempDir
    private Path home;

    @Test
    void aHundredSchedulesStayWithinTheBudget() throws Exception {
        keepTheBudget(100, 1);
    }

    @Test
    @Tag("slow")
    void tenThousandSchedulesStayWithinTheBudget() throws Exception {
        keepTheBudget(10_000, 2);
    }

    private void keepTheBudget(int schedules, long seed) throws Exception {
        Random random = new Random(seed);
        int moved = 0;
        int ended = 0;
        int restarted = 0;
        for (int i = 0; i < schedules; i++) {
            Schedule schedule = new Schedule(random, home.resolve("s" + i));
            schedule.run();
            moved += schedule.machines() > 1 ? 1 : 0;
            ended += schedule.isEndedByBudget() ? 1 : 0;
            restarted += schedule.isRestarted() ? 1 : 0;
            Money most = schedule.most();
            assertThat(schedule.spent().amount())
                    .as("schedule %s of seed %s", i, seed)
                    .isLessThanOrEqualTo(most.amount());
        }
        assertThat(moved).as("runs that moved").isGreaterThan(schedules / 20);
        assertThat(restarted).as("runs that were begun anew").isGreaterThan(schedules / 20);
        assertThat(ended).as("runs that the budget ended").isGreaterThan(schedules / 20);
    }

    /** One run under random circumstances. */
    private static final class Schedule {
        private final Random random;
        private final LaunchFixture fixture;
        private final Budget budget;
        private final Map<String, Money> prices = new HashMap<>();
        private final boolean isLimited;
        private final LaunchTerms terms;

        Schedule(Random random, Path home) {
            this.random = random;
            isLimited = random.nextBoolean();
            fixture = new LaunchFixture(home, isLimited ? LIMITED : WATCHED, Map.of());
            budget = new Budget(Money.parse((1 + random.nextInt(20)) + " USD"), null);
            terms = terms();
            List<Life> lives = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                lives.add(life());
            }
            fixture.place.script(lives.toArray(Life[]::new));
            for (Call call : Call.values()) {
                for (int i = random.nextInt(MOST_LOST + 1); i > 0; i--) {
                    fixture.place.fail(call, random.nextBoolean() ? Fault.UNREACHABLE : Fault.ANSWER_LOST);
                }
            }
        }

        private LaunchTerms terms() {
            LaunchTerms first = null;
            List<LaunchTerms> others = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                String name = "machine-" + i;
                String price = String.valueOf(0.5 + random.nextInt(80) / 10.0);
                prices.put(name, Money.parse(price + " USD"));
                try {
                    PlanOption option = TermsTest.option(name, price, 1 + random.nextInt(5));
                    LaunchTerms one = Terms.of(option, budget, isLimited ? LIMITED : WATCHED, Duration.ZERO);
                    if (first == null) {
                        first = one;
                    } else {
                        others.add(one);
                    }
                } catch (FineTuneException tooSmall) {
                    assertThat(tooSmall.problems().get(0).code()).isEqualTo("FT0521");
                }
            }
            return Objects.requireNonNull(first, "a minute is paid for by every budget")
                    .alternatives(others);
        }

        /** Trains from a minute to a day, with or without a reclaim, to one of all ends. */
        private Life life() {
            List<Life.Stage> stages = new ArrayList<>();
            stages.add(new Life.Stage(RunState.QUEUED, seconds(1, 3600)));
            int ending = random.nextInt(4);
            if (ending == 0) {
                return new Life(stages, RunState.FAILED); // no machine
            }
            stages.add(new Life.Stage(RunState.TRAINING, seconds(60, random.nextBoolean() ? 600 : 86_400)));
            if (random.nextBoolean()) {
                stages.add(new Life.Stage(RunState.INTERRUPTED, seconds(1, 7200)));
                if (ending == 1) {
                    return new Life(stages, RunState.FAILED); // no machine any more
                }
                stages.add(new Life.Stage(RunState.TRAINING, seconds(60, 86_400)));
            }
            return ending == 2
                    ? new Life(stages, RunState.FAILED, CODES.get(random.nextInt(CODES.size())))
                    : new Life(stages, RunState.SUCCEEDED);
        }

        private Duration seconds(int least, int most) {
            return Duration.ofSeconds(least + random.nextInt(most - least));
        }

        void run() throws InterruptedException {
            boolean isKilled = random.nextInt(3) == 0;
            try (Launcher launcher =
                    isKilled ? fixture.launcher(new CrashAfter(3 + random.nextInt(12))) : fixture.launcher()) {
                launcher.launch(fixture.prepared(job()), terms, false, List.of())
                        .await();
            } catch (CrashAfter.Crash | CompletionException | FineTuneException e) {
                // a watcher that died or gave up: what it left is judged all the same
            }
            boolean isWatchedAgain = !isLimited || random.nextBoolean();
            if (isWatchedAgain && !fixture.place.ids().isEmpty()) {
                try (Launcher launcher = fixture.launcher()) {
                    launcher.runs().attach(fixture.folder(fixture.onlyRun())).await();
                } catch (FineTuneException e) {
                    // gave up
                }
            }
            fixture.clock.advance(Duration.ofDays(30)); // nobody looks
        }

        private FineTuneJob job() {
            return LaunchFixture.job("letters").toBuilder()
                    .budget(budget)
                    .recovery(new RecoverySpec(CODES.subList(0, 2), 3))
                    .place(FakeProvider.ID, Map.of(PlaceSettings.MACHINE, terms.name()))
                    .build();
        }

        boolean isRestarted() {
            return !fixture.place.ids().isEmpty()
                    && fixture.folder(fixture.onlyRun())
                            .read()
                            .entries()
                            .anyMatch(entry -> entry instanceof JournalEntry.Moved moved && moved.isRestart());
        }

        int machines() {
            return billed().size();
        }

        boolean isEndedByBudget() {
            return spent().amount().doubleValue() > 0.9 * budgeted().amount().doubleValue();
        }

        Money spent() {
            Money spent = Money.parse("0 USD");
            for (Map.Entry<String, Duration> one : billed().entrySet()) {
                spent = spent.plus(
                        Objects.requireNonNull(prices.get(one.getKey())).forHours(one.getValue()));
            }
            return spent;
        }

        /** The budget; where only a watcher keeps it, what one machine may overshoot. */
        Money most() {
            Money dearest = prices.values().stream()
                    .max((one, other) -> one.amount().compareTo(other.amount()))
                    .orElseThrow();
            return isLimited ? budgeted() : budgeted().plus(dearest.forHours(OVERSHOOT));
        }

        private Money budgeted() {
            return Objects.requireNonNull(budget.maxCost());
        }

        private Map<String, Duration> billed() {
            return fixture.place.ids().isEmpty()
                    ? Map.of()
                    : fixture.place.billed(fixture.place.ids().get(0));
        }
    }
}
