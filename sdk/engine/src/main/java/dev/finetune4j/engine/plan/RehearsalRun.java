package dev.finetune4j.engine.plan;

import dev.finetune4j.data.Part;
import dev.finetune4j.engine.launch.JobFigures;
import dev.finetune4j.engine.launch.RunHandle;
import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.plan.DurationRange;
import dev.finetune4j.plan.PlanOption;
import dev.finetune4j.plan.PlanPhase;
import dev.finetune4j.run.Rehearsal;
import dev.finetune4j.run.WorkStep.Rehearse.Extent;
import java.time.Duration;
import java.util.function.Function;

/**
 * A rehearsal that can be begun: the first steps of a job on this machine, a checkpoint written and read again, and some of the answers
 * after it. Nothing of it stays but what it measured, which every later plan of the same job is made from.
 */
public final class RehearsalRun {
    /** Few steps: the time of further ones hardly differs. Rows enough for two micro-batches of labels, or some answers of each model. */
    static final Extent EXTENT = new Extent(8, 24, Duration.ofSeconds(45), Duration.ofSeconds(20));

    private final long steps;
    private final long plannedSteps;
    private final DurationRange time;
    private final Function<Extent, RunHandle<Rehearsal>> launcher;

    /**
     * A rehearsal of a job.
     *
     * @param here what the whole job takes on this machine
     * @param launcher begins it
     */
    public RehearsalRun(JobFigures figures, PlanOption here, Function<Extent, RunHandle<Rehearsal>> launcher) {
        PlannedJob job = new PlannedJob(figures);
        this.launcher = launcher;
        plannedSteps = job.steps();
        steps = Math.min(EXTENT.steps(), plannedSteps);
        long answered = job.rows().rowsOf(Part.TEST);
        double ofSteps =
                Math.min(1, (steps + 2.0) / plannedSteps); // the loss before and after, and the largest micro-batch
        double ofAnswers = answered == 0 ? 1 : Math.min(1, EXTENT.rows() / (double) answered);
        Duration low = Duration.ZERO;
        Duration likely = Duration.ZERO;
        Duration high = Duration.ZERO;
        for (PlanPhase phase : here.phases()) {
            double share = switch (phase.name()) {
                case TRAINING -> ofSteps;
                case EVALUATION -> ofAnswers;
                default -> 1;
            };
            low = low.plus(times(phase.time().low(), share));
            likely = likely.plus(times(phase.time().likely(), share));
            high = high.plus(times(phase.time().high(), share));
        }
        time = new DurationRange(low, likely, high);
    }

    private static Duration times(Duration whole, double share) {
        return Duration.ofMillis(Math.round(whole.toMillis() * share));
    }

    /** How long it will take, by what is known before it. */
    public DurationRange time() {
        return time;
    }

    /** In words, such as {@code rehearsing 8 of 150 steps on this machine, 20 s to 2 min}. */
    public String words() {
        return "rehearsing " + steps + " of " + Figures.count(plannedSteps)
                + (plannedSteps == 1 ? " step" : " steps") + " on this machine, "
                + Figures.duration(time.low()) + " to " + Figures.duration(time.high());
    }

    /**
     * Begins it; one of the same job that is under way already is taken up. Letting go of the handle stops nothing: it ends by itself.
     *
     * @return fails with why a step failed, with FT0636 if a checkpoint does not read back as it was written
     */
    public RunHandle<Rehearsal> start() {
        return launcher.apply(EXTENT);
    }
}
