package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.Budget;
import dev.finetune4j.plan.LaunchTerms;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.value.Money;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Tells what a run costs while it runs, now and then, where there is a budget to hold it against. */
final class SpendMeter {
    /** A live line that shows it is looked at, a log that has it is read. */
    private static final Duration PAUSE = Duration.ofMinutes(1);

    /** What is more than this part of the budget is told at once, so that no live line stands still while money goes. */
    private static final BigDecimal STEP = new BigDecimal("0.002");

    /** Percent of the budget at which somebody is warned, while there is something to decide. */
    private static final List<Integer> MARKS = List.of(50, 80, 95);

    private final @Nullable Money budget;
    private final Supplier<Agreement> agreement;
    private @Nullable Money told;
    private @Nullable Instant toldAt;
    private int warnedOf;

    /**
     * A meter of one run.
     *
     * @param agreement tells what holds at the time, since another process may move the run to a machine of another price
     */
    SpendMeter(Budget budget, Supplier<Agreement> agreement) {
        this.budget = budget.maxCost();
        this.agreement = agreement;
    }

    /** What to tell of a job as it is now; nothing where nothing is billed, nothing changed, or it was told a moment ago. */
    List<RunEvent> read(JobSnapshot job, Instant now) {
        if (budget == null) {
            return List.of();
        }
        Agreement agreed = agreement.get();
        Money bound = agreed.mostBilled(job).orElse(null);
        Money spent = bound == null ? agreed.spent(job).orElse(null) : bound;
        if (spent == null || spent.amount().signum() == 0 || spent.equals(told)) {
            return List.of();
        }
        boolean isEnd = job.state().isTerminal();
        int share = bound == null ? share(spent, budget) : 0; // a bound was agreed to, and grows no more
        boolean isDue = toldAt == null
                || isEnd
                || share > warnedOf
                || isStep(spent, told, budget)
                || Duration.between(toldAt, now).compareTo(PAUSE) >= 0;
        if (!isDue) {
            return List.of();
        }
        told = spent;
        toldAt = now;
        RunEvent spend = new RunEvent.Spent(now, spent, budget, bound != null);
        if (isEnd || share <= warnedOf) {
            return List.of(spend);
        }
        warnedOf = share;
        return List.of(
                spend,
                new RunEvent.Noticed(
                        now,
                        warning(share, spent, budget, agreed)
                                .remedy("finetune stop " + job.id())
                                .build()));
    }

    private static boolean isStep(Money spent, @Nullable Money told, Money budget) {
        return told != null
                && spent.amount()
                                .subtract(told.amount())
                                .compareTo(budget.amount().multiply(STEP))
                        >= 0;
    }

    private static int share(Money spent, Money budget) {
        return MARKS.stream()
                .filter(percent -> isBeyond(percent, spent, budget))
                .mapToInt(percent -> percent)
                .max()
                .orElse(0);
    }

    private static boolean isBeyond(int percent, Money spent, Money budget) {
        BigDecimal mark = budget.amount().movePointLeft(2).multiply(BigDecimal.valueOf(percent));
        return spent.amount().compareTo(mark) >= 0;
    }

    private static Problem.Builder warning(int share, Money spent, Money budget, Agreement agreed) {
        Problem.Builder warning =
                LaunchProblems.NEAR_BUDGET.warning(share + " % of the budget are spent: " + spent + " of " + budget);
        LaunchTerms terms = agreed.terms();
        if (terms != null && terms.perHour() != null) {
            warning.because(
                    "the rest lasts " + Figures.atMost(budget.less(spent).lasts(terms.perHour())) + " at "
                            + terms.perHour() + " an hour, less the time to wind down");
        }
        return warning;
    }
}
