package dev.finetune4j.engine.plan;

import dev.finetune4j.engine.estimate.Gpu;
import dev.finetune4j.engine.estimate.Range;
import dev.finetune4j.engine.estimate.TrainingSetup;
import dev.finetune4j.plan.Fit;
import dev.finetune4j.plan.TrainerSettings;

/**
 * A job on some GPUs, set up as well as it goes.
 *
 * @param gpu the kind of them
 * @param settings how it is set up
 * @param setup the same as the estimator takes it
 * @param fit whether it has the memory
 * @param neededGib what each GPU must have, in GiB
 * @param usableGib what each GPU has, in GiB
 */
record GpuRun(Gpu gpu, TrainerSettings settings, TrainingSetup setup, Fit fit, Range neededGib, double usableGib) {}
