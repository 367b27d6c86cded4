package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.plan.LaunchTerms;
import dev.finetune4j.plan.PlanOption;
import dev.finetune4j.plan.PlanPhase;
import dev.finetune4j.spi.Capabilities;
import dev.finetune4j.spi.PlaceSettings;
import dev.finetune4j.spi.Proposal;
import dev.finetune4j.value.ProviderId;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * A run that may be cut short, by a machine that is taken back or by the limit that its budget sets, must have kept something by then. One that
 * writes checkpoints when it finds that they pay does; one that was told how often may have been told too seldom.
 */
final class FirstCheckpoint {
    /** What is billed, and counts against the limit, before the first step. */
    private static final Set<PlanPhase.Name> BEFORE = Set.of(PlanPhase.Name.START_UP, PlanPhase.Name.DOWNLOAD);

    private FirstCheckpoint() {}

    /** Whether a run that is cut short at a place has paid for time there, and may go on from a checkpoint. */
    static boolean countsAt(Capabilities place) {
        return place.billsTime() && place.supportsResume();
    }

    /**
     * Refuses an option at a place that bills running time and keeps checkpoints.
     *
     * @param terms of the option
     * @param every optimizer steps between checkpoints; 0 where the run finds that out
     * @param steps optimizer steps of the job
     * @throws FineTuneException with FT0532 if the first checkpoint never comes on a machine that may be taken back, or in one run of ten
     *     not before the limit
     */
    static void refuseTooLate(PlanOption option, LaunchTerms terms, int every, long steps) {
        if (every == 0 || steps == 0) {
            return;
        }
        if (terms.isSpot() && every >= steps) {
            throw lost(option.name(), every, steps).asException();
        }
        Duration limit = terms.timeLimit();
        Optional<Duration> first = billedBefore(option, every, steps);
        if (limit != null && first.isPresent() && first.get().compareTo(limit) > 0) {
            throw problem("the first checkpoint may come after " + Figures.duration(first.get())
                            + ", and the run is ended after " + Figures.atMost(limit))
                    .because("it would come after step " + Figures.count(every) + " of " + Figures.count(steps)
                            + "; what was trained by then would be lost")
                    .asException();
        }
    }

    /** What speaks against a job that asks a place which keeps checkpoints for a machine that may be taken back. */
    static Optional<Problem> neverOnSpot(Proposal proposal, ProviderId place) {
        int every = proposal.job().training().checkpointEvery();
        long steps = proposal.mostSteps();
        boolean isSpot = "true".equals(proposal.job().settingsOf(place).get(PlaceSettings.SPOT));
        return isSpot && steps > 0 && every >= steps
                ? Optional.of(lost("a spot machine of " + place, every, steps)
                        .remedy("places." + place + "." + PlaceSettings.SPOT + ": false")
                        .build())
                : Optional.empty();
    }

    private static Problem.Builder lost(String machine, int every, long steps) {
        return problem(machine + " may be taken back, and the first checkpoint would come after step "
                        + Figures.count(every) + " of " + Figures.count(steps))
                .because("each time it is taken back, all that was trained would be trained, and paid for, again");
    }

    /** What one run of ten takes longer than to its first checkpoint, or to its end where there is none; empty where nobody foresees it. */
    private static Optional<Duration> billedBefore(PlanOption option, int every, long steps) {
        if (every >= steps) {
            return Optional.of(option.time().high());
        }
        Optional<Duration> training = option.phases().stream()
                .filter(phase -> phase.name() == PlanPhase.Name.TRAINING)
                .map(phase -> phase.time().high())
                .findFirst();
        Duration before = option.phases().stream()
                .filter(phase -> phase.isBilled() && BEFORE.contains(phase.name()))
                .map(phase -> phase.time().high())
                .reduce(Duration.ZERO, Duration::plus);
        return training.map(time -> before.plus(time.multipliedBy(every).dividedBy(steps)));
    }

    private static Problem.Builder problem(String summary) {
        return LaunchProblems.LATE_CHECKPOINT
                .error(summary)
                .at(Location.ofKey("training.checkpoint-every"))
                .remedy("training.checkpoint-every: 0");
    }
}
