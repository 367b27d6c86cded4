package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.Budget;
import dev.finetune4j.json.Durations;
import dev.finetune4j.plan.BilledTokens;
import dev.finetune4j.plan.DurationRange;
import dev.finetune4j.plan.HostingCost;
import dev.finetune4j.plan.LaunchTerms;
import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.plan.MoneyRange;
import dev.finetune4j.plan.PlanOption;
import dev.finetune4j.plan.PriceFact;
import dev.finetune4j.plan.TokenOffer;
import dev.finetune4j.spi.Billing;
import dev.finetune4j.spi.Capabilities;
import dev.finetune4j.spi.PlaceSettings;
import dev.finetune4j.value.Money;
import dev.finetune4j.value.ProviderId;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** From an option and a budget to what a launch may take at most. */
public final class Terms {
    /** In less no machine does anything. */
    private static final Duration LEAST = Duration.ofMinutes(1);

    private Terms() {}

    /**
     * The terms of an option.
     *
     * @param place what the place can, and what it bills
     * @param windDown what time it may bill for after the limit
     * @throws FineTuneException with FT0520 if something is billed and there is no budget for it, FT0521 if the budget ends before the
     *     job is likely to, at a place that keeps no checkpoints before nine jobs in ten would, if the place lets no job run so long, or
     *     more tokens may be billed than it pays for
     */
    public static LaunchTerms of(PlanOption option, Budget budget, Capabilities place, Duration windDown) {
        return place.billing() == Billing.TOKENS
                ? ofTokens(option, budget, place)
                : ofTime(option, budget, place, windDown);
    }

    private static LaunchTerms ofTime(PlanOption option, Budget budget, Capabilities place, Duration windDown) {
        boolean billsTime = place.billsTime();
        Money perHour = billsTime && option.offer() instanceof MachineOffer machine
                ? machine.billed().map(PriceFact::amount).orElse(null)
                : null;
        Duration limit = budget.maxTime();
        if (billsTime) {
            Endurance endurance = Endurance.of(place, windDown);
            limit = billedLimit(option, budget, perHour, endurance);
            refuseTooShort(option, budget, endurance, limit, perHour);
        }
        Money worst = perHour == null || limit == null ? null : perHour.forHours(limit.plus(windDown));
        Duration longest = billsTime ? place.longestRun() : null;
        return terms(option, perHour, null, limit, longest, billsTime && !place.supportsTimeLimit(), worst, null, null);
    }

    /**
     * The same with what it costs at worst where nobody watches.
     *
     * @param longestBilled how long a job of a time limit may then be billed for
     */
    static LaunchTerms unwatched(LaunchTerms terms, UnaryOperator<Duration> longestBilled) {
        Duration limit = terms.timeLimit();
        Money perHour = terms.perHour();
        return limit == null || perHour == null
                ? terms
                : terms.limit(limit, perHour.forHours(longestBilled.apply(limit)));
    }

    /** No limit of time or tokens holds there, so that all that may be billed must be within the budget before the launch. */
    private static LaunchTerms ofTokens(PlanOption option, Budget budget, Capabilities place) {
        BilledTokens tokens = option.tokens();
        Money most = budget.maxCost();
        if (tokens == null) {
            throw unknownPrice(option);
        }
        Money worst = tokens.cost();
        if (most == null) {
            throw LaunchProblems.NO_BUDGET
                    .error(option.name() + " at " + option.target()
                            + " is billed by the token, and the job has no budget for that")
                    .at(Location.ofKey("budget"))
                    .because(foreseen(option) + "; " + words(tokens))
                    .remedy("budget.max-cost: " + inCents(worst))
                    .asException();
        }
        if (!most.currency().equals(worst.currency()) || worst.amount().compareTo(most.amount()) > 0) {
            throw LaunchProblems.BUDGET_TOO_SMALL
                    .error(option.name() + " may cost up to " + worst + ", the budget is " + most)
                    .at(Location.ofKey("budget.max-cost"))
                    .because(words(tokens))
                    .because(foreseen(option) + "; nothing ends the job where the money would end")
                    .remedy("budget.max-cost: " + inCents(worst))
                    .asException();
        }
        HostingCost afterwards = option.offer() instanceof TokenOffer service ? HostingCost.kept(service) : null;
        Money ofTwo = place.launchesOnce() ? null : worst.plus(worst);
        return terms(option, null, tokens, budget.maxTime(), null, false, worst, ofTwo, afterwards);
    }

    private static LaunchTerms terms(
            PlanOption option,
            @Nullable Money perHour,
            @Nullable BilledTokens tokens,
            @Nullable Duration limit,
            @Nullable Duration longestRun,
            boolean onlyWatched,
            @Nullable Money worst,
            @Nullable Money ofTwo,
            @Nullable HostingCost afterwards) {
        return new LaunchTerms(
                option.id(),
                option.target(),
                option.name(),
                option.region(),
                option.time(),
                option.cost(),
                perHour,
                tokens,
                limit,
                longestRun,
                onlyWatched,
                worst,
                ofTwo,
                afterwards,
                option.offer() == null ? Map.of() : PlaceSettings.with(Map.of(), option.offer()),
                option.settings(),
                null,
                List.of());
    }

    /**
     * Why a launch at a place would be refused, told before anything of it is planned.
     *
     * @return empty where the place bills nothing, or the budget is one that it keeps
     */
    static Optional<Problem> lacking(Budget budget, ProviderId place, Capabilities can) {
        boolean isKept = budget.maxCost() != null || (can.billsTime() && budget.maxTime() != null);
        if (!can.bills() || isKept) {
            return Optional.empty();
        }
        Duration time = budget.maxTime();
        return Optional.of(LaunchProblems.NO_BUDGET
                .warning(place + " bills " + (can.billsTime() ? "running time" : "tokens")
                        + ", and the job has no budget" + (time == null ? "" : " of money")
                        + ": a launch will be refused")
                .at(Location.ofKey("budget"))
                .remedy("budget: {" + (time == null ? "" : "max-time: " + Durations.format(time) + ", ")
                        + "max-cost: 5 USD}    # \"finetune plan JOB\" foresees how much it takes")
                .build());
    }

    private static String words(BilledTokens tokens) {
        return "at most " + Figures.count(tokens.most()) + " tokens can be billed, at "
                + tokens.price().amount() + " a million: " + tokens.basis();
    }

    private static Money inCents(Money money) {
        return new Money(money.amount().setScale(2, RoundingMode.UP), money.currency());
    }

    private static String foreseen(PlanOption option) {
        MoneyRange cost = option.cost();
        return cost == null ? "its price is not known" : "it is foreseen to cost " + words(cost);
    }

    private static FineTuneException unknownPrice(PlanOption option) {
        return LaunchProblems.NO_BUDGET
                .error("the price of " + option.name() + " is not known, so that no budget can be kept")
                .at(Location.ofKey("budget"))
                .remedy("finetune prices refresh")
                .asException();
    }

    /**
     * What is left of terms once part of the budget is spent.
     *
     * @param spent what other machines cost, or null where that is not known
     * @param billed how long other machines were billed for
     * @param done how much of that was at the place of the terms, which keeps what is done if it keeps checkpoints
     * @param endurance how long the budget must last there
     * @return empty where the rest of the job is likely to take longer than what is left pays for; at a place that keeps no checkpoints where the
     *     whole job may
     */
    static Optional<LaunchTerms> left(
            LaunchTerms terms,
            Budget budget,
            @Nullable Money spent,
            Duration billed,
            Duration done,
            Endurance endurance) {
        Duration limit = terms.timeLimit();
        Money perHour = terms.perHour();
        if (limit == null) {
            return Optional.of(terms);
        }
        if (budget.maxTime() != null) {
            limit = Endurance.shorter(limit, budget.maxTime().minus(billed));
        }
        if (budget.maxCost() != null && perHour != null) {
            if (spent == null) {
                return Optional.empty(); // nobody could say that the budget is kept
            }
            limit = Endurance.shorter(limit, endurance.paidBy(budget.maxCost().less(spent), perHour));
        }
        Duration rest = endurance.needed(terms.time());
        if (endurance.keepsCheckpoints()) {
            rest = rest.minus(done);
        }
        if (limit.compareTo(rest) < 0 || limit.compareTo(LEAST) < 0) {
            return Optional.empty();
        }
        return Optional.of(terms.limit(limit, perHour == null ? null : endurance.cost(perHour, limit)));
    }

    private static Duration billedLimit(
            PlanOption option, Budget budget, @Nullable Money perHour, Endurance endurance) {
        Money most = budget.maxCost();
        if (most != null && perHour != null && !most.currency().equals(perHour.currency())) {
            throw LaunchProblems.NO_BUDGET
                    .error("the budget of " + most + " cannot be held against a price of " + perHour + " an hour")
                    .at(Location.ofKey("budget.max-cost"))
                    .remedy("budget.max-cost: " + enough(option, perHour, endurance))
                    .asException();
        }
        Duration limit = endurance.limit(budget, perHour);
        if (limit != null) {
            return limit;
        }
        if (most == null) {
            throw LaunchProblems.NO_BUDGET
                    .error(option.name() + " at " + option.target()
                            + " is billed by the hour, and the job has no budget")
                    .at(Location.ofKey("budget"))
                    .because(foreseen(option))
                    .remedy("budget.max-cost: " + enough(option, perHour, endurance))
                    .asException();
        }
        throw unknownPrice(option);
    }

    private static void refuseTooShort(
            PlanOption option, Budget budget, Endurance endurance, Duration limit, @Nullable Money perHour) {
        DurationRange time = option.time();
        Duration least = endurance.needed(time);
        Duration longest = endurance.longestRun();
        if (longest != null && longest.compareTo(least) < 0) {
            throw LaunchProblems.BUDGET_TOO_SMALL
                    .error(option.target() + " lets a job run for " + Figures.duration(longest)
                            + " at most, the job on " + option.name()
                            + (endurance.keepsCheckpoints() ? " is likely to take " : " may take ")
                            + Figures.duration(least))
                    .at(Location.ofKey("budget"))
                    .because("no budget lets it run for longer there")
                    .remedy("finetune plan JOB    # shows machines that need less time, at every place")
                    .asException();
        }
        if (limit.compareTo(least) < 0) {
            Problem.Builder problem = LaunchProblems.BUDGET_TOO_SMALL
                    .error("the budget lets " + option.name() + " run for "
                            + (limit.isNegative() ? "0 s" : Figures.atMost(limit)) + ", the job "
                            + (endurance.keepsCheckpoints() ? "is likely to take " : "may take ")
                            + Figures.duration(least))
                    .at(Location.ofKey("budget"));
            if (!endurance.keepsCheckpoints()) {
                problem.because("it is likely to take " + Figures.duration(time.likely()) + ", but " + option.target()
                        + " keeps no checkpoint: a job that is ended before its end leaves nothing");
            }
            if (budget.maxTime() != null && budget.maxTime().compareTo(least) < 0) {
                problem.remedy("budget.max-time: "
                        + Durations.format(Duration.ofMinutes(time.high().toMinutes() + 1)));
            }
            Money most = budget.maxCost();
            if (most != null
                    && perHour != null
                    && endurance.paidBy(most, perHour).compareTo(least) < 0) {
                problem.remedy("budget.max-cost: " + enough(option, perHour, endurance));
            }
            throw problem.because(Figures.duration(endurance.windDown()) + " are kept for winding down")
                    .asException();
        }
    }

    private static String words(MoneyRange cost) {
        return cost.low() + " to " + cost.high();
    }

    /** Lasts nine times in ten, winding down included; in whole units. */
    private static Money enough(PlanOption option, @Nullable Money perHour, Endurance endurance) {
        if (perHour == null) {
            return Money.parse("5 USD");
        }
        Money most = endurance.cost(perHour, option.time().high());
        return new Money(most.amount().setScale(0, RoundingMode.UP), most.currency());
    }
}
