package dev.finetune4j.engine.launch;

import dev.finetune4j.job.Budget;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.value.Money;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Tells what a run costs while it runs, now and then, where there is a budget to hold it against. */
final class SpendMeter {
    /** A live line that shows it is looked at, a log that has it is read. */
    private static final Duration PAUSE = Duration.ofMinutes(1);

    private final @Nullable Money budget;
    private final Supplier<Agreement> agreement;
    private @Nullable Money told;
    private @Nullable Instant toldAt;

    /**
     * A meter of one run.
     *
     * @param agreement tells what holds at the time, since another process may move the run to a machine of another price
     */
    SpendMeter(Budget budget, Supplier<Agreement> agreement) {
        this.budget = budget.maxCost();
        this.agreement = agreement;
    }

    /** What to tell of a job as it is now; empty where nothing is billed, nothing changed, or it was told a moment ago. */
    Optional<RunEvent> read(JobSnapshot job, Instant now) {
        if (budget == null) {
            return Optional.empty();
        }
        Money spent = agreement.get().spent(job).orElse(null);
        if (spent == null || spent.amount().signum() == 0 || spent.equals(told)) {
            return Optional.empty();
        }
        boolean isDue = toldAt == null
                || job.state().isTerminal()
                || Duration.between(toldAt, now).compareTo(PAUSE) >= 0;
        if (!isDue) {
            return Optional.empty();
        }
        told = spent;
        toldAt = now;
        return Optional.of(new RunEvent.Spent(now, spent, budget));
    }
}
