package dev.finetune4j.engine.plan;

import dev.finetune4j.engine.estimate.Architecture;
import dev.finetune4j.engine.price.OfferFilter;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.plan.Objective;
import dev.finetune4j.value.Money;
import dev.finetune4j.value.ProviderId;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a plan is asked for.
 *
 * @param filter which offers are wanted; its price limit does not count
 * @param objective what the best is best at
 * @param maxCost most that the run may cost, or null for what the job's budget says
 * @param deadline longest that the run may take, or null for what the job's budget says
 * @param everyRegion whether every region of a machine is an option, or the cheapest only
 * @param said sizes of the model where nothing better is known, or null
 */
public record PlanRequest(
        OfferFilter filter,
        Objective objective,
        @Nullable Money maxCost,
        @Nullable Duration deadline,
        boolean everyRegion,
        @Nullable Architecture said) {
    /** Every place, machines that are held, balanced, within the job's budget. */
    public static PlanRequest anywhere() {
        return of(List.of());
    }

    /** The same at one place, such as {@code local}. */
    public static PlanRequest at(String place) {
        return of(List.of(ProviderId.parse(place)));
    }

    /** The same at the places that a job names. */
    public static PlanRequest atTargetsOf(FineTuneJob job) {
        return of(job.targets());
    }

    /** The same of some places alone. */
    PlanRequest at(List<ProviderId> places) {
        OfferFilter there = new OfferFilter(places, filter.regions(), filter.gpus(), filter.spot(), filter.maxPrice());
        return new PlanRequest(there, objective, maxCost, deadline, everyRegion, said);
    }

    /** The same in every region. */
    PlanRequest everywhere() {
        return new PlanRequest(filter.everywhere(), objective, maxCost, deadline, everyRegion, said);
    }

    private static PlanRequest of(List<ProviderId> places) {
        OfferFilter there = new OfferFilter(places, List.of(), List.of(), OfferFilter.Spot.NEVER, null);
        return new PlanRequest(there, Objective.BALANCED, null, null, false, null);
    }
}
