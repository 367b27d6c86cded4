package dev.finetune4j.engine.plan;

import dev.finetune4j.plan.DurationRange;
import dev.finetune4j.plan.PlanPhase;
import java.util.List;

/**
 * How long a job takes on a kind of machine, and for how long it is paid: the same in every region, whatever it costs.
 *
 * @param phases what the time goes into
 * @param time from the launch to the result
 * @param billedHours hours that are paid, in each world
 * @param trainingHours likely hours of the steps alone
 */
record MachineTimes(List<PlanPhase> phases, DurationRange time, Sample billedHours, double trainingHours) {
    /** For how long it is paid. */
    DurationRange billedTime() {
        return billedHours.times(3600.0).seconds();
    }
}
