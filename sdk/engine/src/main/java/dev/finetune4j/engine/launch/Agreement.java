package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.JournalContent;
import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.Budget;
import dev.finetune4j.plan.BilledTokens;
import dev.finetune4j.plan.LaunchTerms;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.MachineVerdict;
import dev.finetune4j.spi.Provider;
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
 * @param moved how it came there, or was last begun anew there; null on the first machine while it was launched once
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

    /** The launch that the next one follows; null where that follows none. */
    @Nullable
    String after() {
        return moved == null ? null : moved.after();
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
        return spent(now, now.keptTime());
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
        return spent(now, Duration.ZERO);
    }

    private Optional<Money> spent(JobSnapshot now, Duration kept) {
        if (now.spend() != null) {
            return Optional.of(now.spend());
        }
        if (moved == null) {
            return terms == null
                    ? Optional.empty()
                    : terms.costOf(now.billedTime().plus(kept));
        }
        Money before = moved.spent();
        Duration keptSince = kept.minus(moved.kept());
        Duration since = now.billedTime().minus(moved.billed());
        return before == null
                ? Optional.empty()
                : moved.terms()
                        .costOf(keptSince.isNegative() ? since : since.plus(keptSince))
                        .map(before::plus);
    }

    /**
     * The move to the next machine that what is left of the budget pays for; empty where there is none.
     *
     * @param why why the present one is not to be had
     * @param verdict what that says of the machine
     * @param end the job as it ended; null where it was refused and nothing ran
     * @param place where it is
     * @param longestBilled how long the place may bill for a job on the machine of such terms, all that it billed before included, if nobody
     *     watches
     */
    Optional<JournalEntry.Moved> next(
            Problem why,
            MachineVerdict verdict,
            @Nullable JobSnapshot end,
            Provider place,
            Function<LaunchTerms, UnaryOperator<Duration>> longestBilled) {
        Duration windDown = place.windDown();
        boolean hadMachine = verdict != MachineVerdict.NOT_FREE && verdict != MachineVerdict.NOT_ALLOWED;
        Before before = before(end, hadMachine ? place.untoldTime() : Duration.ZERO);
        return untried.stream()
                .flatMap(other ->
                        Terms.left(other, budget, before.spent, before.billed, place.capabilities(), windDown).stream())
                .findFirst()
                .map(left -> moved(left, why, verdict, before, windDown, longestBilled));
    }

    /**
     * Another try on the present machine, within what is left of the budget and of what was said to be the most that it may cost here; empty
     * where nothing was agreed to, and where that does not last.
     *
     * @param why what the job failed of
     * @param end the job as it failed
     */
    Optional<JournalEntry.Moved> again(
            Problem why,
            JobSnapshot end,
            Provider place,
            Function<LaunchTerms, UnaryOperator<Duration>> longestBilled) {
        Duration windDown = place.windDown();
        Before before = before(end, place.untoldTime());
        return Optional.ofNullable(terms)
                .flatMap(present -> Terms.left(
                        present, asPromised(present), before.spent, before.billed, place.capabilities(), windDown))
                .map(left -> moved(left, why, MachineVerdict.UNRELATED, before, windDown, longestBilled));
    }

    /**
     * What was until now.
     *
     * @param billed time, over all machines
     * @param kept time that machines are kept besides
     * @param spent what that cost; null where a price is not known
     * @param after the launch that the next one follows; null where none ended
     */
    private record Before(
            Duration billed,
            Duration kept,
            @Nullable Money spent,
            @Nullable String after) {}

    private Before before(@Nullable JobSnapshot end, Duration untold) {
        if (end != null) {
            return new Before(
                    end.billedTime(),
                    end.keptTime(),
                    spent(end).flatMap(told -> with(untold, told)).orElse(null),
                    end.reference());
        }
        return moved != null
                ? new Before(moved.billed(), moved.kept(), moved.spent(), moved.after())
                : new Before(Duration.ZERO, Duration.ZERO, nothing(), null);
    }

    /** What the last launch cost besides is not known; so much at most. */
    private Optional<Money> with(Duration untold, Money told) {
        return untold.isZero() || terms == null
                ? Optional.of(told)
                : terms.costOf(untold).map(told::plus);
    }

    private static JournalEntry.Moved moved(
            LaunchTerms left,
            Problem why,
            MachineVerdict verdict,
            Before before,
            Duration windDown,
            Function<LaunchTerms, UnaryOperator<Duration>> longestBilled) {
        LaunchTerms terms = unwatched(left, windDown, before.billed, longestBilled.apply(left));
        return new JournalEntry.Moved(
                terms.alternatives(List.of()), why, verdict, before.billed, before.kept, before.spent, before.after);
    }

    /** The budget, or what the present machine was said to cost at most where that is less. */
    private Budget asPromised(LaunchTerms present) {
        Money worst = present.worstCost();
        Money before = moved == null ? nothing() : moved.spent();
        if (worst == null || before == null) {
            return budget;
        }
        Money promised = before.plus(worst);
        Money most = budget.maxCost();
        boolean isLess = most == null || promised.amount().compareTo(most.amount()) < 0;
        return isLess ? new Budget(promised, budget.maxTime()) : budget;
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
