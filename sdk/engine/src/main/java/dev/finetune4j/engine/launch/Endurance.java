package dev.finetune4j.engine.launch;

import dev.finetune4j.job.Budget;
import dev.finetune4j.plan.DurationRange;
import dev.finetune4j.spi.Capabilities;
import dev.finetune4j.value.Money;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How long a budget must last at a place that bills for time, so that a job is launched there. A plan ranks by it, too: what it chooses is
 * not refused at the launch.
 *
 * @param keepsCheckpoints whether a job that is ended too early can go on; where not, it must come to its end nine times in ten
 * @param windDown what time the place may bill for after a limit
 * @param longestRun how long the place lets a job run at most, whatever the budget pays for; null where it tells no such bound
 */
public record Endurance(
        boolean keepsCheckpoints,
        Duration windDown,
        @Nullable Duration longestRun) {
    static Endurance of(Capabilities place, Duration windDown) {
        return new Endurance(place.supportsResume(), windDown, place.longestRun());
    }

    /** How long the job must be able to run. */
    public Duration needed(DurationRange time) {
        return keepsCheckpoints ? time.likely() : time.high();
    }

    /** What running so long may cost, winding down included. */
    public Money cost(Money perHour, Duration time) {
        return perHour.forHours(time.plus(windDown));
    }

    /** How long money lets a job run; negative where it does not even pay for winding down. */
    Duration paidBy(Money most, Money perHour) {
        return most.lasts(perHour).minus(windDown);
    }

    /**
     * How long a budget lets a job run, as far as the place does.
     *
     * @param perHour the price, in the budget's currency; null where it is not known, so that the limit of time alone counts
     * @return null where no budget limits it
     */
    @Nullable
    Duration limit(Budget budget, @Nullable Money perHour) {
        Duration byBudget = budgeted(budget, perHour);
        return byBudget == null || longestRun == null ? byBudget : shorter(byBudget, longestRun);
    }

    private @Nullable Duration budgeted(Budget budget, @Nullable Money perHour) {
        Duration byTime = budget.maxTime();
        Money most = budget.maxCost();
        if (most == null || perHour == null) {
            return byTime;
        }
        Duration byCost = paidBy(most, perHour);
        return byTime == null ? byCost : shorter(byCost, byTime);
    }

    static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** How long the place lets a job run at most, where this one must be able to run longer; empty where the place lets it. */
    public Optional<Duration> tooShortFor(DurationRange time) {
        Duration longest = longestRun;
        return longest == null || longest.compareTo(needed(time)) >= 0 ? Optional.empty() : Optional.of(longest);
    }

    /** Whether the place lets a job run so long, and a budget lasts long enough at a price. */
    public boolean isGrantedBy(Budget budget, Money perHour, DurationRange time) {
        Duration limit = limit(budget, perHour);
        return tooShortFor(time).isEmpty() && (limit == null || limit.compareTo(needed(time)) >= 0);
    }
}
