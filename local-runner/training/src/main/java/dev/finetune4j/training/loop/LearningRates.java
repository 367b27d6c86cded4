package dev.finetune4j.training.loop;

import dev.finetune4j.job.Schedule;
import dev.finetune4j.job.TrainingSpec;

/**
 * The learning rate of each step, as transformers' {@code get_cosine_schedule_with_warmup},
 * {@code get_linear_schedule_with_warmup} and {@code get_constant_schedule_with_warmup}
 * (<a href="https://github.com/huggingface/transformers/blob/main/src/transformers/optimization.py">optimization.py</a>). With
 * warm-up the first step's rate is zero there, and so it is here.
 *
 * @param schedule how the rate goes after warm-up
 * @param peak rate after warm-up
 * @param warmupSteps steps in which the rate rises from zero
 * @param steps all steps
 */
public record LearningRates(Schedule schedule, double peak, int warmupSteps, int steps) {
    /** The rates of a training of so many steps; warm-up steps are rounded up, as transformers does. */
    public static LearningRates of(TrainingSpec spec, int steps) {
        return new LearningRates(
                spec.schedule(), spec.learningRate(), (int) Math.ceil(steps * spec.warmupRatio()), steps);
    }

    /** The rate of a step, from 1. */
    public double at(int step) {
        int done = step - 1;
        if (done < warmupSteps) {
            return peak * done / Math.max(1, warmupSteps);
        }
        double progress = (double) (done - warmupSteps) / Math.max(1, steps - warmupSteps);
        return switch (schedule) {
            case COSINE -> peak * Math.max(0, 0.5 * (1 + Math.cos(Math.PI * progress)));
            case LINEAR -> peak * Math.max(0, 1 - progress);
            case CONSTANT -> peak;
        };
    }
}
