package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.JournalContent;
import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.Budget;
import dev.finetune4j.plan.BilledTokens;
import dev.finetune4j.plan.LaunchTerms;
import dev.finetune4j.plan.TrainerSettings;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.MachineVerdict;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.value.Money;
import dev.finetune4j.value.ProviderId;
import java.time.Duration;
import java.util.ArrayList;
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
 * @param elsewhere what was at places that it left, of which the present one tells nothing
 */
record Agreement(
        Budget budget,
        @Nullable LaunchTerms terms,
        JournalEntry.@Nullable Moved moved,
        List<LaunchTerms> untried,
        Elsewhere elsewhere) {
    private static final Set<RunState> BEFORE_TRAINING =
            EnumSet.of(RunState.PREPARED, RunState.QUEUED, RunState.STARTING, RunState.DOWNLOADING);

    /**
     * What was at the places that a run left for another one.
     *
     * @param places that it was at; it never comes back to one
     * @param billed time, over all of them
     * @param kept time that their machines are kept besides
     * @param spent what that cost; null where a price is not known
     */
    record Elsewhere(
            Set<ProviderId> places,
            Duration billed,
            Duration kept,
            @Nullable Money spent) {
        /** Of a run that is where it began. */
        static final Elsewhere NOWHERE = new Elsewhere(Set.of(), Duration.ZERO, Duration.ZERO, null);

        Elsewhere {
            places = Set.copyOf(places);
        }

        private Elsewhere and(ProviderId place, JournalEntry.Moved away) {
            Set<ProviderId> all = new HashSet<>(places);
            all.add(place);
            return new Elsewhere(all, away.billed(), away.kept(), away.spent());
        }
    }

    /** As a journal tells it. */
    static Agreement of(Budget budget, JournalContent all) {
        JournalContent content = all.sinceRenewed();
        LaunchTerms agreed = content.last(JournalEntry.Agreed.class)
                .map(JournalEntry.Agreed::terms)
                .orElse(null);
        if (agreed == null) {
            return new Agreement(budget, null, null, List.of(), Elsewhere.NOWHERE);
        }
        Set<String> tried = new HashSet<>();
        Elsewhere left = Elsewhere.NOWHERE;
        ProviderId here = agreed.target();
        for (JournalEntry entry : content.entries().toList()) {
            if (entry instanceof JournalEntry.Moved move) {
                tried.add(move.terms().option());
                if (!move.terms().target().equals(here)) {
                    left = left.and(here, move);
                    here = move.terms().target();
                }
            }
        }
        Elsewhere elsewhere = left;
        List<LaunchTerms> untried = agreed.alternatives().stream()
                .filter(other -> !tried.contains(other.option()))
                .filter(other -> !elsewhere.places().contains(other.target()))
                .toList();
        JournalEntry.Moved moved = content.last(JournalEntry.Moved.class).orElse(null);
        return new Agreement(budget, moved == null ? agreed : moved.terms(), moved, untried, elsewhere);
    }

    /** The launch that the next one follows; null where that follows none. */
    @Nullable
    String after() {
        return moved == null ? null : moved.after();
    }

    /** How the job is set up on the machine that the run is on, or is to go to; null where that was not planned. */
    @Nullable
    TrainerSettings setup() {
        return terms == null ? null : terms.setup();
    }

    /** What the disk of that machine must hold at most; null where that was not planned. */
    @Nullable
    Long diskBytes() {
        return terms == null ? null : terms.diskBytes();
    }

    /** How long the machine that the run is on may run, by itself; what was agreed to, without it what the budget says. */
    @Nullable
    Duration timeLimit() {
        return terms == null ? budget.maxTime() : terms.timeLimit();
    }

    /** The same with what was billed before at the same place. */
    @Nullable
    Duration limitOverAll() {
        Duration limit = timeLimit();
        return limit == null || moved == null ? limit : limit.plus(billedHere(moved.billed()));
    }

    private Duration billedHere(Duration overAll) {
        return overAll.minus(elsewhere.billed());
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
            return elsewhere.places().isEmpty()
                    ? Optional.of(now.spend())
                    : Optional.ofNullable(elsewhere.spent()).map(now.spend()::plus);
        }
        if (moved == null) {
            return terms == null
                    ? Optional.empty()
                    : terms.costOf(now.billedTime().plus(kept));
        }
        Money before = moved.spent();
        Duration keptSince = elsewhere.kept().plus(kept).minus(moved.kept());
        Duration since = now.billedTime().minus(billedHere(moved.billed()));
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
     * @param endurances tells how long a budget must last at the place of such terms
     * @param longestBilled how long the place of such terms may bill for a job on their machine, all that it billed before included, if nobody
     *     watches
     */
    Optional<JournalEntry.Moved> next(
            Problem why,
            MachineVerdict verdict,
            @Nullable JobSnapshot end,
            Provider place,
            Function<LaunchTerms, Endurance> endurances,
            Function<LaunchTerms, UnaryOperator<Duration>> longestBilled) {
        boolean hadMachine = verdict != MachineVerdict.NOT_FREE && verdict != MachineVerdict.NOT_ALLOWED;
        Before before = before(end, hadMachine ? place.untoldTime() : Duration.ZERO);
        return untried.stream()
                .flatMap(other -> Terms.left(
                        other, budget, before.spent, before.billed, done(other, before), endurances.apply(other))
                        .stream())
                .findFirst()
                .map(left -> moved(
                        left,
                        told(why, left),
                        verdict,
                        before,
                        endurances.apply(left).windDown(),
                        longestBilled));
    }

    /** What need not be done again under terms: no place reads the checkpoints of another. */
    private Duration done(LaunchTerms next, Before before) {
        return isHere(next) ? billedHere(before.billed) : Duration.ZERO;
    }

    private boolean isHere(LaunchTerms next) {
        return terms != null && terms.target().equals(next.target());
    }

    private Problem told(Problem why, LaunchTerms next) {
        if (terms == null || isHere(next)) {
            return why;
        }
        List<String> causes = new ArrayList<>(why.causes());
        causes.add("it begins from the start at " + next.target() + ", which reads no checkpoint of " + terms.target());
        return why.withCauses(causes);
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
                        present,
                        asPromised(present),
                        before.spent,
                        before.billed,
                        done(present, before),
                        Endurance.of(place.capabilities(), windDown)))
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
                    elsewhere.billed().plus(end.billedTime()),
                    elsewhere.kept().plus(end.keptTime()),
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

    private JournalEntry.Moved moved(
            LaunchTerms left,
            Problem why,
            MachineVerdict verdict,
            Before before,
            Duration windDown,
            Function<LaunchTerms, UnaryOperator<Duration>> longestBilled) {
        LaunchTerms next = unwatched(left, windDown, done(left, before), longestBilled.apply(left));
        return new JournalEntry.Moved(
                next.alternatives(List.of()),
                why,
                verdict,
                before.billed,
                before.kept,
                before.spent,
                isHere(left) ? before.after : null);
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
