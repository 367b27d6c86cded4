package dev.finetune4j.engine.plan;

import dev.finetune4j.plan.DurationRange;
import dev.finetune4j.plan.PlanPhase;
import java.util.ArrayList;
import java.util.List;

/** Collects the phases of a run, and adds them up in every world. */
final class TimeLine {
    private final List<PlanPhase> phases = new ArrayList<>();
    private final Correction correction;
    private Sample all;
    private Sample billed;

    TimeLine(Worlds worlds) {
        this(worlds, Correction.NONE);
    }

    /** Where every phase is corrected by the errors of past estimates. */
    TimeLine(Worlds worlds, Correction correction) {
        this.correction = correction;
        all = worlds.constant(0);
        billed = worlds.constant(0);
    }

    TimeLine phase(PlanPhase.Name name, Sample foreseen, boolean isBilled, String basis) {
        Sample seconds = foreseen.corrected(correction);
        phases.add(new PlanPhase(name, seconds.seconds(), isBilled, basis + correction.words()));
        all = all.plus(seconds);
        if (isBilled) {
            billed = billed.plus(seconds);
        }
        return this;
    }

    List<PlanPhase> phases() {
        return phases;
    }

    /** From the launch to the result. */
    DurationRange time() {
        return all.seconds();
    }

    /** What the place asks money for, in hours. */
    Sample billedHours() {
        return billed.times(1 / 3600.0);
    }
}
