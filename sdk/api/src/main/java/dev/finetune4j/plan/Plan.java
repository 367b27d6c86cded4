package dev.finetune4j.plan;

import dev.finetune4j.error.Problem;
import dev.finetune4j.run.Rehearsal;
import dev.finetune4j.value.Checks;
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
}
