package dev.finetune4j.engine.plan;

import dev.finetune4j.engine.launch.Endurance;
import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.job.Budget;
import dev.finetune4j.plan.DurationRange;
import dev.finetune4j.plan.Fit;
import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.plan.MoneyRange;
import dev.finetune4j.plan.Objective;
import dev.finetune4j.plan.PlanOption;
import dev.finetune4j.plan.PlanOption.Standing;
import dev.finetune4j.plan.PriceFact;
import dev.finetune4j.plan.TrainerSettings;
import dev.finetune4j.spi.Diagnosis;
import dev.finetune4j.value.Money;
import dev.finetune4j.value.ProviderId;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Holds options against the limits, and puts the best first. */
final class Ranking {
    private static final int DECIMALS = 4;

    /** Added to each cost, USD, so that what is free, or almost, does not beat everything at any time. Judgement. */
    private static final double ATTENTION = 0.10;

    /** An hour of a machine of one's own counts as so many USD: it could do something else meanwhile. Judgement. */
    private static final double HOUR_OF_ONES_OWN = 0.20;

    private final Objective objective;
    private final Budget limits;
    private final Set<ProviderId> asked;
    private final HubMachines hubs;
    private final Map<String, Instant> missed;
    private final Map<ProviderId, Endurance> endurances;

    Ranking(
            Objective objective,
            Budget limits,
            Set<ProviderId> asked,
            HubMachines hubs,
            Map<String, Instant> missed,
            Map<ProviderId, Endurance> endurances) {
        this.objective = objective;
        this.limits = limits;
        this.asked = asked;
        this.hubs = hubs;
        this.missed = missed;
        this.endurances = endurances;
    }

    /** The limits in words. */
    String words() {
        String cost = limits.maxCost() == null ? "" : "a cost of at most " + limits.maxCost();
        String time = limits.maxTime() == null ? "" : "a time of at most " + Figures.duration(limits.maxTime());
        return cost.isEmpty() || time.isEmpty() ? cost + time : cost + " and " + time;
    }

    /**
     * The candidates, the best first, each with its standing.
     *
     * @param lacks what quotas lack, by the ids of options
     */
    List<Candidate> rank(List<Candidate> candidates, Map<String, Diagnosis> lacks) {
        List<Candidate> judged = candidates.stream()
                .map(one -> new Candidate(judged(one.option(), lacks), one.fixedCost(), one.costOfRow()))
                .toList();
        double leastCost = judged.stream()
                .filter(one -> one.option().isEligible())
                .mapToDouble(one -> cost(one.option()))
                .min()
                .orElse(ATTENTION);
        double leastTime = judged.stream()
                .filter(one -> one.option().isEligible())
                .mapToDouble(one -> seconds(one.option()))
                .min()
                .orElse(1);
        Set<String> idleInVain = judged.stream()
                .map(Candidate::option)
                .filter(option -> isIdleInVain(option, judged))
                .map(PlanOption::id)
                .collect(Collectors.toSet());
        Comparator<PlanOption> byScore = hubs.secondBy(
                option -> score(option, leastCost, leastTime),
                judged.stream()
                        .map(Candidate::option)
                        .filter(option -> option.isEligible() && option.cost() != null)
                        .toList());
        return judged.stream()
                .sorted(Comparator.comparing((Candidate one) -> !one.option().isEligible())
                        .thenComparing(one -> !mayBeChosen(one.option()))
                        // After all whose cost is known, also what costs a little too much: it may cost any sum.
                        .thenComparing(one -> one.option().cost() == null)
                        .thenComparing(one -> one.option().missingQuota() != null)
                        .thenComparing(one -> one.option().missedAt() != null)
                        .thenComparing(one -> one.option().standing())
                        // Which its standing says only of what has a price.
                        .thenComparing(one ->
                                one.option().cost() == null && one.option().fit() == Fit.TIGHT)
                        .thenComparing(one -> idleInVain.contains(one.option().id()))
                        .thenComparing(Candidate::option, byScore)
                        .thenComparing(one -> one.option().id()))
                .toList();
    }

    /** The best that may be chosen; empty where there is none. */
    Optional<PlanOption> choice(List<Candidate> ranked) {
        return ranked.stream()
                .map(Candidate::option)
                .filter(option -> option.isEligible() && mayBeChosen(option))
                .findFirst();
    }

    /** Whether some of its GPUs would stand idle, and another option that is to be had is neither slower nor dearer. */
    private boolean isIdleInVain(PlanOption option, List<Candidate> all) {
        return hasIdleGpus(option)
                && all.stream()
                        .map(Candidate::option)
                        .anyMatch(other -> other.standing().compareTo(option.standing()) <= 0
                                && mayBeChosen(other)
                                && other.missingQuota() == null
                                && other.missedAt() == null
                                && !hasIdleGpus(other)
                                && exactCost(other) <= exactCost(option)
                                && seconds(other) <= seconds(option));
    }

    private static boolean hasIdleGpus(PlanOption option) {
        TrainerSettings settings = option.settings();
        return option.offer() instanceof MachineOffer machine
                && settings != null
                && machine.accelerators()
                        .filter(own -> own.count() > settings.gpus())
                        .isPresent();
    }

    private boolean mayBeChosen(PlanOption option) {
        return asked.isEmpty() || asked.contains(option.target());
    }

    private PlanOption judged(PlanOption option, Map<String, Diagnosis> lacks) {
        PlanOption judged = option.standing(standing(option));
        Diagnosis lack = lacks.get(option.id());
        judged = lack == null ? judged : judged.missingQuota(lack.found());
        Instant at = missed.get(option.id());
        return at == null ? judged : judged.missedAt(at);
    }

    private Standing standing(PlanOption option) {
        if (endedAfter(option).isPresent()) {
            return Standing.OVER_LIMIT;
        }
        if (option.cost() == null) {
            return takesLonger(neededTime(option)) ? Standing.OVER_LIMIT : Standing.SHOWN;
        }
        if (isOver(option)) {
            return Standing.OVER_LIMIT;
        }
        if (option.standing() == Standing.SHOWN) {
            return Standing.SHOWN;
        }
        if (option.fit() == Fit.TIGHT) {
            return Standing.TIGHT;
        }
        return costsMore(billedAtMost(option).high())
                        || takesLonger(option.time().high())
                ? Standing.LIKELY_WITHIN
                : Standing.WITHIN;
    }

    /** Where it would be launched from here, whether that would be refused; elsewhere whether it is likely to take more. */
    private boolean isOver(PlanOption option) {
        Endurance endurance = endurances.get(option.target());
        Money perHour = perHour(option).orElse(null);
        if (endurance != null && perHour != null) {
            return !endurance.isGrantedBy(limits, perHour, option.time());
        }
        return costsMore(billedAtMost(option).likely())
                || takesLonger(option.time().likely());
    }

    /** What a launch would hold against the limit of cost, at the least and at the most. */
    MoneyRange held(PlanOption option) {
        Endurance endurance = endurances.get(option.target());
        Money perHour = perHour(option).orElse(null);
        if (endurance == null || perHour == null) {
            return billedAtMost(option);
        }
        return new MoneyRange(
                endurance.cost(perHour, option.time().low()),
                endurance.cost(perHour, neededTime(option)),
                endurance.cost(perHour, option.time().high()));
    }

    /** How long the limits must let it run. */
    Duration neededTime(PlanOption option) {
        Endurance endurance = endurances.get(option.target());
        return endurance == null ? option.time().likely() : endurance.needed(option.time());
    }

    /** How long its place lets a job run, where that is too short for it: no wider limit changes that. */
    Optional<Duration> endedAfter(PlanOption option) {
        return Optional.ofNullable(endurances.get(option.target()))
                .flatMap(endurance -> endurance.tooShortFor(option.time()));
    }

    /** What is held against the limits besides what an option is foreseen to take. */
    Optional<String> reserve(PlanOption option) {
        return Optional.ofNullable(endurances.get(option.target()))
                .map(endurance -> "a launch at " + option.target() + " keeps the money for "
                        + Figures.duration(endurance.windDown()) + " of winding down"
                        + (endurance.keepsCheckpoints()
                                ? ""
                                : ", and for as long as the job may take: it keeps no checkpoint, so that one that is"
                                        + " ended before its end leaves nothing"));
    }

    private static Optional<Money> perHour(PlanOption option) {
        return option.offer() instanceof MachineOffer machine
                ? machine.billed().map(PriceFact::amount)
                : Optional.empty();
    }

    /** What an option is foreseen to cost, at the price that is billed at most. */
    static MoneyRange billedAtMost(PlanOption option) {
        MoneyRange cost = option.cost();
        if (cost == null) {
            return Bill.free();
        }
        if (!(option.offer() instanceof MachineOffer machine)) {
            return cost;
        }
        PriceFact atMost = machine.atMost();
        PriceFact perHour = machine.perHour();
        if (atMost == null || perHour == null) {
            return cost;
        }
        Money most = atMost.amount();
        DurationRange time = billedTime(option).orElse(null);
        if (time != null) { // the ends of a cost whose price moves tell already how far it may rise
            return new MoneyRange(most.forHours(time.low()), most.forHours(time.likely()), most.forHours(time.high()));
        }
        BigDecimal ratio = most.amount().divide(perHour.amount().amount(), MathContext.DECIMAL64);
        return new MoneyRange(times(cost.low(), ratio), times(cost.likely(), ratio), times(cost.high(), ratio));
    }

    private static Optional<DurationRange> billedTime(PlanOption option) {
        return option.costs().stream()
                .flatMap(line -> Optional.ofNullable(line.billedTime()).stream())
                .findFirst();
    }

    /** Where the price is a guess at a discount: a launch holds the budget against the price without it. */
    private static Money times(Money cost, BigDecimal ratio) {
        return new Money(cost.amount().multiply(ratio).setScale(DECIMALS, RoundingMode.UP), cost.currency());
    }

    /** Whether a cost is above the limit. */
    boolean costsMore(Money cost) {
        Money most = limits.maxCost();
        return most != null && cost.amount().compareTo(most.amount()) > 0;
    }

    /** How long it may take; empty where there is no limit. */
    Optional<Duration> longest() {
        return Optional.ofNullable(limits.maxTime());
    }

    /** Whether a time is above the limit. */
    boolean takesLonger(Duration time) {
        Duration longest = limits.maxTime();
        return longest != null && time.compareTo(longest) > 0;
    }

    private double score(PlanOption option, double leastCost, double leastTime) {
        return switch (objective) {
            case COST -> exactCost(option) + 1e-9 * seconds(option);
            case TIME -> seconds(option) + 1e-6 * Math.min(1e5, exactCost(option)); // of two as fast the cheaper
            case BALANCED -> Math.sqrt(cost(option) / leastCost * seconds(option) / leastTime);
        };
    }

    private static double exactCost(PlanOption option) {
        MoneyRange cost = option.cost();
        return cost == null ? Double.MAX_VALUE / 4 : cost.likely().amount().doubleValue();
    }

    private static double cost(PlanOption option) {
        double own = option.offer() == null ? HOUR_OF_ONES_OWN * seconds(option) / 3600 : 0;
        return ATTENTION + exactCost(option) + own;
    }

    private static double seconds(PlanOption option) {
        return Math.max(1, option.time().likely().toSeconds());
    }
}
