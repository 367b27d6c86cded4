package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.job.Budget;
import dev.finetune4j.plan.LaunchTerms;
import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.plan.MoneyRange;
import dev.finetune4j.plan.PlanOption;
import dev.finetune4j.plan.PriceFact;
import dev.finetune4j.value.Money;
import java.math.RoundingMode;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** From an option and a budget to what a launch may take at most. */
public final class Terms {
    private Terms() {}

    /**
     * The terms of an option.
     *
     * @param billsTime whether the place bills for running time
     * @param windDown what it may bill for after the limit
     * @throws FineTuneException with FT0520 if time is billed and there is no budget, FT0521 if the budget ends before the job is
     *     likely to
     */
    public static LaunchTerms of(PlanOption option, Budget budget, boolean billsTime, Duration windDown) {
        Money perHour = billsTime && option.offer() instanceof MachineOffer
                ? option.price().map(PriceFact::amount).orElse(null)
                : null;
        Duration limit = budget.maxTime();
        if (billsTime) {
            limit = billedLimit(option, budget, perHour, windDown);
            refuseTooShort(option, limit, perHour, windDown);
        }
        Money worst = perHour == null || limit == null ? null : perHour.forHours(limit.plus(windDown));
        return new LaunchTerms(
                option.id(),
                option.target(),
                option.name(),
                option.region(),
                option.time(),
                option.cost(),
                perHour,
                limit,
                worst);
    }

    private static Duration billedLimit(PlanOption option, Budget budget, @Nullable Money perHour, Duration windDown) {
        Money most = budget.maxCost();
        Duration byTime = budget.maxTime();
        if (most == null && byTime == null) {
            MoneyRange cost = option.cost();
            throw LaunchProblems.NO_BUDGET
                    .error(option.name() + " at " + option.target()
                            + " is billed by the hour, and the job has no budget")
                    .at(Location.ofKey("budget"))
                    .because(cost == null ? "its price is not known" : "it is foreseen to cost " + words(cost))
                    .remedy("budget.max-cost: " + enough(option, perHour, windDown))
                    .asException();
        }
        if (most == null || perHour == null) {
            if (byTime == null) {
                throw LaunchProblems.NO_BUDGET
                        .error("the price of " + option.name() + " is not known, so that no budget can be kept")
                        .at(Location.ofKey("budget"))
                        .remedy("finetune prices refresh")
                        .asException();
            }
            return byTime;
        }
        Duration byCost = most.lasts(perHour).minus(windDown);
        return byTime == null || byCost.compareTo(byTime) < 0 ? byCost : byTime;
    }

    private static void refuseTooShort(PlanOption option, Duration limit, @Nullable Money perHour, Duration windDown) {
        if (limit.compareTo(option.time().likely()) < 0) {
            throw LaunchProblems.BUDGET_TOO_SMALL
                    .error("the budget lets " + option.name() + " run for "
                            + (limit.isNegative() ? "0 s" : Figures.duration(limit)) + ", the job is likely to take "
                            + Figures.duration(option.time().likely()))
                    .at(Location.ofKey("budget"))
                    .because(Figures.duration(windDown) + " are kept for winding down")
                    .remedy("budget.max-cost: " + enough(option, perHour, windDown))
                    .asException();
        }
    }

    private static String words(MoneyRange cost) {
        return cost.low() + " to " + cost.high();
    }

    /** Lasts nine times in ten, winding down included; in whole units. */
    private static Money enough(PlanOption option, @Nullable Money perHour, Duration windDown) {
        if (perHour == null) {
            return Money.parse("5 USD");
        }
        Money most = perHour.forHours(option.time().high().plus(windDown));
        return new Money(most.amount().setScale(0, RoundingMode.UP), most.currency());
    }
}
