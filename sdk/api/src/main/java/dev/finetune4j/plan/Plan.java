package dev.finetune4j.plan;

import dev.finetune4j.error.Problem;
import dev.finetune4j.run.Rehearsal;
import dev.finetune4j.value.Checks;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a job will take on every target, ranked. It never changes; the same job, data, prices and version give the same plan.
 *
 * @param job name of the job
 * @param model the base model, as the job names it
 * @param date the day by which the age of prices is told
 * @param basis what it was made from
 * @param objective what it is ranked by
 * @param workload what the job needs wherever it runs
 * @param rehearsal what the first steps of this very job showed on this machine, or null where it was not rehearsed
 * @param options what can be bought, the best first
 * @param chosen id of the option that was chosen, or null where none may be
 * @param rejections what was left out, the nearest miss first
 * @param breakEven between services by the token and machines by the hour, or null where there is not one of each
 * @param warnings what could not be read or counted
 */
public record Plan(
        String job,
        String model,
        LocalDate date,
        PlanBasis basis,
        Objective objective,
        Workload workload,
        @Nullable Rehearsal rehearsal,
        List<PlanOption> options,
        @Nullable String chosen,
        List<Rejection> rejections,
        @Nullable BreakEven breakEven,
        List<Problem> warnings) {
    private static final Duration SLOW = Duration.ofDays(1);
    private static final int MUCH_FASTER = 10;

    /** Copies the lists. */
    public Plan {
        Checks.notBlank("job", job);
        options = List.copyOf(options);
        rejections = List.copyOf(rejections);
        warnings = List.copyOf(warnings);
    }

    /** The option that was chosen. */
    public Optional<PlanOption> choice() {
        return chosen == null ? Optional.empty() : option(chosen);
    }

    /** The option of an id. */
    public Optional<PlanOption> option(String id) {
        return options.stream().filter(option -> option.id().equals(id)).findFirst();
    }

    /**
     * The cheapest option that likely takes a tenth of the time of the one that was chosen, where that likely takes more than a day, as what
     * is free may. Nothing is known that would keep a launch from it: limits, memory, quota, or a machine that was not to be had.
     */
    public Optional<PlanOption> muchFaster() {
        return choice().map(option -> option.time().likely())
                .filter(time -> time.compareTo(SLOW) > 0)
                .flatMap(time -> cheapestWithin(time.dividedBy(MUCH_FASTER)));
    }

    private Optional<PlanOption> cheapestWithin(Duration time) {
        PlanOption best = null;
        BigDecimal least = null;
        for (PlanOption option : options) {
            MoneyRange cost = option.cost();
            if (cost == null || !isLaunched(option) || option.time().likely().compareTo(time) > 0) {
                continue;
            }
            BigDecimal amount = cost.likely().amount();
            if (least == null || amount.compareTo(least) < 0) {
                best = option;
                least = amount;
            }
        }
        return Optional.ofNullable(best);
    }

    private static boolean isLaunched(PlanOption option) {
        return option.isEligible()
                && option.standing() != PlanOption.Standing.TIGHT
                && option.missingQuota() == null
                && option.missedAt() == null;
    }
}
