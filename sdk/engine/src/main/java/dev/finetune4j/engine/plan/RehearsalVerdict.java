package dev.finetune4j.engine.plan;

import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.run.Rehearsal;
import java.util.Locale;
import java.util.Optional;

/** Whether a job that was rehearsed learns. */
final class RehearsalVerdict {
    private static final double STEP = 10;

    private RehearsalVerdict() {}

    /** A warning where the loss did not fall, with the learning rate to try next. */
    static Optional<Problem> of(FineTuneJob job, Rehearsal.Training training) {
        if (training.learns()) {
            return Optional.empty();
        }
        double rate = job.training().with(job.method()).learningRate();
        Problem.Builder problem = PlanProblems.NOT_LEARNING
                .warning("the loss did not fall in the first " + training.steps() + " of " + training.plannedSteps()
                        + (training.plannedSteps() == 1 ? " step" : " steps"))
                .at(Location.ofKey("training.learning-rate"))
                .because(String.format(
                        Locale.ROOT,
                        "of the same rows it was %.4f before and %.4f after them",
                        training.lossBefore(),
                        training.lossAfter()));
        if (training.learningRate() < rate / 2) {
            problem.because(String.format(
                    Locale.ROOT,
                    "the learning rate was still rising: %.3g in step %d, of %.3g",
                    training.learningRate(),
                    training.steps(),
                    rate));
        }
        boolean rose = training.lossAfter() > training.lossBefore();
        double next = Math.min(1, rose ? rate / STEP : rate * STEP);
        return Optional.of(problem.remedy(String.format(Locale.ROOT, "training: {learning-rate: %.1e}", next))
                .build());
    }
}
