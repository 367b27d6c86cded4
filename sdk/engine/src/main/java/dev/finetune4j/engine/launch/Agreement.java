package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.JournalContent;
import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.Budget;
import dev.finetune4j.plan.BilledTokens;
import dev.finetune4j.plan.LaunchTerms;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.Capabilities;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.MachineVerdict;
import dev.finetune4j.value.Money;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What was agreed to for a run, as far as it holds where the run is now.
 *
 * @param budget of the job
 * @param terms of the machine that the run is on, or is to go to; null where nothing had to be agreed to
 * @param moved how it came there; null on the first machine
 * @param untried where it may still go, in this order
 */
record Agreement(
        Budget budget, @Nullable LaunchTerms terms, JournalEntry.@Nullable Moved moved, List<LaunchTerms> untried) {
    private static final Set<RunState> BEFORE_TRAINING =
            EnumSet.of(RunState.PREPARED, RunState.QUEUED, RunState.STARTING, RunState.DOWNLOADING);

    /** As a journal tells it. */
    static Agreement of(Budget budget, JournalContent all) {
        JournalContent content = all.sinceRenewed();
        LaunchTerms agreed = content.last(JournalEntry.Agreed.class)
                .map(JournalEntry.Agreed::terms)
                .orElse(null);
        if (agreed == null) {
            return new Agreement(budget, null, null, List.of());
        }
        Set<String> tried = new HashSet<>();
        content.entries()
                .filter(JournalEntry.Moved.class::isInstance)
                .forEach(entry -> tried.add(((JournalEntry.Moved) entry).terms().option()));
        List<LaunchTerms> untried = agreed.alternatives().stream()
                .filter(other -> !tried.contains(other.option()))
                .toList();
        JournalEntry.Moved moved = content.last(JournalEntry.Moved.class).orElse(null);
        return new Agreement(budget, moved == null ? agreed : moved.terms(), moved, untried);
    }

    /** How long the machine that the run is on may run, by itself; what was agreed to, without it what the budget says. */
    @Nullable
    Duration timeLimit() {
        return terms == null ? budget.maxTime() : terms.timeLimit();
    }

    /** The same with what was billed before. */
    @Nullable
    Duration limitOverAll() {
        Duration limit = timeLimit();
        return limit == null || moved == null ? limit : limit.plus(moved.billed());
    }

    /**
     * What was spent so far: as the place tells; where it tells only how long it bills for, at the prices that were agreed to. With what a
     * machine costs that is kept after the job.
     */
    Optional<Money> spent(JobSnapshot now) {
        return spent(now, now.billedTime().plus(now.keptTime()));
    }

    /**
     * The most that can have been billed of a job at a service that tells no tokens; empty before it trains, and at other places. No count of
     * its rows gives more tokens than were agreed to.
     */
    Optional<Money> mostBilled(JobSnapshot now) {
        BilledTokens tokens = terms == null ? null : terms.tokens();
        return tokens == null || now.spend() != null || BEFORE_TRAINING.contains(now.state())
                ? Optional.empty()
                : Optional.of(tokens.cost());
    }

    /** The same of the job alone, as a plan foresees it. */
    Optional<Money> spentOnJob(JobSnapshot now) {
        return spent(now, now.billedTime());
    }

    private Optional<Money> spent(JobSnapshot now, Duration billed) {
        if (now.spend() != null) {
            return Optional.of(now.spend());
        }
        if (moved == null) {
            return terms == null ? Optional.empty() : terms.costOf(billed);
        }
        Money before = moved.spent();
        return before == null
                ? Optional.empty()
                : moved.terms().costOf(billed.minus(moved.billed())).map(before::plus);
    }

    /**
     * The move to the next machine that what is left of the budget pays for; empty where there is none.
     *
     * @param why why the present one is not to be had
     * @param verdict what that says of the machine
     * @param end the job as it ended; null where it was refused and nothing ran
     * @param place what the place can
     * @param windDown what it may bill for after a limit
     * @param longestBilled how long the place may bill for a job on the machine of such terms, all that it billed before included, if nobody
     *     watches
     */
    Optional<JournalEntry.Moved> next(
            Problem why,
            MachineVerdict verdict,
            @Nullable JobSnapshot end,
            Capabilities place,
            Duration windDown,
            Function<LaunchTerms, UnaryOperator<Duration>> longestBilled) {
        Duration billed = end != null ? end.billedTime() : moved != null ? moved.billed() : Duration.ZERO;
        Money spent = end != null ? spent(end).orElse(null) : moved != null ? moved.spent() : nothing();
        return untried.stream()
                .flatMap(other -> Terms.left(other, budget, spent, billed, place, windDown).stream())
                .findFirst()
                .map(left -> unwatched(left, windDown, billed, longestBilled.apply(left)))
                .map(left -> new JournalEntry.Moved(left.alternatives(List.of()), why, verdict, billed, spent));
    }

    /** What the machines before were billed for is no more to come, but the next has its own limit and winding down. */
    private static LaunchTerms unwatched(
            LaunchTerms left, Duration windDown, Duration billed, UnaryOperator<Duration> longestBilled) {
        return Terms.unwatched(left, limit -> {
            Duration usual = limit.plus(windDown);
            Duration longest = longestBilled.apply(limit).minus(billed);
            return longest.compareTo(usual) > 0 ? longest : usual;
        });
    }

    private @Nullable Money nothing() {
        return terms == null ? null : terms.costOf(Duration.ZERO).orElse(null);
    }
}
