package dev.finetune4j.engine.plan;

import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.json.Durations;
import dev.finetune4j.plan.MoneyRange;
import dev.finetune4j.plan.PlanOption;
import dev.finetune4j.value.Money;
import dev.finetune4j.value.ProviderId;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Says that every option breaks a limit, and how wide the limits would have to be. */
final class WiderLimits {
    private static final int CENTS = 2;

    private final FineTuneJob job;
    private final PlanRequest request;
    private final Ranking limits;
    private final PlanCommand command;

    WiderLimits(FineTuneJob job, PlanRequest request, Ranking limits, PlanCommand command) {
        this.job = job;
        this.request = request;
        this.limits = limits;
        this.command = command;
    }

    /** Of two limits, each option that is named keeps one where it can: what costs nothing and takes weeks answers nobody. */
    Problem problem(List<PlanOption> all) {
        List<PlanOption> over = all.stream()
                .filter(option -> limits.endedAfter(option).isEmpty())
                .toList();
        if (over.isEmpty()) {
            return tooLong(all);
        }
        List<PlanOption> inTime = over.stream()
                .filter(option -> !limits.takesLonger(limits.neededTime(option)))
                .toList();
        List<PlanOption> inCost =
                over.stream().filter(option -> !isTooDear(option)).toList();
        PlanOption cheapest = (inTime.isEmpty() ? over : inTime)
                .stream()
                        .min(Comparator.comparing(
                                option -> limits.held(option).likely().amount()))
                        .orElseThrow();
        PlanOption fastest = (inCost.isEmpty() ? over : inCost)
                .stream()
                        .min(Comparator.comparing(option -> option.time().likely()))
                        .orElseThrow();
        Problem.Builder problem = PlanProblems.OVER_LIMIT
                .error("no option is likely to keep " + limits.words())
                .because("the cheapest" + (isPart(inTime, over) ? " in that time: " : ": ") + words(cheapest));
        if (!fastest.equals(cheapest)) {
            problem.because("the fastest" + (isPart(inCost, over) ? " at that cost: " : ": ") + words(fastest));
        }
        ended(all).forEach(problem::because);
        Stream.of(cheapest, fastest)
                .distinct()
                .filter(this::isOverByReserve)
                .flatMap(option -> limits.reserve(option).stream())
                .distinct()
                .forEach(problem::because);
        // Who is short of time alone has no use for what is cheap and takes weeks.
        List<PlanOption> proposed =
                Stream.of(cheapest, fastest).anyMatch(this::isTooDear) ? List.of(cheapest, fastest) : List.of(fastest);
        proposed.stream().flatMap(this::wider).distinct().forEach(problem::remedy);
        return (proposed.stream().anyMatch(this::isLimitedByJob) ? problem.at(Location.ofKey("budget")) : problem)
                .build();
    }

    private Problem tooLong(List<PlanOption> all) {
        Problem.Builder problem = PlanProblems.OVER_LIMIT.error(
                "no place that was looked at lets " + job.name() + " run as long as it needs");
        ended(all).forEach(problem::because);
        return problem.remedy("finetune models    # a smaller one").build();
    }

    /** Of each place that would end all of these too early, the one that needs the least time. */
    private Stream<String> ended(List<PlanOption> all) {
        Map<ProviderId, PlanOption> shortest = new LinkedHashMap<>();
        all.stream()
                .sorted(Comparator.comparing(limits::neededTime))
                .forEach(option -> shortest.putIfAbsent(option.target(), option));
        return shortest.values().stream()
                .flatMap(option -> limits.endedAfter(option).stream()
                        .map(longest -> bound(option, longest) + ": " + words(option)));
    }

    /** How long its place lets an option run. */
    static String bound(PlanOption option, Duration longest) {
        return option.target() + " lets no job run longer than " + Figures.duration(longest);
    }

    /** Whether a limit that an option breaks stands in the job file: whoever asked has not set another instead. */
    private boolean isLimitedByJob(PlanOption option) {
        return (request.maxCost() == null && isTooDear(option))
                || (request.deadline() == null && limits.takesLonger(limits.neededTime(option)));
    }

    private static boolean isPart(List<PlanOption> some, List<PlanOption> all) {
        return !some.isEmpty() && some.size() < all.size();
    }

    private boolean isTooDear(PlanOption option) {
        return limits.costsMore(limits.held(option).likely());
    }

    /** Whether what a launch keeps back counts: of money, or where the time that is likely would do. */
    private boolean isOverByReserve(PlanOption option) {
        return isTooDear(option) || !limits.takesLonger(option.time().likely());
    }

    /**
     * The limits that an option breaks, so wide that it would very likely keep them, where they were set. A budget is told whole: pasted over
     * that of the job it drops no limit.
     */
    private Stream<String> wider(PlanOption option) {
        List<String> flags = new ArrayList<>();
        Money maxCost = job.budget().maxCost();
        Duration maxTime = job.budget().maxTime();
        boolean isBudgetWider = false;
        if (isTooDear(option)) {
            Money cost = enough(limits.held(option).high());
            if (request.maxCost() == null) {
                maxCost = cost;
                isBudgetWider = true;
            } else {
                flags.add("--max-cost \"" + cost + "\"");
            }
        }
        if (limits.takesLonger(limits.neededTime(option))) {
            Duration time = upToTheMinute(option.time().high());
            if (request.deadline() == null) {
                maxTime = time;
                isBudgetWider = true;
            } else {
                flags.add("--deadline " + Durations.format(time));
            }
        }
        return Stream.of(flags.isEmpty() ? "" : command.with(flags), isBudgetWider ? budget(maxCost, maxTime) : "")
                .filter(remedy -> !remedy.isEmpty());
    }

    private static String budget(@Nullable Money maxCost, @Nullable Duration maxTime) {
        List<String> keys = new ArrayList<>();
        if (maxCost != null) {
            keys.add("max-cost: " + maxCost);
        }
        if (maxTime != null) {
            keys.add("max-time: " + Durations.format(maxTime));
        }
        return "budget: {" + String.join(", ", keys) + "}";
    }

    private static Duration upToTheMinute(Duration time) {
        return Duration.ofMinutes(time.plusSeconds(59).toMinutes());
    }

    private String words(PlanOption option) {
        MoneyRange foreseen = Ranking.billedAtMost(option);
        MoneyRange held = limits.held(option);
        boolean isMoreHeld = held.likely().amount().compareTo(foreseen.likely().amount()) > 0;
        return option.id() + ", foreseen to take " + besideLimit(foreseen.likely()) + " (up to "
                + besideLimit(foreseen.high()) + ") and "
                + Figures.duration(option.time().likely()) + " (up to "
                + Figures.duration(option.time().high()) + ")"
                + (isMoreHeld && limits.costsMore(held.likely())
                        ? "; with what a launch keeps back besides, the limit must be " + enough(held.likely())
                                + " at least (up to " + enough(held.high()) + ")"
                        : "");
    }

    /** To the cent; what breaks the limit is told as more than it. */
    private Money besideLimit(Money money) {
        return limits.costsMore(money) ? enough(money) : toTheCent(money);
    }

    /** To the cent, as what is no limit is told. */
    static Money toTheCent(Money money) {
        return new Money(money.amount().setScale(CENTS, RoundingMode.HALF_UP), money.currency());
    }

    /** To the cent, and no less: as a limit it does. */
    private static Money enough(Money money) {
        return new Money(money.amount().setScale(CENTS, RoundingMode.UP), money.currency());
    }
}
